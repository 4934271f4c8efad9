//! What is refused of structs, references and foreign interfaces: each with its
//! code, and the part of the source that it is about.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

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
        let found = diagnostics.iter().map(|diagnostic| {
            let span = diagnostic.span();
            (diagnostic.code, &source[span.start..span.end])
        });
        assert_eq!(found.collect::<Vec<_>>(), *expected, "{case}");
    }
}

/// The help for the only problem of a source.
#[track_caller]
fn help(source: &str) -> String {
    let analysis = analyzed(source);
    let [diagnostic] = analysis.diagnostics.as_slice() else {
        panic!("{:?}: {source}", analysis.diagnostics);
    };
    diagnostic.help.clone().unwrap_or_default()
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
fn declared_types() {
    check(
        "",
        &[
            (
                "type A { i32 x } type B { A a } type A { i32 y }",
                &[("E1003", "A")],
            ),
            ("type A { i32 x, i64 y, i64 x }", &[("E1003", "x")]),
            ("type i32 { i64 x }", &[("E1003", "i32")]),
            ("type CBuffer { i64 x }", &[("E1003", "CBuffer")]),
            ("type CStringView { i64 x }", &[("E1003", "CStringView")]),
            (
                "type A { Pint x } type Point { i32 x }",
                &[("E1002", "Pint")],
            ),
            ("type A { unit x }", &[("E1014", "unit")]),
            ("type A { }", &[("E0010", "A")]),
            ("type A { i32 }", &[("E0010", "}")]),
            ("type A { i32 x i32 y }", &[("E0010", "i32")]),
            ("type A { i32[] x }", &[("E0012", "i32[]")]),
            ("type A { ref i64 x }", &[("E0012", "ref i64")]),
            ("type A { i32(i32) x }", &[("E0012", "i32(i32)")]),
            // Values are references, so a type may be in itself.
            ("type A { A next, B other } type B { A back }", &[]),
            (
                "type A { i32 x } A f(A a) { return a; } i32 A() { return 1; }",
                &[],
            ),
        ],
    );
}

#[test]
fn literals_of_structs() {
    check(
        TYPES,
        &[
            (
                "unit f() { Point { x: 1 }; }",
                &[("E1015", "Point { x: 1 }")],
            ),
            (
                "unit f() { Point { x: 1, y: 2, z: 3 }; }",
                &[("E1001", "z")],
            ),
            (
                "unit f() { Point { x: 1, y: 2, x: 3 }; }",
                &[("E1003", "x")],
            ),
            (
                "unit f() { Point { x: 1, y: \"\" }; }",
                &[("E1004", "\"\"")],
            ),
            (
                "unit f() { Pont { x: 1, y: nope }; }",
                &[("E1002", "Pont"), ("E1001", "nope")],
            ),
            ("unit f() { i32 { x: 1 }; }", &[("E1002", "i32")]),
            (
                "unit f() { Point { x: 1, y 2 }; nope; }",
                &[("E0010", "2"), ("E1001", "nope")],
            ),
            (
                "unit f() { g(Point { x: 1, y: Point { x } }, 3); nope; }",
                &[("E0010", "{"), ("E1001", "nope")],
            ),
            (
                "unit f() { let p = Point { x: 1; nope; }",
                &[("E0010", ";"), ("E1001", "nope")],
            ),
            ("unit f() { let p = Point { }; }", &[("E0010", "{")]),
            (
                "unit f() { CBuffer { ptr: 5, len: 1 }; }",
                &[("E1004", "5")],
            ),
            (
                "unit f() { Deep { at: point(), name: point() }; }",
                &[("E1004", "point()")],
            ),
            (
                "Point f() { return Flat { x: 1, y: 2.0 }; }",
                &[("E1004", "Flat { x: 1, y: 2.0 }")],
            ),
        ],
    );
}

#[test]
fn fields() {
    check(
        TYPES,
        &[
            ("i32 f(Deep d) { return d.at.z; }", &[("E1001", "z")]),
            ("i32 f(Deep d) { return d.at.x.y; }", &[("E1001", "y")]),
            ("i32 f(i32 x) { return x.y; }", &[("E1001", "y")]),
            ("i32 f() { return nope.y; }", &[("E1001", "nope")]),
            ("i32 f(Deep d) { return d.; }", &[("E0010", ";")]),
            ("i32 f(Deep d) { return d.name; }", &[("E1004", "d.name")]),
            ("unit f(Point p) { p == p; }", &[("E1006", "p == p")]),
            ("unit f(Point p) { p + p; }", &[("E1006", "p + p")]),
            ("unit f(Point p) { -p; }", &[("E1006", "-p")]),
            ("unit f(Point p) { \"${p}\"; }", &[("E1004", "p")]),
            ("unit f(Point p) { p.x(); }", &[("E0012", "p.x()")]),
            ("unit f(Deep d) { d.at.x(); }", &[("E0012", "d.at.x")]),
            // A literal takes the type of the field that it stands before.
            (
                "[CLayout] type B { u8 b, i64 w } bool f(B v) { return 200 == v.b && 1 + v.w > 2; }",
                &[],
            ),
            (
                "bool f(ref u8 b, CBuffer v) { return 200 == b || 1 + v.ptr == b; }",
                &[],
            ),
        ],
    );
}

#[test]
fn assignments_to_fields() {
    check(
        TYPES,
        &[
            ("unit f(Point p) { p.x = 1; }", &[("E1008", "p.x")]),
            (
                "unit f() { let p = point(); p.x += 1; }",
                &[("E1008", "p.x")],
            ),
            (
                "unit f() { let p = Deep { at: point(), name: \"\" }; p.at.x = 1; }",
                &[("E1008", "p.at.x")],
            ),
            (
                "unit f() { let mut p = point(); p.x = 1; p.x -= 2; p = point(); }",
                &[],
            ),
            (
                "unit f() { let mut p = point(); p.x = \"\"; }",
                &[("E1004", "\"\"")],
            ),
            (
                "unit f() { let mut p = point(); p.z = 1; }",
                &[("E1001", "z")],
            ),
            ("unit f() { point().x = 1; }", &[("E1013", "point().x")]),
            (
                "unit f() { Point { x: 1, y: 2 }.x += 1; }",
                &[("E1013", "Point { x: 1, y: 2 }.x")],
            ),
            ("unit f() { nope.x = 1; }", &[("E1001", "nope")]),
            (
                "unit f() { let mut p = point(); p += 1; }",
                &[("E1006", "p += 1")],
            ),
        ],
    );
}

#[test]
fn ffi_4_layouts_that_c_does_not_have() {
    let field = "type Inner { i32 x } enum Choice { None }\n";
    let refused = [
        ("[CLayout] type A { Inner x }", "Inner"),
        ("[CLayout] type A { i32 y, string x }", "string"),
        ("[CLayout] type A { ref u8 x }", "ref u8"),
        ("[CLayout] type A { ref i64 x }", "ref i64"),
        ("[CLayout] type A { i32[] x }", "i32[]"),
        ("[CLayout] type A { i32(i32) x }", "i32(i32)"),
        ("[CLayout] type A { char x }", "char"),
        ("[CLayout] type A { A x }", "A"),
        ("[CLayout(Align: 0)] type A { u8 x }", "0"),
        ("[CLayout(Align: 3)] type A { u8 x }", "3"),
        ("[CLayout(Align: 32)] type A { u8 x }", "32"),
        ("[CLayout(Align: 4)] type A { u8 x, i64 y }", "4"),
        (
            "[CLayout(Align: 18446744073709551615)] type A { u8 x }",
            "18446744073709551615",
        ),
        ("[CLayout(Align: \"8\")] type A { u8 x }", "\"8\""),
    ];
    for (case, text) in refused {
        let source = case.replace("Inner", "Flat");
        check(
            "[CLayout] type Flat { i32 x }\n",
            &[(&source, &[("E1519", &text.replace("Inner", "Flat"))])],
        );
    }
    check(
        field,
        &[
            (
                "[CLayout] type A { Choice x }",
                &[("E0012", "enum"), ("E1519", "Choice")],
            ),
            (
                "[CLayout] type A { Nope x }",
                &[("E0012", "enum"), ("E1002", "Nope")],
            ),
        ],
    );
    check(
        "",
        &[
            ("[CLayout(Size: 8)] type A { u8 x }", &[("E1516", "Size")]),
            (
                "[CLayout(Align: 8, Align: 8)] type A { u8 x }",
                &[("E1003", "Align")],
            ),
            (
                "[CLayout] [CLayout] type A { u8 x }",
                &[("E1003", "CLayout")],
            ),
            ("[CLayout] unit f() { }", &[("E1518", "CLayout")]),
            (
                "[CLayout] contract C { }",
                &[("E1518", "CLayout"), ("E0012", "contract")],
            ),
            (
                "[CLayout] enum C { None }",
                &[("E1518", "CLayout"), ("E0012", "enum")],
            ),
            (
                "[Callback(Abi: \"C\")] unit f() { }",
                &[("E1518", "Callback(Abi: \"C\")")],
            ),
            (
                "[Callback(Abi: \"C\")] type A { u8 x }",
                &[("E1518", "Callback(Abi: \"C\")")],
            ),
            (
                "[Extern(Abi: \"C\", Library: \"x\")] type A { u8 x }",
                &[("E1510", "Extern(Abi: \"C\", Library: \"x\")")],
            ),
            (
                "[Extern(Abi: \"C\", Library: \"x\")] unit f() { }",
                &[("E1510", "Extern(Abi: \"C\", Library: \"x\")")],
            ),
            (
                "[Export(Abi: \"C\")] type A { u8 x }",
                &[("E1517", "Export(Abi: \"C\")")],
            ),
            (
                "[Export(Abi: \"C\")] unit f() { }",
                &[("E1517", "Export(Abi: \"C\")")],
            ),
            (
                "[CLayout(Align: 16)] type A { u8 x } [CLayout(Align: 1)] type B { bool b }",
                &[],
            ),
        ],
    );
}

#[test]
fn ffi_1_the_abi_is_c() {
    check(
        "",
        &[
            (
                "[Callback(Abi: \"stdcall\")] contract H { unit f(); }",
                &[("E1511", "\"stdcall\"")],
            ),
            (
                "[Callback] contract H { unit f(); }",
                &[("E1511", "Callback")],
            ),
            (
                "[Callback(Abi: 1)] contract H { unit f(); }",
                &[("E1516", "1")],
            ),
            (
                "[Extern(Library: \"x\")] contract C { }",
                &[("E1511", "Extern(Library: \"x\")")],
            ),
            (
                "[Extern(Abi: 1, Library: \"x\")] contract C { }",
                &[("E1516", "1")],
            ),
            ("[Export(Abi: \"\")] pub unit f() { }", &[("E1511", "\"\"")]),
            (
                "[Export(Abi: \"c\")] pub unit f() { }",
                &[("E1511", "\"c\"")],
            ),
            ("[Export] pub unit f() { }", &[("E1511", "Export")]),
            (
                "[Callback(Abi: \"C\", Library: \"x\")] contract H { unit f(); }",
                &[("E1516", "Library")],
            ),
            (
                "[Callback(Abi: \"C\")] contract H { } [Callback(Abi: \"C\")] contract G { }",
                &[("E1003", "G")],
            ),
            (
                "[Callback(Abi: \"C\")] contract H { [Extern(Symbol: \"g\")] unit f(); }",
                &[("E1510", "Extern(Symbol: \"g\")")],
            ),
        ],
    );
}

#[test]
fn ffi_3_what_does_not_cross() {
    let types = [
        "string",
        "char",
        "Point",
        "i32[]",
        "Point[]",
        "ref i64",
        "ref string",
        "ref ref u8",
    ];
    let closure = "i32(i32)";
    for ty in types.into_iter().chain([closure]) {
        let expected = [("E1513", ty)];
        let functions = [
            format!("[Export(Abi: \"C\")] pub unit f({ty} x) {{ }}"),
            format!("[Callback(Abi: \"C\")] contract H {{ unit f(i32 a, {ty} x); }}"),
            format!("[Callback(Abi: \"C\")] contract H {{ {ty} f(); }}"),
        ];
        for function in &functions {
            check(TYPES, &[(function, &expected)]);
        }
        // C may be given functions, which do not take functions themselves.
        if ty != closure {
            let foreign =
                format!("[Extern(Abi: \"C\", Library: \"x\")] contract C {{ unit f({ty} x); }}");
            check(TYPES, &[(&foreign, &expected)]);
        }
        let given =
            format!("[Extern(Abi: \"C\", Library: \"x\")] contract C {{ unit f(i32({ty}) x); }}");
        check(TYPES, &[(&given, &expected)]);
    }
    check(
        TYPES,
        &[
            (
                "[Extern(Abi: \"C\", Library: \"x\")] contract C { unit f(unit x); }",
                &[("E1513", "unit")],
            ),
            (
                "[Extern(Abi: \"C\", Library: \"x\")] contract C { i32() f(); }",
                &[("E1513", "i32()")],
            ),
            (
                "[Callback(Abi: \"C\")] contract H { unit f(unit x); }",
                &[("E1513", "unit")],
            ),
            (
                "[Callback(Abi: \"C\")] contract H { unit f(Nope x); }",
                &[("E1002", "Nope")],
            ),
        ],
    );
}

#[test]
fn ffi_5_what_c_cannot_call() {
    let contract = "\
[Extern(Abi: \"C\", Library: \"libc.so.6\")]
contract C {
    unit sort(ref u8 base, i32(ref u8, ref u8) compare);
    unit each((i64, Flat) => unit step);
}
[Export(Abi: \"C\")] pub unit step(i64 x, Flat y) { }
[Export(Abi: \"C\")] pub unit other(i64 x, f64 y) { }
";
    let before = format!("{TYPES}{contract}");
    check(
        &before,
        &[
            ("unit f(ref u8 b) { C.sort(b, order); C.each(step); }", &[]),
            (
                "unit f(ref u8 b) { C.sort(b, plain); }",
                &[("E1520", "plain")],
            ),
            (
                "unit f(ref u8 b) { let order = 1; C.sort(b, order); }",
                &[("E1520", "order")],
            ),
            ("unit f(ref u8 b) { C.sort(b, 5); }", &[("E1520", "5")]),
            (
                "unit f(ref u8 b) { C.sort(b, \"order\"); }",
                &[("E1520", "\"order\"")],
            ),
            (
                "unit f(ref u8 b) { C.sort(b, ref b); }",
                &[("E1521", "ref b")],
            ),
            (
                "unit f(ref u8 b) { C.sort(b, order(b, b)); }",
                &[("E1520", "order(b, b)")],
            ),
            (
                "unit f(ref u8 b) { C.sort(b, odrer); }",
                &[("E1001", "odrer")],
            ),
            (
                "unit f(ref u8 b) { C.sort(b, step); }",
                &[("E1004", "step")],
            ),
            ("unit f() { C.each(other); }", &[("E1004", "other")]),
            (
                "unit f() { C.each(order); C.each(C.each); }",
                &[("E1004", "order"), ("E1001", "C")],
            ),
            ("unit f() { let g = order; }", &[("E1001", "order")]),
            ("i32(i32) f() { }", &[("E0012", "i32(i32)")]),
        ],
    );
}

#[test]
fn ffi_3_references() {
    check(
        TYPES,
        &[
            ("unit f() { u8 mut x = 1; order(ref x, ref x); }", &[]),
            (
                "unit f() { order(ref 1, ref \"\"); }",
                &[("E1521", "1"), ("E1521", "\"\"")],
            ),
            (
                "unit f(i32 x) { let mut y = x; order(ref x, ref y); }",
                &[("E1521", "x"), ("E1521", "y")],
            ),
            (
                "unit f(u8 x) { u8 y = x; order(ref x, ref y); }",
                &[("E1008", "x"), ("E1008", "y")],
            ),
            (
                "unit f() { order(ref nope, ref order); }",
                &[("E1001", "nope"), ("E1001", "order")],
            ),
            (
                "unit f() { u8 mut x = 1; let r = ref x; }",
                &[("E1521", "ref x")],
            ),
            (
                "ref u8 f() { u8 mut x = 1; return ref x; }",
                &[("E1521", "ref x")],
            ),
            (
                "unit f() { u8 mut x = 1; plain(x, ref x); }",
                &[("E1004", "x")],
            ),
            (
                "unit f() { u8 mut x = 1; x + ref x; }",
                &[("E1521", "ref x")],
            ),
            ("unit f(ref u8 b) { b = 300; }", &[("E1011", "300")]),
            (
                "unit f(ref u8 b) { b = \"\"; i32 x = b; }",
                &[("E1004", "\"\""), ("E1004", "b")],
            ),
            ("unit f(ref i32 b) { }", &[("E0012", "ref i32")]),
            ("ref ref u8 f() { }", &[("E0012", "ref ref u8")]),
        ],
    );
}

#[test]
fn ffi_3_values_that_are_too_large_for_the_stack() {
    let fields = |count: usize| {
        let fields = (0..count).map(|n| format!("i64 f{n},"));
        fields.collect::<String>()
    };
    let large = format!("[CLayout] type Large {{ {} }}", fields(512));
    let huge = format!("[CLayout] type Huge {{ {} }}", fields(513));
    check("", &[(&large, &[]), (&huge, &[("E1519", "Huge")])]);
    let params = |count: usize| {
        let params = (0..count).map(|n| format!("Large p{n}"));
        params.collect::<Vec<_>>().join(", ")
    };
    let types = vec!["Large"; 17].join(", ");
    let (most, more) = (params(16), params(17));
    let given = format!("unit({types})");
    check(
        &format!("{large}\n"),
        &[
            (
                &format!("[Export(Abi: \"C\")] pub unit f({most}) {{ }}"),
                &[],
            ),
            (
                &format!("[Export(Abi: \"C\")] pub unit f({more}) {{ }}"),
                &[("E1513", "f")],
            ),
            (
                &format!("[Callback(Abi: \"C\")] contract H {{ unit f({more}); }}"),
                &[("E1513", "f")],
            ),
            (
                &format!(
                    "[Extern(Abi: \"C\", Library: \"x\")] contract C {{ unit f({given} g); }}"
                ),
                &[("E1513", &given)],
            ),
        ],
    );
}

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
            "`let mut p = p;` makes one that may change",
        ),
        (
            "type P { i32 x } unit f() { let p = P { x: 1 }; p.x = 1; }",
            "declare it as `mut p`",
        ),
        (
            "type P { i32 x } unit f(P p) { p == p; }",
            "compare the fields",
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
            "`let mut x = x;` makes one that may change",
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
