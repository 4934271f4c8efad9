//! What tests write.

use super::{line, lines, test};

const TESTS: &str = r#"
test Passes { Say("fine\n"); __syscall_write(2, "well\n"); }
test Fails {
    Say("first\nsecond");
    __syscall_write(2, "before\n");
    panic("after");
}
"#;

#[test]
fn tst_4_output_is_captured_and_shown_of_tests_that_fail() {
    let ended = test(TESTS, "");
    assert_eq!(
        lines(&ended, 1),
        [
            "PASS Passes",
            &format!("FAIL Fails: panic: after (t.bd:{}:5)", line(6)),
            "  stdout:",
            "    first",
            "    second",
            "  stderr:",
            "    before",
            "Result: passed=1, failed=1, skipped=0, filtered_out=0",
        ]
    );
    assert_eq!(ended.stderr, "");
}

#[test]
fn tst_4_the_output_of_all_tests_is_shown_if_it_is_asked_for() {
    let ended = test(TESTS, "--show-output --filter Passes");
    assert_eq!(
        lines(&ended, 0),
        [
            "PASS Passes",
            "  stdout:",
            "    fine",
            "  stderr:",
            "    well",
            "FILT Fails",
            "Result: passed=1, failed=0, skipped=0, filtered_out=1",
        ]
    );
}

#[test]
fn tst_4_of_a_huge_output_the_end_is_kept() {
    let tests = r#"
        test Writes {
            mut i64 i = 0;
            while i < 100000 { Say("0123456789012345678901234567890123456789\n"); i += 1; }
            Say("the end\n");
            panic("enough");
        }
        test WritesForever { while true { Say("again and again\n"); } }
        test Last { }
    "#;
    let ended = test(tests, "--timeout 4");
    let found = lines(&ended, 1);
    assert!(ended.stdout.len() < 300_000, "{}", ended.stdout.len());
    assert!(found[0].starts_with("FAIL Writes: panic: enough (t.bd:"));
    assert_eq!(found[1], "  stdout:");
    let left_out = 100_000 * 41 + 8 - 65_536;
    let note = format!("    … {left_out} bytes before this are left out");
    assert_eq!(found[2], note);
    assert!(found.contains(&"    the end"), "{}", found.len());
    assert!(found.contains(&"FAIL WritesForever: no end within 4 s"));
    assert!(found.contains(&"PASS Last"));
}

#[test]
fn what_a_terminal_would_obey_is_shown() {
    let tests = "test Odd { Say(\"a\x1b[31mb\"); panic(\"two\nlines\"); }\n";
    let ended = test(tests, "");
    assert!(
        ended.stdout.contains("FAIL Odd: panic: two\\nlines (t.bd:"),
        "{ended:#?}"
    );
    assert!(ended.stdout.contains("    a\\u{1b}[31mb\n"), "{ended:#?}");
}

#[test]
fn tests_read_nothing_and_have_the_programs_path_as_their_argument() {
    let tests = r#"
        test Reads { Expect(__str_len(__syscall_read(0, 10)) == 0, "nothing"); }
        test Argument { Expect(__arg_count() == 1 && __arg(0) == "t.bd", "the path"); }
    "#;
    for backend in ["jit", "aot"] {
        let ended = test(tests, &format!("--backends {backend}"));
        assert_eq!(lines(&ended, 0).len(), 3, "{ended:#?}");
    }
}
