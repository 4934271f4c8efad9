//! What messages say of types, and what they blame.

use crate::{analyzed, check};

/// The message and the help of the only error of a source.
#[track_caller]
fn said(source: &str) -> (String, String) {
    let found = analyzed(source).diagnostics;
    let errors = found.iter().filter(|found| !found.is_warning());
    let [only] = errors.collect::<Vec<_>>()[..] else {
        panic!("{found:#?}: {source}");
    };
    let help = only.diagnostic.help.as_ref().map(ToString::to_string);
    (only.diagnostic.message.clone(), help.unwrap_or_default())
}

#[test]
fn two_types_of_one_name_are_told_with_their_modules() {
    let types = "mod A { pub type P { i64 n } pub type Box<T> { T held } pub contract C { } pub enum E { X, Y } }
        mod B { pub type P { i64 n } pub type Box<T> { T held } pub contract C { } pub enum E { X, Y } }
        enum Result { Ok(string), Error(i64) }
        mod R { pub enum Result { Ok(string), Error(i64) } }";
    for (function, message) in [
        (
            "unit F(A.P a) { B.P b = a; }",
            "expected test.B.P, found test.A.P",
        ),
        (
            "unit F(A.P[] a) { B.P[] b = a; }",
            "expected test.B.P[], found test.A.P[]",
        ),
        (
            "unit F(A.Box<A.P> a) { A.Box<B.P> b = a; }",
            "expected test.A.Box<test.B.P>, found test.A.Box<test.A.P>",
        ),
        (
            "unit F(i64(A.P) a) { i64(B.P) b = a; }",
            "expected i64(test.B.P), found i64(test.A.P)",
        ),
        (
            "unit F(A.C a) { B.C b = a; }",
            "expected test.B.C, found test.A.C",
        ),
        (
            "bool F(A.P a, B.P b) => a == b;",
            "there is no `==` of test.A.P and test.B.P",
        ),
        (
            "Result F(R.Result r) { string s = r?; return Result::Ok(s); }",
            "the function returns test.Result, this is test.R.Result",
        ),
        (
            "unit F(A.E a) { match a { B.E::X => { }, _ => { } }; }",
            "the value is test.A.E, the pattern is test.B.E",
        ),
        // Others need no more than their names.
        ("unit F(A.P a) { i64 b = a; }", "expected i64, found P"),
    ] {
        assert_eq!(said(&format!("{types} pub {function}")).0, message);
    }
}

#[test]
fn ctr_2_a_method_with_types_of_the_same_names_is_told_with_their_modules() {
    let (_, help) = said(
        "mod A { pub type P { i64 n } } type P { i64 n } contract C { unit Do(A.P a); }
        pub type T : C { i64 n, pub unit Do(P a) { } }",
    );
    assert_eq!(help, "write `pub unit Do(test.A.P)`");
}

#[test]
fn syn_8_a_type_that_is_not_known_is_never_told() {
    let types = "type It { i64 n, pub Gone Next() { return this.n; } }
        type Box<T> { T held }
        contract C { Gone Do(); unit Do2(Gone a); }
        T Same<T>(T a, T b) => a;
        U On<T, U>(T a, U(T) f) => f(a);
        enum Result<T, E> { Ok(T value), Error(E error) }";
    for (function, refused) in [
        ("unit F(It a) { for i in a { } }", 1),
        ("unit F(Box<Gone> a) { i64 b = a; }", 2),
        ("unit F() { i64 a = On(1, x => Gone(x)); }", 2),
        ("unit F() { string a = Same<Gone>(1, 2); }", 2),
        ("unit F() { let f = (i64 x) => Gone(x); string a = f; }", 2),
        ("unit F() { let a = [Gone()]; i64 b = a; }", 2),
        ("unit F(Result<i64, Gone> r) { i64 a = r; i64 b = r?; }", 2),
        (
            "unit F() { Result<i64, i64> r = Result::Error(Gone()); }",
            2,
        ),
        (
            "unit F() { let f = (i64 x) => { if x == 1 { return Gone(); } return; }; }",
            2,
        ),
    ] {
        let source = format!("{types} pub {function}");
        let found = analyzed(&source).diagnostics;
        let errors = found.iter().filter(|found| !found.is_warning());
        // Those of `It`, of `C` and of what is wrong here.
        assert!(
            errors.clone().count() <= 2 + refused,
            "{function}: {found:#?}"
        );
        for error in errors {
            let message = &error.diagnostic.message;
            assert!(message.contains("Gone"), "{function}: {message}");
        }
    }
}

#[test]
fn exp_1_the_later_of_two_types_is_blamed() {
    check(
        "enum E { A, B }\n",
        &[
            ("unit F() { let a = [1, \"x\"]; }", &[("E1206", "\"x\"")]),
            (
                "unit F() { let a = [1, 2_i64, \"x\", 3]; }",
                &[("E1206", "\"x\"")],
            ),
            ("unit F() { let a = [\"x\", 1]; }", &[("E1206", "1")]),
            (
                "unit F(E e) { let a = match e { E::A => 1, E::B => \"x\" }; }",
                &[("E1305", "\"x\"")],
            ),
            (
                "unit F(E e) { let a = match e { E::A => \"x\", E::B => 1 }; }",
                &[("E1305", "1")],
            ),
            // An integer that is to be a float is written otherwise.
            ("unit F() { let a = [1, 2.0]; }", &[("E1206", "1")]),
            (
                "unit F(E e) { let a = match e { E::A => 1, E::B => 2.0 }; }",
                &[("E1305", "1")],
            ),
        ],
    );
}

#[test]
fn vis_1_the_name_of_a_private_method_is_blamed() {
    check(
        "mod Lib { pub type T { i64 n, i64 Secret() => this.n; } }\n",
        &[(
            "unit F(Lib.T t) { let a = t.Secret() + 1; }",
            &[("E1107", "Secret")],
        )],
    );
}

#[test]
fn cnv_3_what_never_converts_is_told_with_the_function_that_does() {
    for (statement, help) in [
        ("f64 x = n;", "`Convert.I64ToF64(number)`"),
        ("i64 x = d;", "`Convert.F64ToI64Saturating(number)`"),
        ("u8 x = 'a';", "`Convert.CharToI64(character)`"),
        ("i64 x = 'a';", "`Convert.CharToI64(character)`"),
        ("char x = b;", "`Convert.U8ToChar(byte)`"),
        ("char x = n;", "`Convert.I64ToChar(number)`"),
        ("char x = \"a\";", "a character is written `'a'`"),
        ("string x = s[0];", "`\"${Convert.U8ToChar(byte)}\"`"),
        ("let x = s[0] == 'a';", "`Convert.U8ToChar(byte)`"),
        ("let x = 'a' != b;", "`Convert.U8ToChar(byte)`"),
    ] {
        let source = format!("pub unit F(i64 n, f64 d, u8 b, string s) {{ {statement} }}");
        let (_, found) = said(&source);
        assert!(found.contains(help), "{statement}: {found}");
    }
}

#[test]
fn typ_6_what_a_word_passes_has_the_very_type() {
    for (call, help) in [
        (
            "Out(out n)",
            "what `out` passes never converts: pass an i64",
        ),
        (
            "Ref(ref n)",
            "what `ref` passes never converts: pass an i64",
        ),
    ] {
        let source = format!(
            "unit Out(out i64 a) {{ a = 1; }} unit Ref(ref i64 a) {{ }}
            pub unit F() {{ mut i32 n = 1; {call}; }}"
        );
        assert_eq!(said(&source).1, help);
    }
}

#[test]
fn lam_4_a_captured_local_has_a_way_to_change() {
    let (_, help) = said("pub unit F() { mut i64 n = 0; let f = () => { n = 1; }; f(); }");
    assert!(help.contains("change what is in it: `n[0] = …`"), "{help}");
    // That way is one.
    let way = "pub i64 F() { i64[] n = [0]; let f = () => { n[0] = 1; }; f(); return n[0]; }";
    assert!(analyzed(way).diagnostics.is_empty());
}
