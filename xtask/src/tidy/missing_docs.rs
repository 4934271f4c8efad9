//! INV-docs: what a plugin's author or an embedder can call is documented.

use super::Violation;
use crate::files::Repository;
use crate::graph::Graph;
use crate::scan::has_word;

pub const LABEL: &str = "INV-docs";

/// Folders of the packages whose roots deny `missing_docs`.
const DOCUMENTED: &[&str] = &["host", "plugin-api"];

pub fn check(repository: &Repository, graph: &Graph) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (_, package) in graph
        .members()
        .filter(|(folder, _)| DOCUMENTED.contains(folder))
    {
        for root in &package.roots {
            let code = repository.sources.get(root).map_or("", |scan| &scan.code);
            if !denies_missing_docs(code) {
                violations.push(Violation {
                    path: root.clone(),
                    line: 1,
                    label: LABEL,
                    what: "the crate does not deny undocumented public items".to_owned(),
                    fix: "add `#![deny(missing_docs)]`".to_owned(),
                });
            }
        }
    }
    violations
}

fn denies_missing_docs(code: &str) -> bool {
    ["#![deny(", "#![forbid("].iter().any(|open| {
        code.split(open)
            .skip(1)
            .filter_map(|rest| rest.split(']').next())
            .any(|lints| has_word(lints, "missing_docs"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::testing::{graph, places};

    #[test]
    fn fires_when_a_documented_crate_does_not_deny() {
        let graph = graph(&["host beskid-host:", "plugin-api beskid-plugin-api:"]);
        let repository = Repository::of(&[
            ("host/src/lib.rs", "//! #![deny(missing_docs)]\n"),
            ("plugin-api/src/lib.rs", "#![warn(missing_docs)]\n"),
        ]);
        let found = places(&check(&repository, &graph));
        assert_eq!(found, ["host/src/lib.rs:1", "plugin-api/src/lib.rs:1"]);
    }

    #[test]
    fn passes_when_it_denies_and_elsewhere() {
        let graph = graph(&["host beskid-host:", "clif beskid-clif:"]);
        let repository = Repository::of(&[
            (
                "host/src/lib.rs",
                "#![deny(\n    missing_docs,\n    unused\n)]\n",
            ),
            ("clif/src/lib.rs", ""),
        ]);
        assert_eq!(check(&repository, &graph), []);
    }
}
