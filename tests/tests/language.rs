//! The cases of the language, an area a test: what is refused has exactly the errors
//! that the case names; what is accepted runs alike in every way.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::fs;

use beskid_tests::built::root;
use beskid_tests::cases::cases_below;
use beskid_tests::language::{DIRECTIVES, WAYS, check_diagnostics, check_run};

const CASES: &str = "cases/language";

fn area(name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut failures = Vec::new();
    for case in cases_below(&format!("{CASES}/{name}"), &DIRECTIVES) {
        let mut checks = vec![check_diagnostics(&case, folder.path())];
        if case.all("error").is_empty() {
            let ways = WAYS.iter();
            checks.extend(ways.map(|way| check_run(&case, folder.path(), *way)));
        }
        failures.extend(checks.into_iter().find_map(Result::err));
    }
    let count = failures.len();
    assert!(count == 0, "{count} cases:\n{}", failures.join("\n"));
}

macro_rules! areas {
    ($($name:ident $area:literal,)+) => {
        $(
            #[test]
            fn $name() {
                area($area);
            }
        )+

        const AREAS: &[&str] = &[$($area),+];
    };
}

areas! {
    arrays "arrays",
    attributes "attributes",
    contracts "contracts",
    documentation "docs",
    enums "enums",
    errors "errors",
    events "events",
    functions "functions",
    generics "generics",
    iteration "iteration",
    lambdas "lambdas",
    lexis "lexical",
    matches "match",
    memory "memory",
    methods "methods",
    modules "modules",
    names "names",
    operators "operators",
    statements "statements",
    strings "strings",
    structs "structs",
    tests_of_the_language "tests",
    types "types",
}

#[test]
fn every_area_is_run() {
    let folder = root().join("tests").join(CASES);
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let folders = files.filter(|file| file.path().is_dir());
    let names = folders.map(|file| file.file_name().into_string().unwrap());
    let names = names.collect::<BTreeSet<_>>();
    let areas = AREAS.iter().map(|area| (*area).to_owned());
    assert_eq!(areas.collect::<BTreeSet<_>>(), names);
}

/// `rules.txt` lists the rules of the language: a line each, and after a rule that no
/// case can show, which tests do, or why none does.
#[test]
fn every_rule_has_a_case() {
    let path = root().join("tests/cases/language/rules.txt");
    let list = fs::read_to_string(path).unwrap();
    let cases = cases_below(CASES, &DIRECTIVES);
    let named = cases.iter().flat_map(|case| case.all("rule"));
    let named = named.map(String::as_str).collect::<BTreeSet<_>>();
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    let rules = lines.map(|line| line.split_once(": ").map_or((line, ""), |parts| parts));
    let rules = rules.collect::<Vec<_>>();
    assert!(rules.len() > 150, "{}", rules.len());
    for (rule, instead) in &rules {
        assert_ne!(named.contains(rule), !instead.is_empty(), "{rule}");
    }
    let listed = rules.iter().map(|(rule, _)| *rule).collect::<BTreeSet<_>>();
    let unknown = named.difference(&listed).collect::<Vec<_>>();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert_eq!(listed.len(), rules.len(), "a rule is listed twice");
}
