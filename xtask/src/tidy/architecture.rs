//! INV-map: `ARCHITECTURE.md` is short, complete, and claims nothing that is not enforced.

use std::collections::BTreeSet;

use super::{LABELS, Violation};
use crate::files::Repository;
use crate::graph::Graph;
use crate::scan::has_word;

pub const LABEL: &str = "INV-map";

const MAP: &str = "ARCHITECTURE.md";
const MOST_LINES: usize = 150;
const CLAIM: &str = "(by ";

pub fn check(repository: &Repository, graph: &Graph) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut report = |line: usize, what: String, fix: &str| {
        violations.push(Violation {
            path: MAP.to_owned(),
            line,
            label: LABEL,
            what,
            fix: fix.to_owned(),
        });
    };
    let Some(map) = repository.text(MAP) else {
        report(1, "the file is missing".to_owned(), "write it");
        return violations;
    };
    let lines = map.lines().count();
    if lines > MOST_LINES {
        let what = format!("{lines} lines, more than {MOST_LINES}");
        report(MOST_LINES + 1, what, "shorten it");
    }
    let mut stated = BTreeSet::new();
    for (number, line) in (1..).zip(map.lines()) {
        let Some(label) = statement(line) else {
            continue;
        };
        if !stated.insert(label) {
            let what = format!("{label} is stated twice");
            report(number, what, "give each invariant its own label");
        }
        let claims = claims(line);
        if claims.is_empty() {
            let fix = "end the line with `(by tidy)`, `(by test NAME)`, `(by type NAME)` or `(by lint NAME)`";
            report(
                number,
                format!("{label} does not say how it is enforced"),
                fix,
            );
        }
        for claim in claims {
            if !holds(repository, label, claim) {
                let what = format!("{label} is said to be enforced by {claim}, which is not there");
                report(number, what, "add it, or correct the line");
            }
        }
    }
    for label in LABELS.iter().filter(|label| !stated.contains(*label)) {
        report(
            1,
            format!("tidy enforces {label}, which is not stated"),
            "state it",
        );
    }
    for (folder, _) in graph
        .members()
        .filter(|(folder, _)| !folder.ends_with("/dylib"))
    {
        if !map.contains(&format!("`{folder}/")) {
            let fix = "give it one line there";
            report(1, format!("the code map leaves out `{folder}/`"), fix);
        }
    }
    violations
}

/// The label that the line states: `- **INV-x** …`.
fn statement(line: &str) -> Option<&str> {
    let (label, _) = line.strip_prefix("- **")?.split_once("**")?;
    label.starts_with("INV-").then_some(label)
}

/// What the line's last `(by a, b)` names.
fn claims(line: &str) -> Vec<&str> {
    let Some((_, list)) = line.rsplit_once(CLAIM) else {
        return Vec::new();
    };
    let list = list.trim_end().trim_end_matches('.');
    match list.strip_suffix(')') {
        Some(list) => list.split(", ").collect(),
        None => Vec::new(),
    }
}

/// Whether what a claim names exists. A name ending in `*` stands for all that
/// begin so: `test abi_001_*`.
fn holds(repository: &Repository, label: &str, claim: &str) -> bool {
    let claim = claim.replace('`', "");
    let Some((kind, name)) = claim.split_once(' ') else {
        return claim == "tidy" && LABELS.contains(&label);
    };
    match kind {
        "test" => defined(repository, &["fn"], name),
        "type" => defined(repository, &["struct", "enum", "trait"], name),
        "lint" => repository
            .text("Cargo.toml")
            .is_some_and(|manifest| manifest.lines().any(|line| has_word(line, name))),
        _ => false,
    }
}

fn defined(repository: &Repository, keywords: &[&str], name: &str) -> bool {
    repository
        .sources
        .values()
        .flat_map(|scan| scan.code.lines())
        .any(|line| {
            keywords.iter().any(|word| match name.strip_suffix('*') {
                Some(start) => line.contains(&format!("{word} {start}")),
                None => has_word(line, &format!("{word} {name}")),
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::testing::graph;

    fn messages(map: &str) -> Vec<String> {
        let all: String = LABELS
            .iter()
            .map(|label| format!("- **{label}** x (by tidy)\n"))
            .collect();
        let map = format!("`clif/` x\n{all}{map}");
        let repository = Repository::of(&[
            (MAP, &map),
            ("Cargo.toml", "unwrap_used = \"deny\"\n"),
            (
                "a.rs",
                "pub struct Image;\nfn images_are_small() {}\n// fn absent() {}\n",
            ),
        ]);
        let found = check(&repository, &graph(&["clif clif:", "clif/dylib dylib:"]));
        found.into_iter().map(|violation| violation.what).collect()
    }

    #[test]
    fn fires_on_claims_that_nothing_backs() {
        let found = messages(
            "- **INV-a** x\n- **INV-b** x (by tidy)\n- **INV-c** x (by test absent*)\n\
             - **INV-d** x (by type Imag)\n- **INV-e** x (by lint none, hope)\n\
             - **INV-size** x (by tidy)\n",
        );
        let expected = [
            "INV-a does not say how it is enforced",
            "INV-b is said to be enforced by tidy, which is not there",
            "INV-c is said to be enforced by test absent*, which is not there",
            "INV-d is said to be enforced by type Imag, which is not there",
            "INV-e is said to be enforced by lint none, which is not there",
            "INV-e is said to be enforced by hope, which is not there",
            "INV-size is stated twice",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn fires_on_length_and_on_what_is_left_out() {
        let repository = Repository::of(&[(MAP, &"\n".repeat(151))]);
        let found = check(&repository, &graph(&["clif clif:"]));
        assert_eq!(found[0].what, "151 lines, more than 150");
        assert_eq!(found.len(), 1 + LABELS.len() + 1);
        let absent = check(&Repository::default(), &graph(&[]));
        assert_eq!(absent[0].what, "the file is missing");
    }

    #[test]
    fn passes_when_each_claim_is_backed() {
        let found = messages(
            "- **INV-a** x (by `test images_are_small`).\n\
             - **INV-b** (in x) y (by type `Image`, test images_*, lint unwrap_used)\n",
        );
        assert_eq!(found, Vec::<String>::new());
    }
}
