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
fn syn_8_a_local_that_cannot_be_read_is_a_local() {
    for declaration in [
        "P point = P { x: 1,, y: 2 };",
        "let point = f(1;",
        "mut P point 5;",
        "let mut point = ;",
        "P[] point = [1,; 2];",
    ] {
        let source = format!(
            "mod point {{ pub i64 Far() => 1; }} type P {{ i64 x, i64 y }}
            pub unit F() {{ {declaration} i64 a = point.x; i64 b = point.y + a; point.Go(point[b]); }}"
        );
        let found = analyzed(&source).diagnostics;
        let errors = found.iter().filter(|found| !found.is_warning());
        let codes = errors.map(|found| found.diagnostic.code.as_str());
        assert_eq!(
            codes.collect::<Vec<_>>(),
            ["E0010"],
            "{declaration}: {found:#?}"
        );
    }
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
                     pub unit Value(i64 x) { } pub unit Any<T>(T x) { }";
    for (call, code, expected) in [
        ("Out(ref a)", "E1225", "write `out` instead of `ref`"),
        ("Ref(out a)", "E1225", "write `ref` instead of `out`"),
        ("Out(a)", "E1225", "write `out` before it"),
        ("Ref(a)", "E1225", "write `ref` before it"),
        ("Value(out a)", "E1225", "leave it out"),
        ("Value(ref a)", "E1225", "leave it out"),
        ("Any(ref a)", "E1225", "leave it out"),
        ("Any(out a)", "E1225", "leave it out"),
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
fn lex_4_a_word_where_a_name_or_a_value_is_wanted() {
    for word in ["type", "enum", "mod", "use", "test", "pub", "impl", "for"] {
        for source in [
            "unit main() { let y = @; Use(y); } unit Use(i64 n) { }",
            "unit main() { let @ = 1; Use(1); } unit Use(i64 n) { }",
            "unit main() { i64 @ = 1; Use(1); } unit Use(i64 n) { }",
            "pub unit Use(i64 @, i64 b) { Use(1, b); } unit main() { Use(1, 2); }",
            "pub type P { i64 @, i64 b } pub i64 F(P p) => p.b;",
            "pub enum E { @, B } pub E F() => E::B;",
        ] {
            let source = source.replace('@', word);
            says(&source, &["E0010"]);
            let wanted = format!("`{word}` is a word of the language: choose another name");
            if !source.contains("y = for") {
                assert_eq!(help(&source), wanted, "{source}");
            }
        }
    }
}

#[test]
fn syn_8_a_function_that_cannot_be_read_is_known_in_its_module() {
    for broken in ["G() => (1", "G(i64) => 1", "G( => 1", "G() => 1 2"] {
        for call in ["B.G();", "let a = B.G() + 1; B.G();"] {
            let source =
                format!("mod B {{\npub i64 {broken};\n}}\nuse B; pub unit main() {{ {call} }}\n");
            says(&source, &["E0010"]);
        }
    }
    says(
        "mod B {\npub G() => (1;\n}\nuse B.G; pub unit main() { G(); B.G(); }\n",
        &["E0010"],
    );
    says(
        "mod B {\npub type G { i64 }\n}\npub unit F(B.G a) { B.H(); }\n",
        &["E0010", "E1101"],
    );
}

#[test]
fn syn_8_strings_that_do_not_end_have_one_error() {
    for line in [
        "P(\"a);",
        "P(\"a ${n\");",
        "P(\"a ${n);",
        "P(\"a ${\");",
        "let a = \"b;",
    ] {
        let source = format!(
            "unit P(string text) {{ }}\npub unit main() {{\nlet n = 1;\n{line}\nP(\"b ${{n}}\");\n\
            P(\"c ${{n}} d\");\nP(\"e\");\n}}\n"
        );
        says(&source, &["E0004"]);
    }
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

#[test]
fn use_3_nothing_more_is_said_of_the_second_of_two() {
    says(
        "mod A { pub type X { i64 a } } mod B { pub type X { i64 a } }
        use A.X; use B.X; pub unit F(X x) { }",
        &["E1104"],
    );
    says(
        "i64 F() => 1; i64 F(i64 a) => a; pub i64 G() => F();",
        &["E1006"],
    );
    says(
        "type T { i64 a } type T { i64 b } pub unit F(T t) { }",
        &["E1001"],
    );
    // Either is used where a name may mean both.
    says(
        "mod A { pub i64 F() => 1; } mod B { pub i64 F() => 2; }
        use A; use B; pub i64 G() => F();",
        &["E1104"],
    );
}

#[test]
fn vis_3_what_a_wrong_name_may_have_meant_is_not_unused() {
    says("i64 Total() => 1; pub i64 F() => Totel();", &["E1101"]);
    says("type Held { i64 a } pub unit F(Heldd a) { }", &["E1005"]);
    says(
        "i64 Total() => 1; pub i64 F() => true;",
        &["W1504", "E1207"],
    );
}

#[test]
fn syn_8_members_that_cannot_be_read_may_be_any() {
    for source in [
        "type P { i32 x x, i32 y } pub i32 F(P p) => p.x + p.y;",
        "type P { i32 , i32 y } pub i32 F(P p) => p.x + p.y;",
        "type P { i32 a, i32 Sum(i32 b i32 c) => a; } pub i32 F(P p) => p.Sum(1, 2);",
        "enum E { A B, C(i32) } pub E F() => match E::C(1) { E::A => E::B, E::C(n) => E::A };",
        "enum E { A, (i32 n) } pub E F() => E::C(1);",
        "contract C { i32 N(); } type P : C { i32 a, i32 N( => a; } pub i32 F(P p) => p.N();",
        "type P { Option<i32 i32> a, i32 b } pub unit F() { let p = P { a: Option::None, b: 1 }; }",
        "type P<A, B> { A a, B B b } pub unit F() { let p = P { a: 2, b: 1 }; }",
        "type P { i32 n } pub unit F() { P p = { n: 1 }; }",
        "type P { i32[] ) a, i32 b } pub unit F() { let p = P { a: [], b: 1 }; }",
        "enum Result<T, E> { Ok(T v), Error(E e e) }
        pub Result<i32, i32> F(Result<i32, i32> r) { let v = r?; return Result::Ok(v); }",
    ] {
        says(source, &["E0010"]);
    }
}

#[test]
fn syn_8_what_is_given_to_nothing_has_any_type() {
    let option = "pub enum Option<T> { Some(T v), None }";
    for argument in [
        "4294967296",
        "[]",
        "n => n",
        "Option::None",
        "[4294967296, 1]",
    ] {
        for (statement, code) in [
            (format!("G({argument});"), "E1101"),
            (format!("G {{ a: {argument} }};"), "E1201"),
            (format!("g.h = {argument};"), "E1101"),
        ] {
            says(&format!("{option} pub unit F() {{ {statement} }}"), &[code]);
        }
    }
    says("pub i32 F() { G(); }", &["E1101"]);
    says("pub unit F(i32 a) { G > a = 1; }", &["E1101"]);
}

#[test]
fn syn_8_statements_around_what_cannot_be_read() {
    for source in [
        // No loop is missed, nothing is unreachable that is no statement.
        "pub unit F() { for n in { at: 1 } { if n == 2 { break; } } }",
        "pub i32 F() { return 1; ; }",
        // Braces that the others miss.
        "pub unit F() { while true return; } } pub unit G() { }",
        "pub unit F(i32 a) { if a == 1 i32 b = a; G(b); } G(a); } pub unit G(i32 a) { }",
        "pub i32 F(i32 a) { return match a  n => n }; } pub unit G() { }",
        "pub unit F() let a = 1; G(a); } pub unit G(i32 a) { }",
        "type P { i32 a } pub P F() { let p = P { a: 1 } }; return p; } pub unit G() { }",
        // Both are missing.
        "pub unit F(i32 a) { if a == 1 return; G(); } pub unit G() { }",
        // One too many.
        "type P { { i32 a, i32 b } pub i32 F(P p) => p.a + p.b;",
    ] {
        says(source, &["E0010"]);
    }
}

#[test]
fn nam_6_a_parameter_may_hide_a_function() {
    says("pub i32 F(i32 F) => F;", &["W1103"]);
    says(
        "pub i32 F<T>(T G, i32 n) => n; pub unit G() { F(\"\", 1); F(1, 1); }",
        &["W1103"],
    );
}
