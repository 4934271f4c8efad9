//! The frontend decides about every text, however long, deep or broken.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_frontend::analyze;
use proptest::prelude::*;

fn codes(source: &[u8]) -> Vec<&'static str> {
    let analysis = analyze("test.bd", source);
    if let Some(program) = analysis.program {
        program.lower(None).unwrap();
    }
    analysis
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect()
}

#[test]
fn deep_nesting_is_refused_without_a_stack_overflow() {
    let deep = 20_000;
    let repeat = |text: &str| text.repeat(deep);
    let sources = [
        format!("i32 f() {{ return {}1{}; }}", repeat("("), repeat(")")),
        format!("i32 f() {{ return {}1; }}", repeat("-")),
        format!("bool f() {{ return {}true; }}", repeat("!")),
        format!("unit f() {{ {} {} }}", repeat("{"), repeat("}")),
        format!("unit f() {{ {} {} }}", repeat("if true {"), repeat("}")),
        format!(
            "i32 f(i32 x) {{ return {}1{}; }}",
            repeat("f("),
            repeat(")")
        ),
        format!(
            "unit f() {{ let a = {}1{}; }}",
            repeat("\"${"),
            repeat("}\"")
        ),
    ];
    for source in sources {
        let codes = codes(source.as_bytes());
        let refused =
            codes.contains(&"E0011") || codes.contains(&"E0004") || codes.contains(&"E0010");
        assert!(
            refused,
            "{:?} for {}…",
            &codes[..codes.len().min(5)],
            &source[..40]
        );
    }
}

#[test]
fn the_deepest_nesting_that_is_allowed_works_in_a_small_stack() {
    let nested = |deep: usize| {
        let (open, close) = ("(1 + ".repeat(deep), ")".repeat(deep));
        format!("i32 f() {{ if true {{ return {open}1{close}; }} return 0; }}")
    };
    assert_eq!(codes(nested(250).as_bytes()), [""; 0]);
    assert_eq!(codes(nested(260).as_bytes()), ["E0011"]);
}

#[test]
fn long_chains_are_no_deep_trees() {
    let sum = format!(
        "i64 f() {{ i64 x = 1{}; return x; }}",
        " + 1".repeat(100_000)
    );
    assert_eq!(codes(sum.as_bytes()), [""; 0]);
    let and = format!("bool f(bool t) {{ return t{}; }}", " && t".repeat(5_000));
    assert_eq!(codes(and.as_bytes()), [""; 0]);
    let ladder = " else if t { return 2; }".repeat(5_000);
    let ladder = format!("i32 f(bool t) {{ if t {{ return 1; }} {ladder} return 3; }}");
    assert_eq!(codes(ladder.as_bytes()), [""; 0]);
}

#[test]
fn many_functions_are_fine() {
    let functions =
        (0..20_000).map(|n| format!("i32 f{n}(i32 x) {{ return f{}(x + {n}); }}\n", n / 2));
    let source = functions.collect::<String>();
    assert_eq!(codes(source.as_bytes()), [""; 0]);
}

#[test]
fn what_is_not_text_is_refused_at_its_offset() {
    let analysis = analyze("test.bd", b"unit f() { \xc3\x28 }");
    assert_eq!(analysis.diagnostics[0].code, "E0001");
    assert!(analysis.diagnostics[0].message.ends_with("at offset 11"));
    assert_eq!(codes(&[0xef, 0xbb, 0xbf]), ["E0003"]);
    assert_eq!(
        codes(&vec![b' '; beskid_frontend::MAX_SOURCE + 1]),
        ["E0002"]
    );
}

const SAMPLE: &str = include_str!("../../examples/strings.bd");

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        codes(&bytes);
    }

    #[test]
    fn any_soup_of_tokens(words in prop::collection::vec(prop::sample::select(vec![
        "unit", "i32", "f", "x", "(", ")", "{", "}", "[", "]", ";", ",", "=", "+", "-", "==", "&&",
        "if", "else", "while", "for", "in", "range", "return", "break", "let", "mut", "1", "2.5",
        "\"a\"", "\"${\"", "'c'", "pub", "type", "match", "=>", "::", ".", "?", "true", "!", "//",
    ]), 0..60)) {
        codes(words.join(" ").as_bytes());
    }

    #[test]
    fn mutated_programs(at in 0_usize..SAMPLE.len(), cut in 0_usize..30, insert in "[a-z0-9{}();\"$ +=]{0,6}") {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, insert.bytes());
        codes(&bytes);
    }
}
