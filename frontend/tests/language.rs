//! What the language accepts and refuses, feature by feature.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_frontend::analyze;
use beskid_plugin_api::codes::Code;

/// Codes of everything that is wrong with a source; warnings do not count.
fn codes(source: &str) -> Vec<Code> {
    let analysis = analyze("test.bd", source.as_bytes());
    let errors = analysis.diagnostics.iter().any(|found| !found.is_warning());
    assert_eq!(analysis.program.is_none(), errors);
    if let Some(program) = analysis.program {
        program
            .lower(None)
            .unwrap_or_else(|error| panic!("{error}: {source}"));
    }
    analysis
        .diagnostics
        .iter()
        .filter(|found| !found.is_warning())
        .map(|found| found.diagnostic.code.clone())
        .collect()
}

#[track_caller]
fn accepts(body: &str) {
    let source = format!(
        "i32 f(i32 x, i64 y, string s, f64 d, u8 b, char c, bool t) {{ {body} return 0; }}"
    );
    assert_eq!(codes(&source), [""; 0], "{body}");
}

#[track_caller]
fn rejects(body: &str, expected: &[&str]) {
    let source = format!(
        "i32 f(i32 x, i64 y, string s, f64 d, u8 b, char c, bool t) {{ {body} return 0; }}"
    );
    assert_eq!(codes(&source), expected, "{body}");
}

#[test]
fn locals() {
    accepts("i32 a = 1; let h = a; i64 mut e = 5; e = 6; let mut g = \"\"; g = s;");
    accepts("i32 a = 1; { i64 a = 3; let z = a + y; } let z = a + x;");
    rejects("i32 a = 1; i32 a = 2;", &["E1102"]);
    rejects("i32 x = 1;", &["E1102"]);
    rejects("i32 a = 1; a = 2;", &["E1214"]);
    rejects("x = 2;", &["E1214"]);
    rejects("let u = __rt_yield();", &["E1014"]);
    rejects("i33 a = 1;", &["E1201"]);
    rejects("i32 a = b2;", &["E1101"]);
    rejects("{ i32 inner = 1; } inner;", &["E1101"]);
    rejects("1 = 2;", &["E1013"]);
}

#[test]
fn numbers() {
    accepts("i64 a = 9223372036854775807; i64 m = -9223372036854775808; u8 z = 255;");
    accepts("i64 a = x; y + x; x + y; i64 sum = x + 1; 1 + y; y < x;");
    accepts(
        "b + 1; 1 + b; b % 2; -x; -d; d * 2.0; d / 0.0; 1_000_000; 7_u8 + b; 1_i64 + y; 2.5_f64;",
    );
    accepts("i32 a = y; b + x; d % 2.0; -b; i32 e = 5_i64;");
    rejects("d + 1;", &["E1206"]);
    rejects("-s;", &["E1210"]);
    rejects("i32 a = 4294967296;", &["E1011"]);
    rejects("let a = 99999999999999999999;", &["E1011"]);
    rejects("let a = 12abc;", &["E0006"]);
    rejects("let a = 256_u8;", &["E1011"]);
    rejects("let a = 1e3; let e = 2.5e-7;", &["E0006", "E0006"]);
}

#[test]
fn operators() {
    accepts("t && x < 3 || !t; x == 3; s === s; x != 3; s !== s; x <= 1; x >= 1; x > 1;");
    accepts("s == \"a\"; s != s; s + s + \"x\"; c == 'a'; c < 'b'; t == false;");
    rejects("x === 3;", &["E1209"]);
    rejects("x && t;", &["E1209"]);
    rejects("s < s;", &["E1209"]);
    rejects("t < t;", &["E1209"]);
    rejects("s + 1;", &["E1209"]);
    rejects("s - s;", &["E1209"]);
    rejects("c + c;", &["E1209"]);
    rejects("!x;", &["E1210"]);
    rejects("1 < 2 < 3;", &["E1209"]);
}

#[test]
fn text() {
    accepts(r#"let a = "${x} ${y} ${s} ${d} ${b} ${c} ${t} ${"in ${x}"}";"#);
    accepts(r#"let a = "\" \\ \$ \n \t \r \0 $ {"; let e = 'a'; let f = '\n'; let g = '\'';"#);
    rejects(r#"let a = "${}";"#, &["E0010"]);
    rejects(r#"let a = "${x y}";"#, &["E0010"]);
    rejects(r#"let a = "${nope}";"#, &["E1101"]);
    rejects(r#"let a = "${__rt_yield()}";"#, &["E1206"]);
    rejects(r#"let a = "\q";"#, &["E0005"]);
    rejects("let a = 'ab';", &["E0006"]);
    rejects("let a = #;", &["E0003"]);
    assert!(codes("unit main() { \"open }").contains(&Code::E0004));
    assert!(codes("unit main() { /* open }").contains(&Code::E0004));
}

#[test]
fn control_flow() {
    accepts("if t { } else if !t { x; } else { }");
    accepts("while t { if x == 1 { break; } continue; }");
    accepts("for i in range(0, x) { for j in range(i, y) { } } for k in range(b, 7) { }");
    accepts("return 1; x;");
    rejects("break;", &["E1401"]);
    rejects("if t { continue; }", &["E1402"]);
    rejects("if x { }", &["E1208"]);
    rejects("while s { }", &["E1208"]);
    rejects("for i in range(0, 3) { i = 1; }", &["E1214"]);
    rejects("for i in range(0) { }", &["E1204"]);
    rejects("for i in range(0, s) { }", &["E1206"]);
    rejects("for i in x { }", &["E1215"]);
    rejects("return;", &["E1207"]);
    rejects("return s;", &["E1207"]);
}

#[test]
fn every_path_of_a_function_with_a_result_returns() {
    let accepted = [
        "i32 f() { while true { } }",
        "i32 f() { if true { return 1; } else { return 2; } }",
        "i32 f() { if true { return 1; } else if false { __panic_str(\"\"); } else { while true { } } }",
        "i32 f() { { return 1; } }",
        "i32 f() { __panic_str(\"\"); }",
        "unit f() { }",
        "unit f() { if true { return; } return (); }",
    ];
    for source in accepted {
        assert_eq!(codes(source), [""; 0], "{source}");
    }
    let refused = [
        "i32 f() { }",
        "i32 f() { if true { return 1; } }",
        "i32 f() { if true { return 1; } else { } }",
        "i32 f() { while true { break; } }",
        "i32 f() { while true { if true { break; } } }",
        "i32 f() { while false { return 1; } }",
        "i32 f() { for i in range(0, 1) { return 1; } }",
    ];
    for source in refused {
        assert_eq!(codes(source), ["E1207"], "{source}");
    }
}

#[test]
fn functions() {
    let cases: [(&str, &[&str]); 14] = [
        ("i32 a() { return b(); } i32 b() { return a(); }", &[]),
        ("i32 a(i32 x) { return a(x - 1); } // recursion", &[]),
        ("unit a() { } unit a() { }", &["E1006"]),
        ("unit a(i32 x, i32 x) { }", &["E1102"]),
        ("unit a() { b(); }", &["E1101"]),
        (
            "unit a(i32 x) { a(); a(1, 2); a(\"\"); }",
            &["E1204", "E1204", "E1205"],
        ),
        ("unit a() { a; }", &[]),
        ("unit __str_len() { }", &["E1012"]),
        ("pub unit panic() { }", &["E1012"]),
        ("pub unit beskid_entry() { }", &["E1012"]),
        ("unit panic() { } unit alloc() { panic(); }", &[]),
        ("f64 main() { return 1.0; }", &["E1010"]),
        ("unit main(i32 x) { }", &["E1010"]),
        ("unit a(unit x) { }", &["E1014"]),
    ];
    for (source, expected) in cases {
        assert_eq!(codes(source), expected, "{source}");
    }
}

#[test]
fn what_a_value_does_not_have_is_one_error() {
    for (expression, expected) in [
        ("x[0]", "E1213"),
        ("s.length()", "E1606"),
        ("Choice::None", "E1301"),
        ("x?", "E1222"),
        ("(x) => x", "E1202"),
    ] {
        rejects(&format!("let a = {expression};"), &[expected]);
    }
}

#[test]
fn comments() {
    accepts("// line\n /* block /* not nested */ /// doc\n //// four\n");
    assert_eq!(codes(""), [""; 0]);
    assert_eq!(codes("// only a comment"), [""; 0]);
}

#[test]
fn reserved_words_are_no_names() {
    for word in ["type", "let", "match", "test", "true", "in", "meta"] {
        assert_eq!(
            codes(&format!("unit {word}() {{ }}")).first(),
            Some(&Code::E0010),
            "{word}"
        );
    }
}

/// LEX-5, LEX-6: these are names, except where they are something else.
#[test]
fn words_of_some_places_are_names_elsewhere() {
    for word in [
        "ref", "out", "as", "this", "range", "unit", "i64", "spawn", "with",
    ] {
        let source = format!("i32 {word}(i32 {word}) {{ let mut a = {word}; return a; }}");
        assert_eq!(codes(&source), [""; 0], "{word}");
    }
    for source in [
        "unit f() { spawn f(); }",
        "host App { }",
        "unit f() { let a = await f(); }",
    ] {
        assert_eq!(codes(source), ["E0012"], "{source}");
    }
    assert_eq!(codes("meta Rules { }\nunit main() { }"), ["E1851"]);
}

#[test]
fn parameters_and_bodies() {
    accepts("mut i32 a = 1; a = 2; i32 mut c2 = 3; c2 += a;");
    let sources = [
        "i32 f(mut i32 x) { x += 1; return x; }",
        "i32 f(i32 x) => x + 1;",
        "unit f() => g(); unit g() { }",
        "type A { pub i32 x, } A f() => A { x: 1 };",
    ];
    for source in sources {
        assert_eq!(codes(source), [""; 0], "{source}");
    }
    assert_eq!(codes("i32 f() => \"\";"), ["E1207"]);
    assert_eq!(codes("unit f(out i32 x) { }"), ["E1223"]);
}

#[test]
fn several_problems_are_reported_in_source_order() {
    let source = "i32 a() { return \"\"; }\nunit b() { nope(); i32 x = ; }\nbool c() { }";
    let analysis = analyze("test.bd", source.as_bytes());
    let starts = analysis
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.span().start);
    let starts = starts.collect::<Vec<_>>();
    assert!(starts.is_sorted());
    assert_eq!(codes(source), ["E1207", "E1101", "E0010", "E1207"]);
}

#[test]
fn artifacts_are_deterministic_and_import_only_what_they_use() {
    let source = "unit main() { __syscall_write(1, \"hello\\n\"); helper(); }\n\
                  unit helper() { let a = \"x\" + \"y\"; }";
    let lower = || {
        analyze("p.bd", source.as_bytes())
            .program
            .unwrap()
            .lower(None)
            .unwrap()
    };
    let artifact = lower();
    assert_eq!(artifact.bytes(), lower().bytes());
    let imports = artifact.runtime_imports().collect::<Vec<_>>();
    let expected = ["syscall_write", "gc_enter", "gc_leave", "str_concat"];
    assert_eq!(imports, expected);
    assert_eq!(artifact.header().runtime_abi, Some(2));
    let hello = analyze("p.bd", b"unit main() { }")
        .program
        .unwrap()
        .lower(None)
        .unwrap();
    assert_eq!(hello.runtime_imports().count(), 0);
    assert_eq!(hello.header().runtime_abi, None);
}
