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

/// What the directives of a folder should come to.
#[derive(Default)]
struct Expected {
    directives: usize,
    interpreted: usize,
    /// In both backends, with the settings of each target line.
    compiled: usize,
}

fn expected_of(folder: &str) -> Expected {
    let mut expected = Expected::default();
    for file in fs::read_dir(root().join("tests").join(folder)).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let lines = |prefix: &str| text.lines().filter(|line| line.starts_with(prefix)).count();
        let count = lines("; run") + lines("; print") + lines("; trap");
        let targets = lines(&format!("target {}", std::env::consts::ARCH));
        expected.directives += count;
        expected.interpreted += count * lines("test interpret");
        expected.compiled += 2 * count * lines("test run") * targets.max(1);
    }
    expected
}

#[test]
fn bk_2_every_directive_passes_in_both_backends_and_in_the_interpreter() {
    let expected = expected_of("cases/clif");
    assert!(expected.directives >= 1500, "{}", expected.directives);
    let stdout = run(&root().join("tests"), ["test", "cases/clif"]).succeeds();
    if stdout.contains("]: this machine lacks ") {
        assert!(stdout.contains(" passed, 0 failed, "), "{stdout}");
        return;
    }
    let passed = expected.compiled + expected.interpreted;
    let summary = format!("{passed} passed, 0 failed, 0 skipped");
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
    let missing = run(folder.path(), ["test", "none.clif"]);
    assert_eq!(missing.status, Some(1), "{missing:#?}");
    assert!(missing.stderr.contains("E4040"), "{missing:#?}");
    run(folder.path(), ["test", ".", "--backends", "jit,llvm"]).fails_with("E5108");
}

const DIVIDE: &str = "function %f(i32, i32) -> i32 {\nblock0(v0: i32, v1: i32):\n    \
                      v2 = sdiv v0, v1\n    return v2\n}\n";

#[test]
fn a_crash_fails_its_own_directive_and_no_other() {
    let ended = test(&format!(
        "test run\n{DIVIDE}; run: %f(6, 3) == 2\n; run: %f(1, 0) == 0\n; run: %f(8, 2) == 4\n"
    ));
    for backend in ["jit", "aot"] {
        let line = format!("FAIL t.clif [{backend}]: run: %f(1, 0) == 0, found SIGILL\n");
        assert!(ended.stdout.contains(&line), "{ended:#?}");
    }
    assert!(
        ended.stdout.ends_with("4 passed, 2 failed, 0 skipped\n"),
        "{ended:#?}"
    );
}

#[test]
fn a_trap_is_expected_where_a_directive_says_so() {
    let ended = test(&format!(
        "test interpret\ntest run\n{DIVIDE}; trap: %f(1, 0)\n; trap: %f(1, 1)\n"
    ));
    for engine in ["jit", "aot", "interpreter"] {
        let line = format!("FAIL t.clif [{engine}]: trap: %f(1, 1), found a return of 1\n");
        assert!(ended.stdout.contains(&line), "{ended:#?}");
    }
    assert!(
        ended.stdout.ends_with("3 passed, 3 failed, 0 skipped\n"),
        "{ended:#?}"
    );
}

#[test]
fn what_does_not_end_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let text = "test run\nfunction %f() -> i32 {\nblock0:\n    jump block1\nblock1:\n    \
                jump block1\n}\n; run: %f() == 0\n";
    fs::write(folder.path().join("t.clif"), text).unwrap();
    let ended = run(
        folder.path(),
        ["test", "--backends", "jit", "--timeout", "1", "t.clif"],
    );
    let expected = "FAIL t.clif [jit]: run: %f() == 0, found no end in time\n\
                    0 passed, 1 failed, 0 skipped\n";
    assert_eq!(ended.stdout, expected, "{ended:#?}");
}

#[test]
fn each_target_line_of_this_machine_runs_with_the_settings_so_far() {
    let architecture = std::env::consts::ARCH;
    let stdout = test(&format!(
        "test run\nset opt_level=none\ntarget {architecture}\nset opt_level=speed\n\
         target s390x\ntarget {architecture}\n{IDENTITY}; print: %f(1)\n"
    ))
    .succeeds();
    for engine in [
        "jit opt_level=none",
        "aot opt_level=none",
        "jit opt_level=speed",
        "aot opt_level=speed",
    ] {
        let line = format!("t.clif [{engine}]: print: %f(1) -> 1\n");
        assert!(stdout.contains(&line), "{stdout}");
    }
}

#[test]
fn only_the_interpreter_runs_what_has_no_other_test_line() {
    let stdout = test(&format!(
        "test interpret\n{IDENTITY}; print: %f(1)\n; run: %f(2) == 2\n"
    ))
    .succeeds();
    assert_eq!(
        stdout,
        "t.clif [interpreter]: print: %f(1) -> 1\n2 passed, 0 failed, 0 skipped\n"
    );
}

#[test]
fn special_parameters_are_arguments_like_others() {
    let text = "test run\nfunction %f(i64 vmctx, i64) -> i64 {\nblock0(v0: i64, v1: i64):\n    \
                v2 = isub v0, v1\n    return v2\n}\n; run: %f(5, 3) == 2\n";
    let stdout = test(text).succeeds();
    assert_eq!(stdout, "2 passed, 0 failed, 0 skipped\n");
}

#[test]
fn results_are_json_on_demand() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("t.clif"),
        format!("test run\n{IDENTITY}; run: %f(1) == 2\n"),
    )
    .unwrap();
    let ended = run(
        folder.path(),
        [
            "--message-format",
            "json",
            "test",
            "--backends",
            "jit",
            "t.clif",
        ],
    );
    let lines = ended.stdout.lines().collect::<Vec<_>>();
    let [directive, summary] = lines[..] else {
        panic!("{ended:#?}");
    };
    let directive = serde_json::from_str::<serde_json::Value>(directive).unwrap();
    assert_eq!(directive["event"]["directive"]["outcome"]["failed"], "1");
    assert_eq!(summary, r#"{"failed":1,"passed":0,"skipped":0}"#);
}

#[test]
fn a_construct_that_the_target_lacks_is_an_error_and_no_panic() {
    for (signature, code, said) in [
        (
            "(i128, i128) -> i128",
            "v2 = sdiv v0, v1\n    return v2",
            "has no code for `sdiv` of i128 giving i128",
        ),
        (
            "(f128, f128) -> f128",
            "v2 = fma v0, v1, v1\n    return v2",
            "has no code for `fma` of f128 giving f128",
        ),
    ] {
        let ty = &signature[1..5];
        let text = format!(
            "test run\nfunction %f{signature} {{\nblock0(v0: {ty}, v1: {ty}):\n    {code}\n}}\n\
             ; print: %f(0, 0)\n"
        );
        let text = match ty {
            "f128" => text.replace("%f(0, 0)", "%f(0x0.0, 0x0.0)"),
            _ => text,
        };
        let ended = test(&text);
        for part in ["E4002", "`f`", said] {
            assert!(ended.stdout.contains(part), "{part}: {ended:#?}");
        }
        for part in [".rs", "ISLE", "panic"] {
            assert!(!ended.stdout.contains(part), "{part}: {ended:#?}");
        }
        assert_eq!(ended.stderr, "", "{ended:#?}");
    }
}

#[test]
fn a_file_that_needs_a_feature_is_skipped_by_its_name() {
    let stdout = test(&format!(
        "test run\nfeature \"wings\"\n{IDENTITY}; run: %f(1) == 1\n"
    ))
    .succeeds();
    assert!(
        stdout.starts_with("SKIP t.clif: it needs the feature `wings`\n"),
        "{stdout}"
    );
}

#[test]
fn gaps_in_the_numbers_of_callees_and_global_values_do_no_harm() {
    let text = "test run\nfunction %f(i64) -> i64 {\n    gv4 = symbol colocated %id\n    \
                sig0 = (i64) -> i64\n    fn5 = %id(i64) -> i64\nblock0(v9: i64):\n    \
                v1 = symbol_value.i64 gv4\n    v2 = call_indirect sig0, v1(v9)\n    \
                v60 = call fn5(v2)\n    return v60\n}\n; run: %f(8) == 8\n\
                function %id(i64) -> i64 {\nblock0(v0: i64):\n    return v0\n}\n";
    let stdout = test(text).succeeds();
    assert_eq!(stdout, "2 passed, 0 failed, 0 skipped\n");
}

#[test]
fn what_makes_a_file_no_artifact_is_said_once() {
    let twice = format!("{IDENTITY}; run: %f(1) == 1\n{IDENTITY}");
    let ended = test(&twice);
    assert_eq!(ended.stdout, "FAIL t.clif\n0 passed, 1 failed, 0 skipped\n");
    assert!(ended.stderr.contains("a second function `f`"), "{ended:#?}");
}
