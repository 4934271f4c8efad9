//! What C does not take, and what it cannot be given.

use super::{TYPES, check};

#[test]
fn ffi_4_layouts_that_c_does_not_have() {
    let field = "type Inner { i32 x } enum Choice { None }\n";
    let refused = [
        ("[CLayout] type A { Inner x }", "Inner"),
        ("[CLayout] type A { i32 y, string x }", "string"),
        ("[CLayout] type A { ref u8 x }", "ref u8"),
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
            ("[CLayout] type A { Choice x }", &[("E1519", "Choice")]),
            ("[CLayout] type A { Nope x }", &[("E1005", "Nope")]),
            ("[CLayout] type A { ref i64 x }", &[("E1521", "ref i64")]),
        ],
    );
    check(
        "",
        &[
            ("[CLayout(Size: 8)] type A { u8 x }", &[("E1516", "Size")]),
            (
                "[CLayout(Align: 8, Align: 8)] type A { u8 x }",
                &[("E1102", "Align")],
            ),
            (
                "[CLayout] [CLayout] type A { u8 x }",
                &[("E1102", "CLayout")],
            ),
            ("[CLayout] unit f() { }", &[("E1518", "CLayout")]),
            ("[CLayout] contract C { }", &[("E1518", "CLayout")]),
            ("[CLayout] enum C { None }", &[("E1518", "CLayout")]),
            (
                "[Callback(Abi: \"C\")] unit f() { }",
                &[("E1518", "Callback")],
            ),
            (
                "[Callback(Abi: \"C\")] type A { u8 x }",
                &[("E1518", "Callback")],
            ),
            (
                "[Extern(Abi: \"C\", Library: \"x\")] type A { u8 x }",
                &[("E1510", "Extern")],
            ),
            (
                "[Extern(Abi: \"C\", Library: \"x\")] unit f() { }",
                &[("E1510", "Extern")],
            ),
            (
                "[Export(Abi: \"C\")] type A { u8 x }",
                &[("E1517", "Export")],
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
                &[("E1102", "G")],
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
                &[("E1201", "Nope")],
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
                &[("E1101", "odrer")],
            ),
            (
                "unit f(ref u8 b) { C.sort(b, step); }",
                &[("E1205", "step")],
            ),
            ("unit f() { C.each(other); }", &[("E1205", "other")]),
            (
                "unit f() { C.each(order); C.each(C.each); }",
                &[("E1205", "order"), ("E1520", "C.each")],
            ),
            ("unit f() { let g = order; }", &[]),
            ("i32(i32) f() { }", &[("E1207", "}")]),
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
                "unit f() { order(ref point().x, ref 1); }",
                &[("E0010", "1")],
            ),
            (
                "unit f() { order(ref point().x, ref point().y); }",
                &[("E1521", "point().x"), ("E1521", "point().y")],
            ),
            (
                "unit f(i32 x) { let mut y = x; order(ref x, ref y); }",
                &[("E1521", "x"), ("E1521", "y")],
            ),
            (
                "unit f(u8 x) { u8 y = x; order(ref x, ref y); }",
                &[("E1214", "x"), ("E1214", "y")],
            ),
            (
                "unit f() { order(ref nope, ref order); }",
                &[("E1101", "nope"), ("E1521", "order")],
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
                &[("E1205", "x")],
            ),
            (
                "unit f() { u8 mut x = 1; x + ref x; }",
                &[("E1521", "ref x")],
            ),
            ("unit f(ref u8 b) { b = 300; }", &[("E1011", "300")]),
            (
                "unit f(ref u8 b) { b = \"\"; i32 x = b; }",
                &[("E1206", "\"\""), ("E1206", "b")],
            ),
            ("unit f(ref i32 b) { }", &[]),
            ("ref ref u8 f() { }", &[("E1521", "ref ref u8")]),
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
