//! INV-codes: the error codes of the sources and of `docs/errors.md` are the same.

use std::collections::BTreeMap;

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
    fn passes_when_both_agree_or_nothing_is_listed() {
        let source = ("a/src/b.rs", SOURCE);
        let agreed = Repository::of(&[source, (LIST, "- `E4001`: text E12345 E400x\n")]);
        assert_eq!(check(&agreed), []);
        assert_eq!(check(&Repository::of(&[source])), []);
    }
}
