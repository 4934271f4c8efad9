//! INV-codes: the sources name error codes by the constants of the tables; each
//! constant is reported by something, and named by a test.

use std::collections::BTreeSet;

use super::Violation;
use crate::files::Repository;

pub const LABEL: &str = "INV-codes";

/// Where the tables of the codes are.
const TABLES: &str = "plugin-api/src/codes/";

pub fn check(repository: &Repository) -> Vec<Violation> {
    let mut violations = spelled(repository);
    let reported = reported(repository);
    let tested = tested(repository);
    for (path, line, code) in declared(repository) {
        let (what, fix) = if !reported.contains(code) {
            ("nothing reports", "report it, or take it out of the table")
        } else if !tested.contains(code) {
            (
                "no test names",
                "write a test that provokes it and expects the code",
            )
        } else {
            continue;
        };
        violations.push(Violation {
            path: path.to_owned(),
            line,
            label: LABEL,
            what: format!("{what} {code}"),
            fix: fix.to_owned(),
        });
    }
    violations
}

/// String literals of what is shipped that are codes.
fn spelled(repository: &Repository) -> Vec<Violation> {
    let mut violations = Vec::new();
    let sources = repository.sources.iter();
    for (path, scan) in sources.filter(|(path, _)| is_shipped(path)) {
        let end = scan.first_test_line().unwrap_or(usize::MAX);
        for literal in scan.literals.iter().filter(|literal| literal.line < end) {
            if is_code(&literal.text) {
                violations.push(Violation {
                    path: path.clone(),
                    line: literal.line,
                    label: LABEL,
                    what: format!("the code {} is a string", literal.text),
                    fix: format!(
                        "write `Code::{}`; its meaning stands in {TABLES}",
                        literal.text
                    ),
                });
            }
        }
    }
    violations
}

/// The constants that the tables declare, with their places.
fn declared(repository: &Repository) -> impl Iterator<Item = (&str, usize, &str)> {
    let sources = repository.sources.iter();
    let tables = sources.filter(|(path, _)| path.starts_with(TABLES));
    tables.flat_map(|(path, scan)| {
        (1..).zip(scan.code.lines()).filter_map(|(number, line)| {
            let code = line.trim().strip_suffix(';')?;
            is_code(code).then_some((path.as_str(), number, code))
        })
    })
}

/// The constants that the code of what is shipped names.
fn reported(repository: &Repository) -> BTreeSet<&str> {
    let sources = repository.sources.iter();
    let shipped = sources.filter(|(path, _)| is_shipped(path) && !path.starts_with(TABLES));
    let lines = shipped.flat_map(|(_, scan)| {
        let end = scan.first_test_line().unwrap_or(usize::MAX);
        scan.code.lines().take(end - 1)
    });
    lines.flat_map(codes).collect()
}

/// The codes that tests expect: in their code and its string literals, and in
/// the cases. What fixtures report is not expected by that.
fn tested(repository: &Repository) -> BTreeSet<&str> {
    let mut tested = BTreeSet::new();
    let is_ours = |path: &str| !path.starts_with("xtask/") && !path.contains("/fixtures/");
    for (path, scan) in repository.sources.iter().filter(|(path, _)| is_ours(path)) {
        let start = match is_shipped(path) {
            true => scan.first_test_line().unwrap_or(usize::MAX),
            false => 1,
        };
        tested.extend(scan.code.lines().skip(start - 1).flat_map(codes));
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
        .filter(|word| is_code(word))
}

fn is_code(word: &str) -> bool {
    let digits = word.strip_prefix('E');
    digits.is_some_and(|digits| digits.len() == 4 && digits.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::testing::places;

    const TABLE: (&str, &str) = (
        "plugin-api/src/codes/x.rs",
        "codes! {\n    /// E4009 of old.\n    E4001;\n    E4002;\n}\n",
    );

    fn whats(files: &[(&str, &str)]) -> Vec<String> {
        let violations = check(&Repository::of(files)).into_iter();
        violations.map(|violation| violation.what).collect()
    }

    #[test]
    fn a_code_that_is_a_string_fires() {
        let source = "let a = \"E4001\"; // \"E4444\"\nlet b = \"see E4001\";\n\
                      #[cfg(test)]\nmod tests {\n\"E9999\"\n}\n";
        let repository = Repository::of(&[
            ("a/src/b.rs", source),
            ("a/src/b/tests.rs", "\"E4001\""),
            ("a/tests/b.rs", "\"E4001\""),
        ]);
        assert_eq!(places(&check(&repository)), ["a/src/b.rs:1"]);
    }

    #[test]
    fn a_constant_that_only_tests_name_is_not_reported() {
        let files = [
            TABLE,
            ("a/src/b.rs", "Code::E4001 // Code::E4002"),
            ("a/tests/b.rs", "[\"E4001\", \"E4002\"]; Code::E4002"),
        ];
        assert_eq!(whats(&files), ["nothing reports E4002"]);
        assert_eq!(
            places(&check(&Repository::of(&files))),
            ["plugin-api/src/codes/x.rs:4"]
        );
    }

    #[test]
    fn a_code_that_no_test_names_fires() {
        let table = "E4001;\nE4002;\nE4003;\nE4004;\nE4005;\n";
        let sources = "[Code::E4001, Code::E4002, Code::E4003, Code::E4004, Code::E4005]\n\
                       #[cfg(test)]\nmod tests {\n\"error[E4001]\"\n}\n";
        let files = [
            ("plugin-api/src/codes/x.rs", table),
            ("a/src/b.rs", sources),
            ("tests/tests/c.rs", "// E4003\n(\"E4002\", Code::E4005)"),
            ("tests/cases/rejected/d.bd", "//@ error: E4004\n"),
            ("tests/fixtures/e/src/lib.rs", "Code::E4003"),
        ];
        assert_eq!(whats(&files), ["no test names E4003"]);
    }

    #[test]
    fn passes_when_each_is_reported_and_tested() {
        let source = ("a/src/b.rs", "Code::E4001; codes::Code::E4002");
        let test = (
            "a/tests/b.rs",
            "\"E4001: text\" Code::E4002 \"E12345\" E400x",
        );
        assert_eq!(whats(&[TABLE, source, test]), [""; 0]);
    }
}
