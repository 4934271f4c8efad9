//! What people write who know other languages has one error that says what is written here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_syntax::parse;

/// Checks that a text has one error, whose help has a part.
fn wrong(text: &str, part: &str) -> Option<String> {
    let tree = parse(text);
    let errors = tree.errors().iter();
    let told = errors.map(|error| (error.message(text), error.help(text).unwrap_or_default()));
    let told = told.collect::<Vec<_>>();
    match &told[..] {
        [(_, help)] if help.contains(part) && !help.is_empty() => None,
        _ => Some(format!("{text}: {told:?}")),
    }
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    let wrong = cases.iter().filter_map(|(text, part)| wrong(text, part));
    let wrong = wrong.collect::<Vec<_>>();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn syn_8_statements_of_other_languages() {
    check(&[
        ("unit f() { ++x; g(); }", "write `+= 1`"),
        ("unit f() { i64 a; g(); }", "`i64 x = 0;`"),
        ("unit f() { let a; g(); }", "`i64 x = 0;`"),
        ("unit f() { i64 a, b = 1; g(); }", "a statement of its own"),
        (
            "unit f() { P p = { a: 1, b: 2 }; g(); }",
            "`Name { field: value }`",
        ),
        ("unit f() { g({ a: 1 }); g(); }", "`Name { field: value }`"),
        ("P f() { return { a: 1 }; }", "`Name { field: value }`"),
        ("unit f() { let z = a->b; g(); }", "`value.name`"),
        ("unit f() { let z = (x) -> x; g(); }", "`x => …`"),
        ("unit f() { if a and b { g(); } g(); }", "`&&`"),
        ("unit f() { let z = a or b; g(); }", "`||`"),
        ("unit f() { throw \"a\"; g(); }", "errors are values"),
        (
            "unit f() { let z = if a { 1 } else { 2 }; g(); }",
            "has no value: write `match",
        ),
        (
            "unit f() { let z = while a { }; g(); }",
            "begins a statement",
        ),
        ("unit f() { type X = i64; g(); }", "`type Name { T field }`"),
        ("unit f() { let pub x = 1; g(); }", "before items"),
        ("unit f() { let n = m as i64; g(); }", "`i64 x = value;`"),
        ("unit f() { if n is P { g(); } g(); }", "`match`"),
        ("unit f() { if n then { g(); } g(); }", "a block follows"),
        (
            "unit f() { unless n == 1 { g(); } g(); }",
            "`if !condition { }`",
        ),
        ("unit f() { delete p; g(); }", "by itself"),
        ("unit f() { event Rang(); g(); }", "a member of a type"),
        ("unit f() { use System.IO; g(); }", "outside of functions"),
        ("unit f() { type P { i64 a } g(); }", "outside of functions"),
        (
            "unit f() {\n  enum E { A, B }\n  g();\n}",
            "outside of functions",
        ),
        (
            "unit f() { i64 h(i64 a) { return a; } g(); }",
            "outside of functions",
        ),
        (
            "unit f() { i64 h(i64 a) => a; g(); }",
            "outside of functions",
        ),
        (
            "unit f() { pub unit h() { g(); } g(); }",
            "outside of functions",
        ),
        (
            "unit f() { if a { use A.B; g(); } g(); }",
            "outside of functions",
        ),
    ]);
}

#[test]
fn syn_8_items_of_other_languages() {
    check(&[
        ("let X = 1;\nunit f() { }", "`i64 Size() => 8;`"),
        ("mut i64 x = 1;\nunit f() { }", "`i64 Size() => 8;`"),
        ("use System.IO.*;\nunit f() { }", "names one module"),
        ("use System.IO.{A, B};\nunit f() { }", "names one module"),
        ("#include <a>", "`use`"),
        ("unit f<T: C>(T a) { }", "any type"),
        ("type P<T: C> { T a }", "any type"),
        ("unit f(i64 a = 1, i64 b) { }", "another function"),
        ("unit f(i64[3] a) { }", "`T[]`"),
        ("type P { i64[3] a }", "`T[]`"),
        ("type P extends Q { i64 a }", "no parents"),
        (
            "type P implements C { i64 a }",
            "`type Name : Contract { }`",
        ),
        ("override unit f() { }", "declared like others"),
        ("contract C { pub unit A(); unit B(); }", "has no `pub`"),
        ("contract C { unit A() { } unit B(); }", "ends with `;`"),
        ("contract C { i64 A() => 1; unit B(); }", "ends with `;`"),
        ("enum E { A; B }", "a comma between variants"),
        ("enum E { A B }", "a comma between variants"),
        ("enum E { A = 1, B }", "no number"),
        ("enum E { pub A, B }", "before items"),
        ("type P { pub event Rang(), i64 a }", "has no `pub`"),
        ("test \"adds\" { g(); }", "`test Adds { }`"),
        ("test adds() { g(); }", "`test Adds { }`"),
        ("unit f(pub i64 a) { }", "before items"),
    ]);
}

#[test]
fn syn_8_a_statement_behind_an_item_in_a_function_is_read() {
    for item in [
        "use A.B;",
        "type P { i64 a }",
        "i64 h(i64 a) { return a; }",
        "i64 h() => 1;",
        "pub unit h() { }",
    ] {
        let text = format!("unit f() {{ {item} g(); }}\nunit last() {{ }}");
        let tree = parse(&text);
        assert_eq!(tree.errors().len(), 1, "{text}");
        let items = tree.root().children().map(|item| item.kind());
        let functions = [beskid_syntax::NodeKind::Function; 2];
        assert_eq!(items.collect::<Vec<_>>(), functions, "{text}");
        let kind = beskid_syntax::NodeKind::ExpressionStatement;
        assert!(tree.nodes().any(|node| node.kind() == kind), "{text}");
    }
}

#[test]
fn syn_8_functions_behind_one_that_is_not_closed_are_read_though_braces_are_as_many() {
    let text = "unit f() { if a { g();\n}\nunit h() { }\nunit i() { }\n}\nunit last() { }";
    let tree = parse(text);
    let errors = tree.errors().iter();
    let errors = errors.map(|error| error.message(text)).collect::<Vec<_>>();
    let wanted = ["expected `}`, found `unit`", "expected an item, found `}`"];
    assert_eq!(errors, wanted);
    let items = tree.root().children();
    let functions = items.filter(|item| item.kind() == beskid_syntax::NodeKind::Function);
    assert_eq!(functions.count(), 3);
}

#[test]
fn syn_8_what_stands_in_a_wrong_place_has_a_help_for_that_place() {
    check(&[
        ("enum E { A { i64 x }, B }", "`Name(i64 field)`"),
        (
            "unit f() { let k = match p { P { x: 1 } => 1, _ => 2 }; }",
            "`p when p.field == 1 => …`",
        ),
        ("unit (i64 x) { }", "`unit Name() { }`"),
        ("i64 () { return 1; }", "`i64 Name() { }`"),
        ("Say() { }", "`unit Say() { }`"),
        ("unit f() { else { } }", "follows the block of its `if`"),
        (
            "unit f() {\n    if a { }\n    else { }\n    else { }\n}",
            "follows the block of its `if`",
        ),
    ]);
}
