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
fn syn_8_a_brace_too_many_does_not_end_what_goes_on_behind_it() {
    let parts = [
        "unit f() {\n  a(); }\n  b();\n}",
        "unit f() {\n  if a {\n    b(); }\n    c();\n  }\n  d();\n}",
        "type A {\n  i64 a,\n  unit f() { b(); } }\n  unit g() { }\n  i64 c,\n}",
        "enum A {\n  B,\n  C }\n  D,\n}",
        "mod M {\n\tunit f() { } }\n\tunit g() { }\n}",
        "i64 f() {\n  return match a {\n    _ => {\n      b(); }\n      return 1;\n    }\n  };\n}",
    ];
    for early in parts {
        let tree = one(early, "one `}` too many");
        let first = tree.root().children().next().unwrap();
        assert_ne!(first.kind(), NodeKind::Error, "{early}");
        assert_eq!(tree.root().children().count(), 2, "{early}");
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

/// Checks the errors of a text, each with the line on which it is.
#[track_caller]
fn on_lines(text: &str, wanted: &[(usize, &str)]) {
    let tree = parse(text);
    let errors = tree.errors().iter().map(|error| {
        let before = &text[..error.span.start as usize];
        (before.matches('\n').count() + 1, error.message(text))
    });
    let errors = errors.collect::<Vec<_>>();
    let errors = errors
        .iter()
        .map(|(line, message)| (*line, message.as_str()));
    assert_eq!(errors.collect::<Vec<_>>(), wanted, "{text}");
    let whole = tree.root().text();
    assert_eq!(whole.len(), text.trim_start().len(), "{text}");
}

#[test]
fn syn_8_code_in_a_string_without_its_brace_ends_with_its_string() {
    let rest = "P(\"d ${n}\");\nP(\"e ${f(\"a\")}\");\n";
    for (line, message) in [
        ("P(\"c ${n\");", "this interpolation does not end"),
        ("P(\"c ${\");", "this interpolation does not end"),
        ("P(\"c ${n + \");", "this interpolation does not end"),
        ("P(\"c ${f(n\", n);", "this interpolation does not end"),
        ("P(\"b ${n} c ${n \");", "this interpolation does not end"),
        (
            "P(\"c ${n\"); if a { b(); }",
            "this interpolation does not end",
        ),
        ("P(\"c ${f(\"a\")\");", "this interpolation does not end"),
        ("P(\"c ${n);", "this interpolation does not end"),
        ("let a = \"c ${n;", "this interpolation does not end"),
    ] {
        for before in ["", rest] {
            let text = format!("unit f() {{\n{before}{line}\n{rest}}}\nunit g() {{ }}\n");
            on_lines(&text, &[(2 + before.lines().count(), message)]);
            assert_eq!(parse(&text).root().children().count(), 2, "{text}");
        }
    }
    // Two of them, and code that is legal on several lines.
    let text = "unit f() {\nP(\"c ${n\");\nP(\"${f(\n\"a\",\nn)} b\");\nP(\"c ${n\");\n}\n";
    let told = "this interpolation does not end";
    on_lines(text, &[(2, told), (6, told)]);
    let legal = "unit f() {\nP(\"${f(\n\"a\",\nn)} b\n ${n}\");\nlet x 1;\n}\n";
    on_lines(legal, &[(6, "expected `=`, found a number")]);
}

#[test]
fn syn_8_a_string_without_its_quote_ends_with_its_line() {
    let told = "this string does not end";
    for rest in [
        "P(\"world\");\n",
        "P(\"world\");\nP(\"${a} b\");\n",
        "let a = 1;\nP(\"${a} b\");\nP(\"c\");\n",
        "let a = \"legal\n text\";\nP(a);\n",
    ] {
        for line in [
            "P(\"hello);",
            "let b = \"hello;",
            "P(\"a ${b} hello);",
            "P(a + \"hello);",
        ] {
            let text = format!("unit f() {{\n{line}\n{rest}}}\nunit g() {{ }}\n");
            on_lines(&text, &[(2, told)]);
            assert_eq!(parse(&text).root().children().count(), 2, "{text}");
        }
    }
    on_lines(
        "unit f() {\nP(\"a);\nP(\"b\");\nP(\"c);\nP(\"d\");\nlet 1;\n}\n",
        &[
            (2, told),
            (4, told),
            (6, "expected the local's name, found a number"),
        ],
    );
    on_lines("i64 f() => \"a;\ni64 g() => \"b\";\n", &[(1, told)]);
    on_lines("unit f() {\nif a == \"b {\nc(\"d\");\n}\n}\n", &[(2, told)]);
    on_lines("unit f() {\ng(\n\"a,\n\"b\"\n);\nh();\n}\n", &[(3, told)]);
    // What is legal is not told beside something else.
    on_lines(
        "unit f() {\nlet a = \"b\n c\";\nlet b = \"d\n${a}\n e\" + a;\nlet 1;\n}\n",
        &[(7, "expected the local's name, found a number")],
    );
}

#[test]
fn syn_8_many_strings_without_their_ends_are_read_in_linear_time() {
    let many = 20_000;
    for (before, part, after) in [
        ("", "\"a;\n", ""),
        ("", "\"${a\";\n", ""),
        ("", "\"${", "\n\"a"),
        ("\"${\n", "\"${\n}\n", "\"a"),
        ("", "'\\q;\n", ""),
        ("", "match a { case 1: b; ", ""),
    ] {
        let text = format!("unit f() {{\n{before}{}{after}\n}}", part.repeat(many));
        let tree = parse(&text);
        assert!(!tree.errors().is_empty(), "{part}");
        assert_eq!(tree.root().text().len(), text.len(), "{part}");
    }
}

/// The help of the first error of a text.
fn help(text: &str) -> String {
    let tree = parse(text);
    let first = tree.errors().first().unwrap();
    first.help(text).unwrap_or_default()
}

#[test]
fn syn_8_one_error_for_what_other_languages_write() {
    for (text, message) in [
        (
            "type P { i64 x, pub unit F(self) { } i64 y }",
            "a method has no parameter `self`",
        ),
        (
            "unit f() { if n > 0 return 1; else return 2; }",
            "expected `{`, found `return`",
        ),
        (
            "unit f() { if n > 0 { g(); } else h(); g(); }",
            "expected `{`, found `h`",
        ),
        (
            "unit f() { while a b = 1; c(); }",
            "expected `{`, found `b`",
        ),
        (
            "unit f() { i64[] f = [1; 3]; g(); }",
            "expected `]`, found `;`",
        ),
        (
            "unit f() { match 3 { case 1: 2; default: { 3; } }; g(); }",
            "expected a pattern, found `case`",
        ),
        (
            "unit f() { match 3 { default: g(); }; g(); }",
            "expected a pattern, found `default`",
        ),
        (
            "unit f() { for (i64 i = 0; i < 3; i++) { g(); } g(); }",
            "expected the loop's variable, found `(`",
        ),
        ("unit f() { let a = '\\ud800'; }", "`\\u` is not an escape"),
        ("main() { }", "expected a result type, found `main`"),
        (
            "pub Foo(i64 a) => a;",
            "expected a result type, found `Foo`",
        ),
        (
            "type P { i64 x, Foo(i64 a) { } i64 y }",
            "expected a result type, found `Foo`",
        ),
        ("type Q { x: i64 }", "expected the field's name, found `:`"),
        ("enum Q { A(x: i64), B }", "expected `)`, found `:`"),
    ] {
        one(text, message);
    }
    one(
        "unit f() {\nlet y = 1 +\nreturn;\n}",
        "expected an expression, found `return`",
    );
    one("unit f() { let y = in; }", "`in` is a reserved word");
}

#[test]
fn syn_8_a_block_that_is_not_closed_ends_before_else() {
    for text in [
        "unit f() { if true { g(); else { g(); } h(); }",
        "unit f() { if a { if b { g(); } else { g(); } h(); else if c { g(); } h(); }",
    ] {
        let tree = one(text, "expected `}`, found `else`");
        assert!(!has(&tree, NodeKind::Error), "{text}");
    }
}

#[test]
fn syn_8_items_after_a_broken_one_are_told_too() {
    let told = |what: &'static str| format!("expected `(`, found `{what}`");
    let lines = |text: &str, wanted: &[String]| {
        let errors = parse(text);
        let errors = errors.errors().iter().map(|error| error.message(text));
        assert_eq!(errors.collect::<Vec<_>>(), wanted, "{text}");
    };
    lines(
        "class T { i64 x }\ninterface U { i64 F(); }\ntrait V {\n  i64 G();\n}\n",
        &[told("{"), told("{"), told("{")],
    );
    lines(
        "i64 F() -> i64 { return 1; }\nstatic unit G() { }\nconst i64 X = 5;\nlet y = 3;\n",
        &[
            "expected `{`, found `-`".to_owned(),
            told("G"),
            told("X"),
            "expected an item, found `let`".to_owned(),
        ],
    );
    // What is left of one is not told.
    lines(
        "unit F( {\n  let a = 1;\n  if a { }\n}\n}\n  let b = 1;\nunit G() { }\n",
        &["expected a parameter's type, found `{`".to_owned()],
    );
}

#[test]
fn syn_8_what_is_meant_is_said() {
    for (text, part) in [
        ("unit f() { retrun 5; }", "did you mean `return`?"),
        ("unit f() { retrun a; }", "did you mean `return`?"),
        ("unit f() { whlie true { } }", "did you mean `while`?"),
        ("unit f() { fr x in y { } }", "did you mean `for`?"),
        ("unit f() { whlie (x) { } }", "did you mean `while`?"),
        (
            "unit f() { whlie (x) { g(); } h(); }",
            "did you mean `while`?",
        ),
        ("unit f() { fro (i in g(0)) { } }", "did you mean `for`?"),
        ("unit f() { iff (a) { } }", "did you mean `if`?"),
        (
            "unit f() { iff (a == 1) { } else { } }",
            "did you mean `if`?",
        ),
        ("unit f() { iff a == 1 { } }", "did you mean `if`?"),
        (
            "unit f() { mtach (a) { _ => 1 }; }",
            "did you mean `match`?",
        ),
        ("pbu unit f() { }", "did you mean `pub`?"),
        ("tpye P { i64 x }", "did you mean `type`?"),
        ("main() { }", "`unit main() { }`"),
        ("type Q { x: i64 }", "the type stands before the name"),
        ("enum Q { A(x: i64) }", "the type stands before the name"),
        ("unit f() { match a { case 1: 2; }; }", "`match value {"),
        ("unit f() { let a = [1; 3]; }", "between commas"),
        ("unit f() {\nP(\"a ${b\");\n}", "close it with `}`"),
    ] {
        let help = help(text);
        assert!(help.contains(part), "{help}: {text}");
    }
    for text in [
        "unit f() { first second; }",
        "unit f() { whlie (x) }",
        "unit f() { of (x) { } }",
        "unit f() { i (x) { } }",
    ] {
        let help = help(text);
        assert!(!help.contains("did you mean"), "{help}: {text}");
    }
    for text in [
        "unit f() { brek(); retrun; iff(a); fro(i); { } whlie(x).b(); }",
        "unit f() { Brek brek = retrun(1); }",
    ] {
        assert_eq!(parse(text).errors(), [], "{text}");
    }
}
