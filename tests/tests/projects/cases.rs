//! The projects of `tests/cases/projects`, run by their files and as projects, by both
//! backends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use beskid_tests::built::root;
use beskid_tests::command::{beskid, end};
use beskid_tests::site::Site;

const CASES: &str = "cases/projects";

/// What the first lines of the entry say that the program gives.
fn expected(entry: &Path) -> (String, String) {
    let text = fs::read_to_string(entry).unwrap();
    let result = text
        .lines()
        .find_map(|line| line.strip_prefix("//@ result: "));
    let result = result.unwrap_or_else(|| panic!("{entry:?} has no result"));
    let printed = fs::read_to_string(entry.with_extension("stdout")).unwrap_or_default();
    (printed, result.to_owned())
}

/// The folder of the project below that of a case, and its entry there.
fn place(case: &Path) -> (&'static str, &'static str) {
    match case.join("Workspace.proj").is_file() {
        true => ("app", "app/Src/Main.bd"),
        false => ("", "Src/Main.bd"),
    }
}

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("tests").join(CASES)).unwrap();
    let mut cases = entries
        .map(|entry| entry.unwrap().path())
        .collect::<Vec<_>>();
    cases.sort();
    assert!(cases.len() >= 9, "{cases:?}");
    cases
}

#[test]
fn res_3_each_project_is_the_same_by_its_file_and_as_a_project() {
    for case in cases() {
        let site = Site::copy_of(&case);
        let (project, entry) = place(&case);
        let (printed, result) = expected(&case.join(entry));
        let status = result.parse::<i32>().unwrap_or(0);
        for backend in ["jit", "aot"] {
            let args = ["--backend", backend, "run"];
            let by_file = end(beskid(&site.path("")).args(args).arg(entry));
            let by_project = end(beskid(&site.path("")).args(args).args(["--project", "."]));
            let expected = format!("{printed}{result}\n");
            assert_eq!(by_file.stderr, "", "{case:?}");
            assert_eq!(by_file.succeeds(), expected, "{case:?}");
            assert_eq!(by_project.succeeds(), expected, "{case:?}");
        }
        site.run_in(project, "build -o program").succeeds();
        let program = site.path(project).join("program");
        let ended = end(&mut Command::new(program));
        assert_eq!(
            (ended.status, ended.stdout),
            (Some(status), printed),
            "{case:?}"
        );
        site.run_in(project, "fetch --locked --frozen").succeeds();
    }
}

#[test]
fn res_9_both_ways_give_the_same_artifact() {
    for case in cases() {
        let site = Site::copy_of(&case);
        let (_, entry) = place(&case);
        let by_file = site.run(&format!("-v run {entry}")).digest();
        assert_eq!(site.run("-v run --project .").digest(), by_file, "{case:?}");
    }
}
