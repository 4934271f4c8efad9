//! The grammar, rule by rule.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_syntax::parse;

#[test]
fn the_programs_of_the_grammar_have_no_errors() {
    for (name, text) in [
        ("modules", include_str!("programs/modules.bd")),
        ("types", include_str!("programs/types.bd")),
        ("expressions", include_str!("programs/expressions.bd")),
        ("comments", include_str!("programs/comments.bd")),
    ] {
        let tree = parse(text);
        let errors = tree.errors().iter().map(|error| {
            let line = text[..error.span.start as usize].lines().count();
            format!("{name}:{line}: {}", error.message(text))
        });
        assert_eq!(errors.collect::<Vec<_>>(), [""; 0]);
    }
}
