//! One malformed construct has one error, and what follows is read (SYN-8).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_syntax::{NodeKind, Tree, parse};

/// Checks the only error of a text, and that its last item is a function which is read.
#[track_caller]
fn one(text: &str, message: &str) -> Tree {
    let text = format!("{text}\nunit last() {{ }}");
    let tree = parse(&text);
    let errors = tree.errors().iter();
    let errors = errors.map(|error| error.message(&text)).collect::<Vec<_>>();
    assert_eq!(errors, [message], "{text}");
    let last = tree.root().children().last().unwrap();
    assert_eq!(last.text(), "unit last() { }", "{text}");
    assert_eq!(last.kind(), NodeKind::Function, "{text}");
    tree
}

fn has(tree: &Tree, kind: NodeKind) -> bool {
    tree.nodes().any(|node| node.kind() == kind)
}

#[test]
fn syn_8_code_in_strings_ends_with_its_string() {
    for (code, message) in [
        ("let x = 1;", "`let` is a reserved word"),
        ("let x", "`let` is a reserved word"),
        ("a b", "expected `}`, found `b`"),
        ("f(a", "expected `)`, found a string"),
        ("\"${if}\"", "`if` is a reserved word"),
        ("a + ", "expected an expression, found a string"),
        ("a \"${b}\"", "expected `}`, found a string"),
    ] {
        let text = format!("unit f() {{ g(\"1${{{code}}}2${{b}}3\"); h(); }}");
        let tree = parse(&text);
        let errors = tree.errors().iter();
        let errors = errors.map(|error| error.message(&text)).collect::<Vec<_>>();
        assert!(errors.len() <= 2, "{errors:?}: {text}");
        assert_eq!(errors[0], message, "{text}");
    }
    let tree = one(
        "unit f() { g(\"1${let x}2${b}3\"); h(); }",
        "`let` is a reserved word",
    );
    assert!(has(&tree, NodeKind::Interpolation));
    assert!(
        !tree
            .root()
            .children()
            .any(|item| item.kind() == NodeKind::Error)
    );
}

#[test]
fn syn_8_events_with_a_wrong_capacity_are_events() {
    for (capacity, message) in [
        ("-1", "expected a number, found `-`"),
        ("", "expected a number, found `}`"),
        ("n", "expected a number, found `n`"),
        ("1 2", "expected `}`, found a number"),
    ] {
        let text = format!("type T {{ event{{{capacity}}} Rang(), i32 n }}");
        let tree = one(&text, message);
        assert!(has(&tree, NodeKind::Event), "{text}");
        assert!(has(&tree, NodeKind::Field), "{text}");
    }
    one("type T { event{1 Rang() }", "expected `}`, found `Rang`");
}

#[test]
fn lex_7_words_of_later_versions_before_members_and_parameters() {
    for text in [
        "type T { inject Log log }",
        "type T { i32 n, inject Log<i32> log, i32 m }",
        "type T { pub async unit f() { } }",
        "impl T { async unit f() { } i32 g() => 1; }",
        "contract C { async unit f(); }",
    ] {
        let word = if text.contains("inject") {
            "inject"
        } else {
            "async"
        };
        one(text, &format!("`{word}` is not supported"));
    }
    one("unit f(inject Log log) { }", "`inject` is not supported");
    for text in [
        "type T { inject log, async f }",
        "type T { inject log() { } }",
        "unit f(inject log, async other) { }",
        "contract C { async f(); host; }",
    ] {
        assert_eq!(parse(text).errors(), [], "{text}");
    }
}

#[test]
fn att_1_a_list_of_targets_is_not_empty() {
    let tree = one("attribute A() { n: i32 }", "expected a target, found `)`");
    assert!(has(&tree, NodeKind::AttributeDeclaration));
    assert!(!has(&tree, NodeKind::AttributeTargets));
}

#[test]
fn syn_8_members_after_a_broken_one() {
    for (text, message) in [
        ("type T { Map<K K, V> a, i32 b }", "expected `>`, found `K`"),
        (
            "type T { i32 f(i32 i32 a, i32 b) => a; i32 b }",
            "expected `)`, found `a`",
        ),
        (
            "enum E { A(i32 a, , i32 b), B }",
            "expected a type, found `,`",
        ),
        (
            "type T { i32 a ) , i32 b }",
            "expected `,` or `}`, found `)`",
        ),
        (
            "type T { i32 f() => 1; ) i32 b }",
            "expected a field's type, found `)`",
        ),
        (
            "type T { i32 a,; i32 b }",
            "expected a field's type, found `;`",
        ),
        (
            "type T { { i32 a, i32 b }",
            "expected a field's type, found `{`",
        ),
    ] {
        one(text, message);
    }
}

#[test]
fn syn_8_braces_that_the_others_tell() {
    for (text, message) in [
        (
            "unit f() { if a return; } }",
            "expected `{`, found `return`",
        ),
        (
            "unit f() { if a b = 1; c(); } d(); }",
            "expected `{`, found `b`",
        ),
        (
            "unit f() { while a let b = 1; } }",
            "expected `{`, found `let`",
        ),
        (
            "unit f() { for a in b if a { } } }",
            "expected `{`, found `if`",
        ),
        (
            "unit f() { if a { } else return; } }",
            "expected `{`, found `return`",
        ),
        ("unit f() return; }", "expected `{`, found `return`"),
        ("unit f() i32 a = 1; }", "expected `{`, found `i32`"),
        (
            "i32 f() { return match a b => 1 }; }",
            "expected `{`, found `b`",
        ),
        (
            "unit f() { A a = A { b: 1 } }; c(); }",
            "expected `;`, found `}`",
        ),
        (
            "unit f() { match a { _ => 1 } }; c(); }",
            "expected `;`, found `}`",
        ),
        // None of both.
        ("unit f() { if a return; }", "expected `{`, found `return`"),
    ] {
        let tree = one(text, message);
        let first = tree.root().children().next().unwrap();
        assert_eq!(first.kind(), NodeKind::Function, "{text}");
    }
}

#[test]
fn syn_8_an_arm_after_a_block_that_is_not_closed_or_without_a_comma_is_read() {
    let arms = |arms: &str| format!("i64 f() {{ return match e {{ {arms} }}; }}");
    for (text, message, count) in [
        (
            "E::A => { return 1; E::B => 2,",
            "expected `}`, found `E`",
            2,
        ),
        ("E::A => { g(); _ => 2,", "expected `}`, found `_`", 2),
        ("1 => { g(); -2 => 2, 3 => 3", "expected `}`, found `-`", 3),
        (
            "1 => { if a { g(); } M.E::B(x, F::G(_)) when x > 1 => 2,",
            "expected `}`, found `M`",
            2,
        ),
        ("E::A(n) => n E::B => 2,", "expected `,`, found `E`", 2),
        (
            "\"a\" => { g(); } 'b' => 2",
            "expected `,`, found a character",
            2,
        ),
    ] {
        let tree = one(&arms(text), message);
        let found = tree.nodes().filter(|node| node.kind() == NodeKind::Arm);
        assert_eq!(found.count(), count, "{text}");
    }
}
