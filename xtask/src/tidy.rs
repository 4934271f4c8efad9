//! `cargo xtask tidy`: one check per file, each a function over what was read.

pub mod architecture;
pub mod cases;
pub mod circles;
pub mod codes;
pub mod cranelift;
pub mod edges;
pub mod headers;
pub mod marks;
pub mod missing_docs;
pub mod names;
pub mod sizes;
pub mod unsafety;

use std::fmt;
use std::path::Path;

use crate::files::Repository;
use crate::graph::Graph;

/// The invariants that tidy enforces. `ARCHITECTURE.md` states each of them.
pub const LABELS: &[&str] = &[
    architecture::LABEL,
    cases::LABEL,
    circles::LABEL,
    codes::LABEL,
    cranelift::LABEL,
    edges::LABEL,
    headers::LABEL,
    marks::LABEL,
    missing_docs::LABEL,
    names::LABEL,
    sizes::LABEL,
    unsafety::LABEL,
];

/// A place where an invariant does not hold.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    pub path: String,
    /// From 1.
    pub line: usize,
    pub label: &'static str,
    pub what: String,
    pub fix: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            line,
            label,
            what,
            fix,
        } = self;
        write!(f, "{path}:{line}: [{label}] {what}; {fix}")
    }
}

/// Runs every check on the tree below `root`; says whether all passed.
pub fn run(root: &Path) -> Result<bool, String> {
    let repository = Repository::read(root)?;
    let graph = Graph::load(root)?;
    let violations = check(&repository, &graph);
    for violation in &violations {
        println!("{violation}");
    }
    if violations.is_empty() {
        println!(
            "tidy: {} invariants hold in {} files (Rust files: {}, median {} lines)",
            LABELS.len(),
            repository.paths.len(),
            repository.sources.len(),
            sizes::median(&repository),
        );
    } else {
        println!("tidy: {} violations", violations.len());
    }
    Ok(violations.is_empty())
}

fn check(repository: &Repository, graph: &Graph) -> Vec<Violation> {
    let mut violations: Vec<Violation> = [
        architecture::check(repository, graph),
        cases::check(repository),
        circles::check(repository),
        codes::check(repository),
        cranelift::check(repository),
        edges::check(repository, graph),
        headers::check(repository),
        marks::check(repository),
        missing_docs::check(repository, graph),
        names::check(repository),
        sizes::check(repository, sizes::TABLES),
        unsafety::check(repository, graph),
    ]
    .into_iter()
    .flatten()
    .collect();
    violations.sort();
    violations
}

/// What the unit tests of the checks share.
#[cfg(test)]
pub mod testing {
    use super::Violation;
    use crate::graph::{Graph, Package};

    /// The places of violations, as `path:line`.
    pub fn places(violations: &[Violation]) -> Vec<String> {
        violations
            .iter()
            .map(|violation| format!("{}:{}", violation.path, violation.line))
            .collect()
    }

    /// A graph from lines `folder name: dependency ...`; `-` is the folder of
    /// packages from outside. Each member has one root, `folder/src/lib.rs`.
    pub fn graph(lines: &[&str]) -> Graph {
        let mut graph = Graph::default();
        for line in lines {
            let (head, dependencies) = line.split_once(':').unwrap();
            let (folder, name) = head.split_once(' ').unwrap();
            let folder = (folder != "-").then(|| folder.to_owned());
            let package = Package {
                name: name.to_owned(),
                roots: folder.iter().map(|f| format!("{f}/src/lib.rs")).collect(),
                folder,
                dependencies: dependencies.split_whitespace().map(str::to_owned).collect(),
            };
            graph.packages.insert(name.to_owned(), package);
        }
        graph
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_violation_prints_place_label_and_fix() {
        let violation = Violation {
            path: "a/b.rs".to_owned(),
            line: 3,
            label: "INV-x",
            what: "what".to_owned(),
            fix: "fix".to_owned(),
        };
        assert_eq!(violation.to_string(), "a/b.rs:3: [INV-x] what; fix");
    }

    #[test]
    fn labels_are_distinct() {
        let mut labels = LABELS.to_vec();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), LABELS.len());
    }
}
