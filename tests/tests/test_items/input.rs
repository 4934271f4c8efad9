//! What is no program with tests.

use std::fs;

use beskid_tests::command::{beskid, end, run};

use super::{lines, program, test, test_in};

#[test]
fn cmd_5_a_program_without_tests_says_so() {
    let ended = test("i64 main() { return 1; }\n", "");
    assert_eq!(lines(&ended, 0), ["No tests found."]);
}

#[test]
fn a_file_that_is_not_there_and_one_that_is_wrong_are_errors() {
    let folder = program("test Wrong { i64 x = true; }\n");
    run(folder.path(), ["test", "none.bd"]).fails_with("E4040");
    test_in(folder.path(), "").fails_with("E1206");
    fs::write(folder.path().join("t.bd"), "test Broken { missing(; }\n").unwrap();
    let ended = test_in(folder.path(), "");
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    assert!(ended.stderr.contains("t.bd:1:"), "{ended:#?}");
    test_in(folder.path(), "--backends none").fails_with("E5108");
}

#[test]
fn among_several_programs_the_good_ones_are_tested() {
    let folder = program("test Good { }\n");
    fs::write(folder.path().join("bad.bd"), "test Bad { missing(; }\n").unwrap();
    let ended = test_in(folder.path(), "bad.bd none.bd");
    assert_eq!(
        lines(&ended, 1),
        [
            "PASS Good",
            "Result: passed=1, failed=0, skipped=0, filtered_out=0"
        ]
    );
    assert!(ended.stderr.contains("bad.bd:1:"), "{ended:#?}");
    assert!(ended.stderr.contains("E4040"), "{ended:#?}");
}

#[test]
fn a_wrong_command_line_is_status_2() {
    let folder = program("test Good { }\n");
    for args in [
        &["test", "t.bd", "--nonsense"][..],
        &["test", "t.bd", "--timeout", "soon"],
        &["test", "t.bd", "--group"],
    ] {
        let ended = run(folder.path(), args);
        assert_eq!(ended.status, Some(2), "{args:?}: {ended:#?}");
        assert_eq!(ended.stdout, "", "{args:?}");
    }
}

#[test]
fn what_a_backend_refuses_is_an_error_and_no_failed_test() {
    let folder = program("test Aborts { C.abort(); }\n");
    let ended = end(beskid(folder.path()).args(["test", "t.bd"]));
    ended.fails_with("E5120");
    // The other backend links the library.
    let args = ["test", "t.bd", "--backends", "jit,aot"];
    let ended = end(beskid(folder.path()).args(args));
    assert_eq!(
        lines(&ended, 1),
        [
            "FAIL Aborts [aot]: SIGABRT",
            "Result: passed=0, failed=1, skipped=0, filtered_out=0"
        ]
    );
    assert!(ended.stderr.contains("E5120"), "{ended:#?}");
}

#[test]
fn lints_count_for_tests_as_for_programs() {
    let tests = "test Changes { i64 x = 1; x = 2; Expect(x == 2, \"changed\"); }\n";
    let folder = program(tests);
    test_in(folder.path(), "").fails_with("E1214");
    assert_eq!(lines(&test_in(folder.path(), "--warn E1214"), 0).len(), 2);
}
