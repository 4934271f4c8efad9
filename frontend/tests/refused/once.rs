//! What follows from a problem is not told: each has one message.

use crate::{analyzed, help};

/// The codes of all messages about a source, warnings too.
#[track_caller]
fn says(source: &str, expected: &[&str]) {
    let found = analyzed(source).diagnostics;
    let codes = found.iter().map(|found| found.diagnostic.code.as_str());
    assert_eq!(codes.collect::<Vec<_>>(), expected, "{source}\n{found:#?}");
}

#[test]
fn use_3_what_a_wrong_import_was_to_bind_is_not_missed() {
    says(
        "use Nope.Thing;
        pub unit F(Thing a, Thing[] b, Thing<i64> c) {
            Thing t = Thing { x: 1 };
            Thing.Do();
            Thing.Other o = t.Next();
            match t { Thing::One => 1, Thing::Two(n) => n, };
            let u = Thing(t) + 1;
            a.Do(Thing::One);
        }
        pub type Mine : Thing { Thing at }
        [Thing] pub unit G() { }
        unit main() { }",
        &["E1105"],
    );
    says(
        "use Nope.Thing as Other; pub unit F(Other o, Thing t) { }",
        &["E1105", "E1005"],
    );
    // It is the name of its module, and of those inside that one in the file.
    says(
        "mod Inner { use Nope.Thing; pub unit F(Thing t) { mod_(t); } unit mod_(Thing t) { } }
        pub unit G(Thing t) { }",
        &["E1105", "E1005"],
    );
}

#[test]
fn lex_9_a_number_that_is_none_has_any_type() {
    for literal in ["1e308", "1e+5", "0x1f", "12abc", "1.5e3", ".5", "3."] {
        for ty in ["f64", "i64", "u8", "string", "bool"] {
            let source = format!("pub unit F() {{ {ty} x = {literal}; }}");
            says(&source, &["E0006"]);
        }
        let compared = format!("pub bool F(f64 a) => a < {literal} + 1.0;");
        says(&compared, &["E0006"]);
    }
    says(
        "pub i64 F(f64 a) => match a { 1e5 => 1, _ => 2 };",
        &["E0006"],
    );
}

#[test]
fn lex_11_a_character_that_is_none_has_any_type() {
    for literal in ["'abc'", "''", "'ab"] {
        for ty in ["char", "string", "i64"] {
            let source = format!("pub unit F() {{ {ty} x = {literal}; }}");
            says(&source, &["E0006"]);
        }
    }
    says(
        "pub i64 F(string a) => match a { 'ab' => 1, _ => 2 };",
        &["E0006"],
    );
}

#[test]
fn mat_6_no_arm_is_unreachable_behind_a_pattern_that_was_refused() {
    let enums = "pub enum E { A, B, C(i64 n) } pub enum Other { A }";
    for (pattern, code) in [
        ("E::D", "E1301"),
        ("E::A(x)", "E1307"),
        ("E::C", "E1307"),
        ("Other::A", "E1206"),
        ("Nothing::A", "E1301"),
        ("5", "E1206"),
        ("E::C(\"x\")", "E1206"),
    ] {
        let arms = format!("{pattern} => 1, E::A => 2, E::B => 3, E::C(_) => 4");
        says(
            &format!("{enums} pub i64 F(E e) => match e {{ {arms} }};"),
            &[code],
        );
        // Nor is a case missed that it may have been meant for.
        says(
            &format!("{enums} pub i64 F(E e) => match e {{ {pattern} => 1, E::A => 2 }};"),
            &[code],
        );
        // What the others cover is still known.
        let twice = format!("{pattern} => 1, E::A => 2, E::A => 3, _ => 4");
        says(
            &format!("{enums} pub i64 F(E e) => match e {{ {twice} }};"),
            &[code, "W1403"],
        );
    }
}

#[test]
fn fun_5_the_other_word_is_told_as_the_wrong_one() {
    let functions = "pub unit Out(out i64 x) { x = 1; } pub unit Ref(ref i64 x) { } \
                     pub unit Value(i64 x) { }";
    for (call, code, expected) in [
        ("Out(ref a)", "E1225", "write `out` instead of `ref`"),
        ("Ref(out a)", "E1225", "write `ref` instead of `out`"),
        ("Out(a)", "E1225", "write `out` before it"),
        ("Ref(a)", "E1225", "write `ref` before it"),
        ("Value(out a)", "E1521", "leave it out"),
    ] {
        let source = format!("{functions} pub unit F() {{ mut i64 a = 1; {call}; }}");
        says(&source, &[code]);
        assert_eq!(help(&source), expected, "{call}");
    }
}

#[test]
fn nam_8_every_declaration_with_two_underscores_is_refused() {
    for source in [
        "pub unit F(i64 __a) { }",
        "pub unit F(string __place, i64 a) { }",
        "pub unit F(i64 __place) { }",
        "pub type T { i64 __a }",
        "pub type T { i64 a, pub i64 __A() => a; }",
        "pub type T { i64 a, event __A() }",
        "pub enum E { __A }",
        "pub contract C { unit __A(); }",
        "pub contract C { unit A(i64 __a); }",
        "pub unit F<__T>(i64 a) { }",
        "pub type T<__T> { i64 a }",
        "pub enum E<__T> { A }",
        "pub unit F() { for __a in range(0, 1) { } }",
        "pub i64 F(i64 a) => match a { __a => 1 };",
        "pub unit F() { i64(i64) f = __a => 1; }",
        "pub unit F() { i64(i64) f = (i64 __a) => 1; }",
        "type T { i64 a } impl T { pub string F(string __place) => __place; } unit main() { }",
    ] {
        says(source, &["E1012"]);
    }
}

#[test]
fn syn_8_what_cannot_be_read_may_declare_and_use_names() {
    says(
        "unit main() { let a = ; let b = 3 +; Use(a + b); } unit Use(i32 n) { }",
        &["E0010", "E0010"],
    );
    says("i32 Two() => 2; i32 main() { return Two() }", &["E0010"]);
    says(
        "i32 F(i32 mut n) { return n; } i32 main() { return F(1); }",
        &["E0010"],
    );
    says(
        "const i32 Size = 5; i32 main() { return Size; }",
        &["E0010"],
    );
    says(
        "type Held { One one; } type One { i32 n } unit main() { }",
        &["W1504", "E0010"],
    );
    // Names that are nowhere in it are as unknown as ever.
    says(
        "unit main() { let a = ; Use(a + c); } unit Use(i32 n) { }",
        &["E0010", "E1101"],
    );
}

#[test]
fn nam_6_a_parameter_of_a_lambda_may_hide_a_local_and_a_function() {
    says(
        "pub i32 F(i32 n) { i32(i32) f = n => n + 1; return f(n); }",
        &["W1103"],
    );
    says(
        "pub i32 F(i32 n) { let f = (i32 F) => F; let g = (i32 f) => f; return f(n) + g(n); }",
        &["W1103", "W1103"],
    );
    says(
        "pub i32 F(i32 n) { let f = (i32 m) => { let g = (i32 m) => m; return g(m); }; return f(n); }",
        &["W1103"],
    );
}
