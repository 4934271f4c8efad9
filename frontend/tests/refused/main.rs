//! What is refused of structs, references and foreign interfaces: each with its
//! code, and the part of the source that it is about.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod foreign;
mod once;
mod said;
mod structs;

use beskid_frontend::{Analysis, analyze};

/// Sources, each with the codes of its problems and the text each points at.
type Cases<'a> = &'a [(&'a str, &'a [(&'a str, &'a str)])];

fn analyzed(source: &str) -> Analysis {
    let analysis = analyze("test.bd", source.as_bytes());
    if let Some(program) = &analysis.program {
        let lowered = program.lower(None);
        lowered.unwrap_or_else(|error| panic!("{error}: {source}"));
    }
    analysis
}

/// `before` declares what all sources use.
#[track_caller]
fn check(before: &str, cases: Cases<'_>) {
    for (case, expected) in cases {
        let source = format!("{before}{case}\n");
        let diagnostics = analyzed(&source).diagnostics;
        let errors = diagnostics.iter().filter(|found| !found.is_warning());
        let found = errors.map(|diagnostic| {
            let span = diagnostic.span();
            (diagnostic.diagnostic.code.as_str(), &source[span.range()])
        });
        let found = found.collect::<Vec<_>>();
        assert_eq!(found, *expected, "{case}");
    }
}

/// The help for the only problem of a source.
#[track_caller]
fn help(source: &str) -> String {
    let analysis = analyzed(source);
    let errors = analysis.diagnostics.iter();
    let errors = errors
        .filter(|found| !found.is_warning())
        .collect::<Vec<_>>();
    let [diagnostic] = errors.as_slice() else {
        panic!("{:?}: {source}", analysis.diagnostics);
    };
    diagnostic
        .diagnostic
        .help
        .clone()
        .unwrap_or_default()
        .into()
}

const TYPES: &str = "\
type Point { i32 x, i32 y }
type Deep { Point at, string name }
[CLayout] type Flat { i32 x, f64 y }
[Export(Abi: \"C\")] pub i32 order(ref u8 a, ref u8 b) { if a < b { return -1; } return 1; }
i32 plain(ref u8 a, ref u8 b) { return 0; }
Point point() { return Point { x: 1, y: 2 }; }
";

#[test]
fn help_says_what_to_write() {
    for (source, expected) in [
        (
            "type Point { i32 x } unit f(Piont p) { }",
            "did you mean `Point`?",
        ),
        (
            "type Point { i32 x } unit f() { Piont { x: 1 }; }",
            "did you mean `Point`?",
        ),
        (
            "type P { i32 count } i32 f(P p) { return p.cuont; }",
            "did you mean `count`?",
        ),
        (
            "type P { i32 count } unit f() { P { cuont: 1, count: 2 }; }",
            "did you mean `count`?",
        ),
        (
            "type P { i32 x } unit f(P p) { p.x = 1; }",
            "`mut` before the parameter makes it one that may change",
        ),
        (
            "type P { i32 x } unit f() { let p = P { x: 1 }; p.x = 1; }",
            "declare it as `mut p`",
        ),
        (
            "type P { i32 x } unit f(P p) { \"${p}\"; }",
            "use its fields",
        ),
        (
            "type P { i32 x } unit f() { let p = P { 1 }; }",
            "a value of a type is written `P { field: value }`",
        ),
        (
            "type P { i32 x } unit f() { let p = P(1); }",
            "`P` is a type: `P { x: … }`",
        ),
        (
            "type P { i32 x } unit f() { let x = P; }",
            "`P` is a type: `P { x: … }`",
        ),
        (
            "type P { i32 x } unit f() { let x = P.x; }",
            "`P` is a type: `P { x: … }`",
        ),
        ("type P { i32 x; i32 y }", "put a comma between fields"),
        (
            "unit f(ref u8 b) { } unit g() { u8 mut x = 1; f(x); }",
            "write `ref` before a local `u8 mut`",
        ),
        (
            "unit f(ref u8 b) { } unit g(u8 x) { f(ref x); }",
            "`mut` before the parameter makes it one that may change",
        ),
        (
            "[CLayout] type A { i64 a } [CLayout] type B { A a }",
            "write its fields here instead",
        ),
    ] {
        let help = help(source);
        assert_eq!(help, expected, "{source}");
    }
}
