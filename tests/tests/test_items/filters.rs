//! Which tests are run.

use super::{lines, test};

const TESTS: &str = r#"
test Plain { }
test Fast { meta { tags = "fast, numbers"; } }
mod Inner {
    test Slow { meta { tags = "slow"; group = "core.inner"; } panic("slow"); }
    test Skipped {
        meta { tags = "fast"; group = "core"; }
        skip { condition = true; reason = "not today"; }
        panic("skipped");
    }
    test Silent { skip { condition = true; } panic("skipped"); }
    test Not { skip { condition = false; reason = "never"; } }
}
"#;

#[track_caller]
fn check(options: &str, status: i32, expected: &[&str]) {
    let ended = test(TESTS, options);
    let found = lines(&ended, status);
    let short = found.iter().map(|line| match line.split_once(" (t.bd:") {
        Some((line, _)) => line,
        None => line,
    });
    assert_eq!(short.collect::<Vec<_>>(), expected, "{options}");
}

#[test]
fn tst_4_a_test_whose_condition_is_true_is_skipped() {
    check(
        "",
        1,
        &[
            "PASS Plain",
            "PASS Fast",
            "FAIL Inner::Slow: panic: slow",
            "SKIP Inner::Skipped: not today",
            "SKIP Inner::Silent: skip.condition is true",
            "PASS Inner::Not",
            "Result: passed=3, failed=1, skipped=2, filtered_out=0",
        ],
    );
}

#[test]
fn tst_4_tags_include_any_of_them_and_exclude_all_of_them() {
    check(
        "--include-tag fast --include-tag slow --exclude-tag numbers",
        1,
        &[
            "FILT Plain",
            "FILT Fast",
            "FAIL Inner::Slow: panic: slow",
            "SKIP Inner::Skipped: not today",
            "FILT Inner::Silent",
            "FILT Inner::Not",
            "Result: passed=0, failed=1, skipped=1, filtered_out=4",
        ],
    );
}

#[test]
fn tst_4_a_group_is_chosen_by_its_beginning() {
    check(
        "--group core.",
        1,
        &[
            "FILT Plain",
            "FILT Fast",
            "FAIL Inner::Slow: panic: slow",
            "FILT Inner::Skipped",
            "FILT Inner::Silent",
            "FILT Inner::Not",
            "Result: passed=0, failed=1, skipped=0, filtered_out=5",
        ],
    );
}

#[test]
fn tst_3_names_are_chosen_by_a_part_of_them_and_their_modules() {
    check(
        "--filter Inner::N --filter ast",
        0,
        &[
            "FILT Plain",
            "PASS Fast",
            "FILT Inner::Slow",
            "FILT Inner::Skipped",
            "FILT Inner::Silent",
            "PASS Inner::Not",
            "Result: passed=2, failed=0, skipped=0, filtered_out=4",
        ],
    );
    check(
        "--filter Nothing",
        0,
        &[
            "FILT Plain",
            "FILT Fast",
            "FILT Inner::Slow",
            "FILT Inner::Skipped",
            "FILT Inner::Silent",
            "FILT Inner::Not",
            "Result: passed=0, failed=0, skipped=0, filtered_out=6",
        ],
    );
}
