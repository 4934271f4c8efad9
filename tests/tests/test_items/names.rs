//! Names of tests, their order, and where they are compiled.

use std::fs;

use beskid_tests::command::{beskid, end, run};

use super::{line, lines, program, test, test_in};

#[test]
fn tst_3_results_come_in_the_order_of_the_source_whatever_ends_first() {
    let tests = r#"
        test C3 { mut i64 i = 0; while i < 200000000 { i += 1; } }
        mod A { mod B { test B2 { } } test A1 { } }
        test Z { }
        mod A2 { pub test Z { } }
    "#;
    let ended = test(tests, "--jobs 4");
    assert_eq!(
        lines(&ended, 0),
        [
            "PASS C3",
            "PASS A::B::B2",
            "PASS A::A1",
            "PASS Z",
            "PASS A2::Z",
            "Result: passed=5, failed=0, skipped=0, filtered_out=0",
        ]
    );
}

#[test]
fn tst_1_the_tests_of_reached_modules_are_the_programs() {
    let folder = program("use Words;\ntest Here { Expect(Words.Two() == 2, \"two\"); }\n");
    let words = "pub i64 Two() => 2;\ntest There { panic(\"here\"); }\n";
    fs::write(folder.path().join("Words.bd"), words).unwrap();
    fs::write(
        folder.path().join("Other.bd"),
        "test Broken { missing(; }\n",
    )
    .unwrap();
    let ended = test_in(folder.path(), "");
    assert_eq!(
        lines(&ended, 1),
        [
            "PASS Here",
            "FAIL There: panic: here (Words.bd:2:14)",
            "Result: passed=1, failed=1, skipped=0, filtered_out=0",
        ]
    );
}

#[test]
fn tst_1_gen_2_tests_use_generic_functions_lambdas_and_contracts() {
    let tests = r#"
        contract Shape { i64 Area(); }
        type Square : Shape { i64 side, pub i64 Area() => this.side * this.side; }
        T Second<T>(T first, T second) => second;
        i64 Twice((i64) => i64 f, i64 x) => f(f(x));
        test Generic { Expect(Second("a", "b") == "b", "the second"); }
        test Lambda { Expect(Twice((i64 n) => n * 3, 2) == 18, "twice"); }
        test Contract { Shape shape = Square { side: 3 }; Expect(shape.Area() == 9, "area"); }
    "#;
    for backend in ["jit", "aot"] {
        let ended = test(tests, &format!("--backends {backend}"));
        assert_eq!(lines(&ended, 0).len(), 4, "{ended:#?}");
    }
}

#[test]
fn tst_6_other_commands_check_tests_and_emit_nothing_of_them() {
    let tests = r#"
        i64 main() { return 7; }
        T OnlyForTests<T>(T value) => value;
        test Calls { (i64) => i64 add = (i64 n) => n + 1; Expect(OnlyForTests(add(1)) == 2, "two"); }
    "#;
    let folder = program(tests);
    assert_eq!(run(folder.path(), ["run", "t.bd"]).succeeds(), "7\n");
    let clif = run(folder.path(), ["clif", "t.bd"]).succeeds();
    for name in ["Calls", "OnlyForTests", "lambda", "test.1"] {
        assert!(!clif.contains(name), "{name}: {clif}");
    }
    assert!(clif.contains("function %Expect("), "{clif}");
    let broken = program("i64 main() { return 7; }\ntest Wrong { i64 x = true; }\n");
    run(broken.path(), ["run", "t.bd"]).fails_with("E1206");
}

#[test]
fn one_test_is_run_by_name_where_a_debugger_is_to_see_it() {
    let folder = program("test Alone { Say(\"alone\\n\"); }\ntest Other { panic(\"no\"); }\n");
    let args = ["run", "--entrypoint", "Alone", "t.bd"];
    let stdout = end(beskid(folder.path()).args(args)).succeeds();
    assert_eq!(stdout, "alone\nok\n");
}

#[test]
fn cmd_5_every_backend_that_is_named_runs_every_test() {
    let ended = test(
        "test One { }\ntest Two { skip { condition = true; } }\ntest Three { panic(\"no\"); }\n",
        "--backends aot,jit",
    );
    let place = format!("(t.bd:{}:14)", line(3));
    assert_eq!(
        lines(&ended, 1),
        [
            "PASS One [aot]",
            "SKIP Two: skip.condition is true",
            &format!("FAIL Three [aot]: panic: no {place}"),
            "PASS One [jit]",
            &format!("FAIL Three [jit]: panic: no {place}"),
            "Result: passed=2, failed=2, skipped=1, filtered_out=0",
        ]
    );
}

#[test]
fn cmd_5_files_of_both_kinds_are_tested_by_one_command() {
    let folder = program("test One { }\n");
    let clif = "test run\nfunction %f(i32) -> i32 {\nblock0(v0: i32):\n    return v0\n}\n\
                ; run: %f(1) == 1\n";
    fs::write(folder.path().join("t.clif"), clif).unwrap();
    let ended = test_in(folder.path(), "t.clif --backends jit");
    assert_eq!(
        lines(&ended, 0),
        [
            "1 passed, 0 failed, 0 skipped",
            "PASS One",
            "Result: passed=1, failed=0, skipped=0, filtered_out=0",
        ]
    );
    let ended = test_in(folder.path(), "t.clif --json");
    assert!(ended.fails_with("E4041").contains("`t.clif` is neither"));
}

/// A folder without a manifest has no tests of its own, whatever sources lie in it.
#[test]
fn cmd_5_a_folder_without_project_and_directives_is_refused() {
    let folder = program("test One { }\n");
    for input in [".", folder.path().to_str().unwrap()] {
        let refused = run(folder.path(), ["test", input]).fails_with("E4041");
        assert!(
            refused.contains("name sources `.bd` one by one"),
            "{refused}"
        );
    }
    let clif = "test run\nfunction %f(i32) -> i32 {\nblock0(v0: i32):\n    return v0\n}\n\
                ; run: %f(1) == 1\n";
    fs::create_dir(folder.path().join("below")).unwrap();
    fs::write(folder.path().join("below/t.clif"), clif).unwrap();
    let tested = run(folder.path(), ["test", ".", "--backends", "jit"]).succeeds();
    assert_eq!(tested, "1 passed, 0 failed, 0 skipped\n");
}

#[test]
fn a_path_of_any_bytes_has_tests() {
    use std::os::unix::ffi::OsStrExt;
    let folder = program("test One { }\n");
    let name = std::ffi::OsStr::from_bytes(b"b\xffd.bd");
    fs::rename(folder.path().join("t.bd"), folder.path().join(name)).unwrap();
    for backend in ["jit", "aot"] {
        let args = ["test", "--backends", backend];
        let ended = end(beskid(folder.path()).args(args).arg(name));
        assert_eq!(lines(&ended, 0).len(), 2, "{ended:#?}");
    }
}

#[test]
fn no_time_at_all_is_no_limit() {
    let ended = test("test One { }\n", "--timeout 0");
    assert_eq!(ended.status, Some(2), "{ended:#?}");
}
