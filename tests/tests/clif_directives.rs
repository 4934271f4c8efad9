//! `beskid test`: run directives, in every backend, by one artifact for each
//! file.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;

use beskid_tests::built::root;
use beskid_tests::command::{Ended, run};

fn test(text: &str) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("t.clif"), text).unwrap();
    run(folder.path(), ["test", "t.clif"])
}

fn directives_in(folder: &str) -> usize {
    let files = fs::read_dir(root().join("tests").join(folder)).unwrap();
    let texts = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let is_directive = |line: &&str| line.starts_with("; run") || line.starts_with("; print");
    texts
        .map(|text| text.lines().filter(is_directive).count())
        .sum()
}

#[test]
fn bk_2_every_directive_passes_in_both_backends() {
    let count = directives_in("cases/clif");
    assert!(count >= 140, "{count}");
    let stdout = run(&root().join("tests"), ["test", "cases/clif"]).succeeds();
    let summary = format!("{} passed, 0 failed, 0 skipped", 2 * count);
    assert_eq!(stdout.lines().last(), Some(summary.as_str()), "{stdout}");
}

const IDENTITY: &str = "function %f(i32) -> i32 {\nblock0(v0: i32):\n    return v0\n}\n";

#[test]
fn a_wrong_result_is_shown_with_what_was_found() {
    let ended = test(&format!(
        "test run\n{IDENTITY}; run: %f(1) == 2\n; run: %f(3) == 3\n"
    ));
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    for backend in ["jit", "aot"] {
        let line = format!("FAIL t.clif [{backend}]: run: %f(1) == 2, found 1\n");
        assert!(ended.stdout.contains(&line), "{ended:#?}");
    }
    assert!(
        ended.stdout.ends_with("2 passed, 2 failed, 0 skipped\n"),
        "{ended:#?}"
    );
}

#[test]
fn files_are_skipped_for_a_printed_reason() {
    for (text, reason) in [
        (
            format!("test verifier\n{IDENTITY}; run: %f(1) == 1\n"),
            "it has no `test run` line",
        ),
        (format!("test run\n{IDENTITY}"), "it has no run directive"),
        (
            format!("test run\ntarget s390x\n{IDENTITY}; run: %f(1) == 1\n"),
            "it has no target line for",
        ),
    ] {
        let stdout = test(&text).succeeds();
        let expected = format!("SKIP t.clif: {reason}");
        assert!(stdout.starts_with(&expected), "{stdout}");
        assert!(
            stdout.ends_with("0 passed, 0 failed, 1 skipped\n"),
            "{stdout}"
        );
    }
}

#[test]
fn broken_files_and_directives_fail_with_their_line() {
    for (text, place) in [
        (
            format!("test run\n{IDENTITY}; run: %f(1, 2) == 1\n"),
            "t.clif:6:1",
        ),
        (
            format!("test run\n{IDENTITY}; run: %f() == 1\n"),
            "t.clif:6:1",
        ),
        (
            format!("test run\n{IDENTITY}; run: %f(one) == 1\n"),
            "t.clif:6:1",
        ),
        ("test run\nfunction %f( {\n".to_owned(), "t.clif:2:1"),
    ] {
        let ended = test(&text);
        assert_eq!(ended.status, Some(1), "{ended:#?}");
        assert!(
            ended.stderr.contains("E0020") && ended.stderr.contains(place),
            "{ended:#?}"
        );
        assert!(
            ended.stdout.ends_with("0 passed, 1 failed, 0 skipped\n"),
            "{ended:#?}"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), ["test", "none.clif"]).fails_with("E4040");
    run(folder.path(), ["test", ".", "--backends", "jit,llvm"]).fails_with("E5108");
}
