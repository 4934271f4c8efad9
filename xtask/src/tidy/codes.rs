//! INV-codes: the error codes of the sources and of `docs/errors.md` are the same,
//! and a test names each.

use std::collections::{BTreeMap, BTreeSet};

use super::Violation;
use crate::files::Repository;

pub const LABEL: &str = "INV-codes";

const LIST: &str = "docs/errors.md";

pub fn check(repository: &Repository) -> Vec<Violation> {
    let Some(list) = repository.text(LIST) else {
        return Vec::new();
    };
    let listed = listed(list);
    let used = used(repository);
    let tested = tested(repository);
    let mut violations = Vec::new();
    for (code, (path, line)) in &used {
        if !listed.contains_key(code) {
            violations.push(Violation {
                path: (*path).to_owned(),
                line: *line,
                label: LABEL,
                what: format!("{code} is not listed in {LIST}"),
                fix: "list it there with its cause and its fix".to_owned(),
            });
        }
    }
    for (code, line) in &listed {
        if !used.contains_key(code) {
            violations.push(Violation {
                path: LIST.to_owned(),
                line: *line,
                label: LABEL,
                what: format!("nothing reports {code}"),
                fix: "report it, or take it out of the list".to_owned(),
            });
        } else if !tested.contains(code) {
            violations.push(Violation {
                path: LIST.to_owned(),
                line: *line,
                label: LABEL,
                what: format!("no test names {code}"),
                fix: "write a test that provokes it and expects the code".to_owned(),
            });
        }
    }
    violations
}

/// The codes that head an entry (heading, table row or list item), with their lines.
fn listed(list: &str) -> BTreeMap<&str, usize> {
    let mut listed = BTreeMap::new();
    for (number, line) in (1..).zip(list.lines()) {
        let entry = line.trim_start();
        if entry.starts_with(['#', '|', '-', '*']) {
            for code in codes(entry).take(1) {
                listed.entry(code).or_insert(number);
            }
        }
    }
    listed
}

/// The codes in string literals of what is shipped, each with its first place.
fn used(repository: &Repository) -> BTreeMap<&str, (&str, usize)> {
    let mut used = BTreeMap::new();
    for (path, scan) in repository
        .sources
        .iter()
        .filter(|(path, _)| is_shipped(path))
    {
        let end = scan.first_test_line().unwrap_or(usize::MAX);
        for literal in scan.literals.iter().filter(|literal| literal.line < end) {
            for code in codes(&literal.text) {
                used.entry(code).or_insert((path.as_str(), literal.line));
            }
        }
    }
    used
}

/// The codes that tests expect: in string literals of their code, and in the
/// cases. What fixtures report is not expected by that.
fn tested(repository: &Repository) -> BTreeSet<&str> {
    let mut tested = BTreeSet::new();
    let is_ours = |path: &str| !path.starts_with("xtask/") && !path.contains("/fixtures/");
    for (path, scan) in repository.sources.iter().filter(|(path, _)| is_ours(path)) {
        let start = match is_shipped(path) {
            true => scan.first_test_line().unwrap_or(usize::MAX),
            false => 0,
        };
        let literals = scan.literals.iter();
        for literal in literals.filter(|literal| literal.line >= start) {
            tested.extend(codes(&literal.text));
        }
    }
    for (path, text) in &repository.texts {
        if path.starts_with("tests/cases/") && !path.ends_with(".rs") {
            tested.extend(codes(text));
        }
    }
    tested
}

fn is_shipped(path: &str) -> bool {
    let tests = |segment: &str| matches!(segment, "tests" | "tests.rs" | "benches");
    !path.starts_with("xtask/") && !path.split('/').any(tests)
}

/// The words of the form E1234.
fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| {
            let mut chars = word.chars();
            word.len() == 5 && chars.next() == Some('E') && chars.all(|c| c.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::testing::places;

    const SOURCE: &str =
        "\nlet a = \"E4001\"; // \"E4444\"\n#[cfg(test)]\nmod tests {\n\"E9999\"\n}\n";

    #[test]
    fn fires_both_ways() {
        let repository = Repository::of(&[
            ("a/src/b.rs", SOURCE),
            (LIST, "# Codes\n\nSee E4001.\n\n| E4002 | like E4001 |\n"),
        ]);
        assert_eq!(
            places(&check(&repository)),
            ["a/src/b.rs:2", "docs/errors.md:5"]
        );
    }

    #[test]
    fn codes_that_only_tests_name_are_not_reported_codes() {
        let repository = Repository::of(&[
            ("a/tests/b.rs", "\"E4001\""),
            ("a/src/b/tests.rs", "\"E4001\""),
            (LIST, "## E4001\n"),
        ]);
        assert_eq!(places(&check(&repository)), ["docs/errors.md:1"]);
    }

    #[test]
    fn a_code_that_no_test_names_fires() {
        let sources = "let a = [\"E4001\", \"E4002\", \"E4003\", \"E4004\"];\n\
                       #[cfg(test)]\nmod tests {\n\"error[E4001]\"\n}\n";
        let repository = Repository::of(&[
            ("a/src/b.rs", sources),
            ("tests/tests/c.rs", "// E4003\n\"E4002\""),
            ("tests/cases/rejected/d.bd", "//@ error: E4004\n"),
            ("tests/fixtures/e/src/lib.rs", "\"E4003\""),
            (LIST, "- E4001\n- E4002\n- E4003\n- E4004\n"),
        ]);
        let violations = check(&repository);
        assert_eq!(places(&violations), ["docs/errors.md:3"]);
        assert_eq!(violations[0].what, "no test names E4003");
    }

    #[test]
    fn passes_when_both_agree_or_nothing_is_listed() {
        let source = ("a/src/b.rs", SOURCE);
        let test = ("a/tests/b.rs", "\"E4001\"");
        let agreed = Repository::of(&[source, test, (LIST, "- `E4001`: text E12345 E400x\n")]);
        assert_eq!(check(&agreed), []);
        assert_eq!(check(&Repository::of(&[source])), []);
    }
}
