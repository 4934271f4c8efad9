//! How tests end, each without the others.

use std::time::Instant;

use super::{line, lines, test};

const ENDINGS: &str = r#"
i64 Deep(i64 n) { return Deep(n + 1) + 1; }

test Passes { Expect(1 + 1 == 2, "sum"); }
test Panics {
    Expect(1 + 1 == 3, "one and one");
}
test Divides { i64 zero = 0; i64 never = 1 / zero; }
test Aborts { C.abort(); }
test Exits { C.exit(0); }
test ExitsLate { C.exit(3); }
test Overflows { i64 never = Deep(0); }
test Loops { while true { } }
test KillsItsGroup { i32 sent = C.kill(0, 15); }
test StopsItself { i32 sent = C.kill(0, 19); }
test Last { }
"#;

#[test]
fn pan_3_tst_4_each_test_fails_for_itself_and_says_why_on_every_backend() {
    let place_of = |text| {
        let index = ENDINGS.lines().position(|line| line.contains(text));
        line(index.unwrap() + 1)
    };
    let zero = place_of("test Divides");
    for backend in ["jit", "aot"] {
        let options = format!("--timeout 3 --jobs 4 --backends {backend}");
        let ended = test(ENDINGS, &options);
        let division = format!("FAIL Divides: panic: division by zero (t.bd:{zero}:");
        let found = lines(&ended, 1);
        let expected = [
            "PASS Passes",
            // Where `Expect` panics.
            "FAIL Panics: panic: one and one (t.bd:13:",
            &division,
            "FAIL Aborts: SIGABRT",
            "FAIL Exits: exit status 0 before its end",
            "FAIL ExitsLate: exit status 3 before its end",
            "FAIL Overflows: panic: stack overflow",
            "FAIL Loops: no end within 3 s",
            "FAIL KillsItsGroup: signal 15",
            "FAIL StopsItself: no end within 3 s",
            "PASS Last",
            "Result: passed=2, failed=9, skipped=0, filtered_out=0",
        ];
        assert_eq!(found.len(), expected.len(), "{ended:#?}");
        for (found, expected) in found.iter().zip(expected) {
            let fits = match expected.ends_with(':') {
                true => found.starts_with(expected) && found.ends_with(')'),
                false => *found == expected,
            };
            assert!(fits, "{backend}: {found}\n{expected}");
        }
    }
}

#[test]
fn pan_1_a_failed_test_tells_what_its_end_came_through() {
    let tests = r#"
i64 Deep(i64 n) { return Deep(n + 1) + 1; }
i64 Half(i64 n) { return n / (n - n); }
test Divides { i64 never = Half(3); }
test Overflows { i64 never = Deep(0); }
test Faults { i64 never = __load_i64(24); }
"#;
    let at = |name: &str, of_tests| format!("  at {name} (declared at t.bd:{})", line(of_tests));
    for backend in ["jit", "aot"] {
        let ended = test(tests, &format!("--backends {backend}"));
        let shown = ended.stdout.lines().collect::<Vec<_>>();
        let [
            divides,
            half,
            divider,
            overflows,
            deep,
            more,
            over,
            faults,
            fault,
            _,
        ] = shown[..]
        else {
            panic!("{ended:#?}");
        };
        assert!(divides.starts_with("FAIL Divides: panic: division by zero (t.bd:"));
        assert_eq!([half, divider], [at("Half", 3), at("Divides", 4)]);
        assert_eq!(overflows, "FAIL Overflows: panic: stack overflow");
        assert!(
            more.starts_with("  … ") && more.ends_with(" more"),
            "{more}"
        );
        assert_eq!([deep, over], [at("Deep", 2), at("Overflows", 5)]);
        assert!(faults.starts_with("FAIL Faults: SIGSEGV: memory fault at "));
        assert_eq!(fault, at("Faults", 6));
    }
}

#[test]
fn tst_4_a_test_that_ends_the_process_above_is_found_among_others() {
    let tests = r#"
        test First { mut i64 i = 0; while i < 100000000 { i += 1; } }
        test KillsParent { i32 sent = C.kill(C.getppid(), 9); while true { } }
        test Second { }
        test KillsAgain { i32 sent = C.kill(C.getppid(), 9); while true { } }
        test Third { }
    "#;
    let ended = test(tests, "--timeout 20 --jobs 2");
    let reason = "it ended the process that runs the tests: SIGKILL";
    assert_eq!(
        lines(&ended, 1),
        [
            "PASS First",
            &format!("FAIL KillsParent: {reason}"),
            "PASS Second",
            &format!("FAIL KillsAgain: {reason}"),
            "PASS Third",
            "Result: passed=3, failed=2, skipped=0, filtered_out=0",
        ],
        "{ended:#?}"
    );
}

#[test]
fn tst_4_what_a_test_leaves_behind_keeps_nobody_waiting() {
    // The child has the test's streams, and never ends by itself.
    let tests = r#"
        test Leaves { if C.fork() == 0 { while true { } } }
        test LeavesInASession { if C.fork() == 0 {
            i32 id = C.setsid();
            mut i64 i = 0;
            while i < 200000000 { i += 1; }
            C.exit(0);
        } }
        test Last { }
    "#;
    let since = Instant::now();
    let ended = test(tests, "--timeout 50");
    assert_eq!(lines(&ended, 0).len(), 4, "{ended:#?}");
    assert!(since.elapsed().as_secs() < 40, "{ended:#?}");
}

#[test]
fn tst_4_each_test_starts_from_a_fresh_runtime() {
    // The C library counts for the whole process, and so does the collector.
    let tests = r#"
        [Extern(Abi: "C", Library: "libc.so.6")]
        contract Environment {
            i32 rand();
        }
        test First { Expect(Environment.rand() == 1804289383, "the first number"); }
        test Second { Expect(Environment.rand() == 1804289383, "the first number again"); }
    "#;
    let ended = test(tests, "--jobs 1");
    assert_eq!(
        lines(&ended, 0).last(),
        Some(&"Result: passed=2, failed=0, skipped=0, filtered_out=0")
    );
}

#[test]
fn mem_2_tests_pass_when_garbage_is_collected_at_every_allocation() {
    let tests = r#"
        type Pair<T> { T left, T right }
        Pair<T> Both<T>(T value) => Pair<T> { left: value, right: value };
        test Keeps {
            mut i64 i = 0;
            mut string all = "";
            while i < 50 { all = "${all}${i}"; i += 1; }
            Pair<string> pair = Both(all);
            Expect(__str_len(pair.left) == 90, "every digit is there");
            Expect(pair.left == pair.right, "twice");
        }
        test Closes {
            string word = "word";
            (i64) => string add = (i64 n) => "${word}${n}";
            Expect(add(1) == "word1", "captured");
        }
    "#;
    for backend in ["jit", "aot"] {
        let ended = test(tests, &format!("--gc-stress --backends {backend}"));
        assert_eq!(
            lines(&ended, 0).last(),
            Some(&"Result: passed=2, failed=0, skipped=0, filtered_out=0"),
            "{ended:#?}"
        );
    }
}
