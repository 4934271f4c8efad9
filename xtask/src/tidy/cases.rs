//! INV-cases: every file of `tests/cases` is run, or is expected by one that is.

use std::collections::BTreeSet;

use super::Violation;
use crate::files::Repository;

pub const LABEL: &str = "INV-cases";

const CASES: &str = "tests/cases/";

/// What makes a case of a file, or of the folder that it is in.
const OWNERS: [&str; 5] = [
    ".bd",
    ".clif",
    "/main.bd",
    "/Project.proj",
    "/Workspace.proj",
];

pub fn check(repository: &Repository) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut report = |path: &str, what: String, fix: String| {
        violations.push(Violation {
            path: path.to_owned(),
            line: 1,
            label: LABEL,
            what,
            fix,
        });
    };
    let files: BTreeSet<&str> = repository
        .paths
        .iter()
        .filter_map(|path| path.strip_prefix(CASES))
        .collect();
    let mut suites = BTreeSet::new();
    for file in &files {
        let path = format!("{CASES}{file}");
        let Some((suite, name)) = file.split_once('/') else {
            let fix = "move it into the folder of a suite".to_owned();
            report(&path, "no suite runs this file".to_owned(), fix);
            continue;
        };
        if suites.insert(suite) && !is_run(repository, suite) {
            let what = format!("no test runs the suite `{suite}`");
            let fix = format!("name \"cases/{suite}\" in a file of tests/tests");
            report(&format!("{CASES}{suite}"), what, fix);
        }
        if is_named(repository, file) || of_example(repository, name) {
            continue;
        }
        // An area of a suite: a folder that a test names beside the suite.
        let (suite, name) = match name.split_once('/') {
            Some((area, rest)) if is_area(repository, suite, area) => {
                (&file[..=suite.len() + area.len()], rest)
            }
            _ => (suite, name),
        };
        if let Some(owner) = owner(suite, name) {
            let owners = OWNERS.map(|end| format!("{owner}{end}"));
            if !owners.iter().any(|owner| files.contains(&**owner)) {
                let what = format!("belongs to no case: there is no {owner}.bd");
                report(&path, what, "add the case, or delete this file".to_owned());
            }
        } else if name.ends_with(".bd") {
            let text = repository.text(&path).unwrap_or_default();
            if !text.lines().any(is_directive) {
                let fix = "say what to run and to expect: `//@ key: value`".to_owned();
                report(&path, "the case has no directive".to_owned(), fix);
            }
        } else if !name.ends_with(".clif") {
            let fix = "make it a .bd or .clif case, or delete it".to_owned();
            report(&path, "no test picks this file up".to_owned(), fix);
        }
    }
    violations
}

/// The case (without its ending) that an expected output, or a file in a
/// folder named after a case, belongs to.
fn owner(suite: &str, name: &str) -> Option<String> {
    let stem = match name.split_once('/') {
        Some((folder, _)) => folder,
        None => name
            .strip_suffix(".stdout")
            .or_else(|| name.strip_suffix(".stderr"))?,
    };
    Some(format!("{suite}/{stem}"))
}

/// Whether it is the expected output of a program in `examples`.
fn of_example(repository: &Repository, name: &str) -> bool {
    let stem = name
        .strip_prefix("examples/")
        .and_then(|name| name.strip_suffix(".stdout"));
    stem.is_some_and(|stem| {
        let example = format!("examples/{stem}.bd");
        repository.paths.contains(&example)
    })
}

fn is_directive(line: &str) -> bool {
    line.trim_start()
        .strip_prefix("//@")
        .and_then(|rest| rest.split_once(':'))
        .is_some_and(|(key, _)| !key.trim().is_empty())
}

fn is_run(repository: &Repository, suite: &str) -> bool {
    let wanted = format!("cases/{suite}");
    repository
        .sources
        .iter()
        .filter(|(path, _)| path.starts_with("tests/tests/"))
        .flat_map(|(_, scan)| &scan.literals)
        .any(|literal| literal.text == wanted)
}

/// Whether a test names the area together with its suite.
fn is_area(repository: &Repository, suite: &str, area: &str) -> bool {
    let wanted = format!("cases/{suite}");
    let runs = |path: &str, texts: &[&str]| {
        path.starts_with("tests/tests/") && texts.contains(&&*wanted) && texts.contains(&area)
    };
    repository.sources.iter().any(|(path, scan)| {
        let texts = scan.literals.iter().map(|literal| &*literal.text);
        runs(path, &texts.collect::<Vec<_>>())
    })
}

/// Whether a test names the file itself.
fn is_named(repository: &Repository, file: &str) -> bool {
    let wanted = format!("{CASES}{file}");
    let tests = repository
        .sources
        .iter()
        .filter(|(path, _)| path.starts_with("tests/tests/"));
    tests
        .flat_map(|(_, scan)| &scan.literals)
        .any(|literal| literal.text == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::testing::places;

    const RUNNER: (&str, &str) = ("tests/tests/run.rs", "run(\"cases/run\")");

    #[test]
    fn fires_on_each_orphan() {
        let repository = Repository::of(&[
            RUNNER,
            ("tests/cases/a.bd", "//@ run: x\n"),
            ("tests/cases/lost/b.bd", "//@ run: x\n"),
            ("tests/cases/run/c.bd", "// @ run: x\n//@\n"),
            ("tests/cases/run/d.stdout", ""),
            ("tests/cases/run/e.txt", ""),
            ("tests/cases/run/f/g.bd", ""),
        ]);
        let expected = [
            "tests/cases/a.bd:1",
            "tests/cases/lost:1",
            "tests/cases/run/c.bd:1",
            "tests/cases/run/d.stdout:1",
            "tests/cases/run/e.txt:1",
            "tests/cases/run/f/g.bd:1",
        ];
        assert_eq!(places(&check(&repository)), expected);
    }

    #[test]
    fn a_comment_does_not_run_a_suite() {
        let repository = Repository::of(&[
            ("tests/tests/run.rs", "// \"cases/run\"\n\"cases/runs\"\n"),
            ("tests/cases/run/a.bd", "//@ run: x\n"),
        ]);
        assert_eq!(places(&check(&repository)), ["tests/cases/run:1"]);
    }

    #[test]
    fn an_area_is_a_folder_that_a_test_names() {
        let runner = (
            "tests/tests/run.rs",
            "\"cases/run\" \"inner\" \"tests/cases/run/list.txt\"",
        );
        let repository = Repository::of(&[
            runner,
            ("tests/cases/run/inner/a.bd", "//@ run: x\n"),
            ("tests/cases/run/inner/a.stdout", ""),
            ("tests/cases/run/inner/b.stdout", ""),
            ("tests/cases/run/inner/c/main.bd", "//@ run: x\n"),
            ("tests/cases/run/inner/c/other.bd", ""),
            ("tests/cases/run/list.txt", ""),
            ("tests/cases/run/outer/a.bd", "//@ run: x\n"),
        ]);
        let expected = [
            "tests/cases/run/inner/b.stdout:1",
            "tests/cases/run/outer/a.bd:1",
        ];
        assert_eq!(places(&check(&repository)), expected);
    }

    #[test]
    fn passes_on_cases_and_what_belongs_to_them() {
        let repository = Repository::of(&[
            RUNNER,
            ("tests/cases/run/a.bd", "//@ run: x\n"),
            ("tests/cases/run/a.stdout", ""),
            ("tests/cases/run/a/module.bd", ""),
            ("tests/cases/run/c/main.bd", "//@ run: x\n"),
            ("tests/cases/run/c/main.stdout", ""),
            ("tests/cases/run/c/module.bd", ""),
            ("tests/cases/run/examples/d.stdout", ""),
            ("examples/d.bd", ""),
            ("tests/cases/run/e/Project.proj", ""),
            ("tests/cases/run/e/Src/Main.bd", ""),
            ("tests/cases/run/f/Workspace.proj", ""),
            ("tests/cases/run/f/app/Project.proj", ""),
            ("tests/cases/run/b.clif", ""),
            ("tests/cases/run/b.stderr", ""),
        ]);
        assert_eq!(check(&repository), []);
        assert_eq!(check(&Repository::default()), []);
    }
}
