//! The frontend decides about every text, however long, deep or broken.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_frontend::analyze;
use beskid_plugin_api::codes::Code;
use proptest::prelude::*;

fn codes(source: &[u8]) -> Vec<Code> {
    let analysis = analyze("test.bd", source);
    if let Some(program) = analysis.program {
        program.lower(None).unwrap();
    }
    let errors = analysis
        .diagnostics
        .iter()
        .filter(|found| !found.is_warning());
    errors.map(|found| found.diagnostic.code.clone()).collect()
}

#[test]
fn deep_nesting_is_refused_without_a_stack_overflow() {
    let deep = 20_000;
    let repeat = |text: &str| text.repeat(deep);
    let sources = [
        format!("i32 f() {{ return {}1{}; }}", repeat("("), repeat(")")),
        format!("i32 f() {{ return {}1; }}", repeat("-")),
        format!("bool f() {{ return {}true; }}", repeat("!")),
        format!("unit f() {{ {} {} }}", repeat("{"), repeat("}")),
        format!("unit f() {{ {} {} }}", repeat("if true {"), repeat("}")),
        format!(
            "i32 f(i32 x) {{ return {}1{}; }}",
            repeat("f("),
            repeat(")")
        ),
        format!(
            "unit f() {{ let a = {}1{}; }}",
            repeat("\"${"),
            repeat("}\"")
        ),
    ];
    for source in sources {
        let codes = codes(source.as_bytes());
        let refused = codes.contains(&Code::E0011)
            || codes.contains(&Code::E0004)
            || codes.contains(&Code::E0010);
        assert!(
            refused,
            "{:?} for {}…",
            &codes[..codes.len().min(5)],
            &source[..40]
        );
    }
}

#[test]
fn the_deepest_nesting_that_is_allowed_works_in_a_small_stack() {
    let nested = |deep: usize| {
        let (open, close) = ("(1 + ".repeat(deep), ")".repeat(deep));
        format!("i32 f() {{ if true {{ return {open}1{close}; }} return 0; }}")
    };
    assert_eq!(codes(nested(250).as_bytes()), [""; 0]);
    assert_eq!(codes(nested(260).as_bytes()), ["E0011"]);
}

#[test]
fn long_chains_are_no_deep_trees() {
    let sum = format!(
        "i64 f() {{ i64 x = 1{}; return x; }}",
        " + 1".repeat(100_000)
    );
    assert_eq!(codes(sum.as_bytes()), [""; 0]);
    let and = format!("bool f(bool t) {{ return t{}; }}", " && t".repeat(5_000));
    assert_eq!(codes(and.as_bytes()), [""; 0]);
    let ladder = " else if t { return 2; }".repeat(5_000);
    let ladder = format!("i32 f(bool t) {{ if t {{ return 1; }} {ladder} return 3; }}");
    assert_eq!(codes(ladder.as_bytes()), [""; 0]);
}

#[test]
fn many_functions_are_fine() {
    let functions =
        (0..20_000).map(|n| format!("i32 f{n}(i32 x) {{ return f{}(x + {n}); }}\n", n / 2));
    let source = functions.collect::<String>();
    assert_eq!(codes(source.as_bytes()), [""; 0]);
}

#[test]
fn a_match_may_have_very_many_arms() {
    let count = 20_000;
    let program = |ty: &str, arms: String| {
        let source = format!("i64 f({ty} x) {{ return match x {{ {arms} }}; }}");
        codes(source.as_bytes())
    };
    let numbers = lines(count, |n| format!("{n} => {n},\n"));
    let texts = lines(count, |n| format!("\"{n}\" => {n},\n"));
    let guards = lines(count, |n| format!("{n} => {n}, y when y > {n} => {n},\n"));
    for (ty, arms) in [("i64", &numbers), ("string", &texts), ("i64", &guards)] {
        assert_eq!(program(ty, format!("{arms} _ => 0")), [""; 0], "MAT-5");
        assert_eq!(program(ty, arms.clone()), ["E1304"], "MAT-5");
    }
    for (ty, arms, again) in [("i64", numbers, "7"), ("string", texts, "\"7\"")] {
        let source = format!(
            "pub i64 f({ty} x) {{ return match x {{ {arms} {again} => 1, _ => 0, {again} => 2 }}; }}"
        );
        let found = analyze("test.bd", source.as_bytes()).diagnostics;
        let found = found.iter().map(|found| found.diagnostic.code.clone());
        assert_eq!(found.collect::<Vec<_>>(), ["W1403"; 2], "MAT-6");
    }
}

#[test]
fn what_is_not_text_is_refused_at_its_offset() {
    let analysis = analyze("test.bd", b"unit f() { \xc3\x28 }");
    assert_eq!(analysis.diagnostics[0].diagnostic.code, "E0001");
    assert!(
        analysis.diagnostics[0]
            .diagnostic
            .message
            .ends_with("at offset 11")
    );
    assert_eq!(codes(&[0xef, 0xbb, 0xbf]), ["E0003"]);
    assert_eq!(
        codes(&vec![b' '; beskid_frontend::MAX_SOURCE + 1]),
        ["E0002"]
    );
}

#[test]
fn deep_types_fields_and_literals_are_refused_without_a_stack_overflow() {
    let deep = 20_000;
    let repeat = |text: &str| text.repeat(deep);
    let head = "[Extern(Abi: \"C\", Library: \"x\")] contract C { unit f(";
    let types = [
        format!("{}u8", repeat("ref ")),
        format!("i32{}", repeat("(i32")),
        format!("i32{}{}", repeat("(i32"), repeat(")")),
        format!("i32{}", repeat("()")),
        format!("i32{}", repeat("[]")),
        format!("{}i32", repeat("(")),
        format!("{}i32", repeat("() => ")),
        format!("{}i32", repeat("ref (ref u8) => ")),
    ];
    for ty in types {
        let places = [
            format!("unit f({ty} x) {{ }}"),
            format!("type A {{ {ty} x }}"),
            format!("unit f() {{ {ty} x = 1; }}"),
            format!("{head}{ty} x); }}"),
        ];
        for source in places {
            let codes = codes(source.as_bytes());
            // In a function, some of them are no types but broken expressions.
            let refused = codes.contains(&Code::E0011) || codes.contains(&Code::E0010);
            assert!(refused, "{codes:?} for {}", &source[..60]);
        }
    }
    let literals = [
        format!("{}1", repeat("A { a: ")),
        format!("{}1{}", repeat("A { a: "), repeat("}")),
        format!("{}x", repeat("ref ")),
    ];
    for literal in literals {
        let source = format!("type A {{ A a }} unit f() {{ g({literal}); }}");
        let codes = codes(source.as_bytes());
        assert!(codes.contains(&Code::E0011), "{:?}", &source[..60]);
    }
    let chain = format!(
        "i32 f(A a) {{ return a{}; }} type A {{ A a, i32 x }}",
        repeat(".a")
    );
    assert_eq!(codes(chain.as_bytes()), ["E0011"]);
    let chain = format!(
        "i32 f(A a) {{ return a{}.x; }} type A {{ A a, i32 x }}",
        ".a".repeat(500)
    );
    assert_eq!(codes(chain.as_bytes()), [""; 0]);
    let calls = format!("unit f() {{ f{}(); }}", repeat(".a"));
    assert_eq!(codes(calls.as_bytes()), ["E0011"]);
}

/// A source of `count` lines.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

#[test]
fn a_struct_may_have_very_many_fields() {
    let count = 100_000;
    let fields = lines(count, |n| format!("string f{n},"));
    let source = format!(
        "type A {{ {fields} }} string f(A a) {{ return a.f0 + a.f{}; }}",
        count - 1
    );
    assert_eq!(codes(source.as_bytes()), [""; 0]);
    let twice = format!("type A {{ {fields} {fields} }}");
    assert_eq!(codes(twice.as_bytes()), vec!["E1102"; count]);
    let layout = format!("[CLayout] type A {{ {} }}", fields.replace("string", "i64"));
    assert_eq!(codes(layout.as_bytes()), ["E1519"]);
    let missing = format!("{source} unit g() {{ A {{ f1: \"\" }}; }}");
    assert_eq!(codes(missing.as_bytes()), ["E1212"]);
    let count = 10_000;
    let fields = lines(count, |n| format!("i64 f{n},"));
    let values = lines(count, |n| format!("f{n}: {n},"));
    let literal = format!("type A {{ {fields} }} A f() {{ return A {{ {values} }}; }}");
    assert_eq!(codes(literal.as_bytes()), [""; 0]);
    let unknown = literal.replace("f1", "g1").replacen("g1", "f1", 1);
    assert!(codes(unknown.as_bytes()).contains(&Code::E1211));
}

#[test]
fn a_program_may_have_very_many_types_and_foreign_functions() {
    let count = 10_000;
    let types = lines(count, |n| {
        format!(
            "type T{n} {{ T{} a, T{} b, i32 x }}\n",
            n / 2,
            count - n - 1
        )
    });
    let uses = lines(count, |n| {
        format!("i32 f{n}(T{n} t) {{ return t.a.b.x; }}\n")
    });
    assert_eq!(codes(format!("{types}{uses}").as_bytes()), [""; 0]);
    let layouts = lines(count, |n| format!("[CLayout] type T{n} {{ i32 x }}\n"));
    let methods = lines(count, |n| format!("T{n} m{n}(T{n} x, i32(T{n}) f);\n"));
    let calls = lines(count, |n| {
        format!("[Export(Abi: \"C\")] pub i32 f{n}(T{n} x) {{ return C.m{n}(x, f{n}).x; }}\n")
    });
    let foreign = format!(
        "{layouts}[Extern(Abi: \"C\", Library: \"x\")] contract C {{ {methods} }}\n{calls}"
    );
    assert_eq!(codes(foreign.as_bytes()), [""; 0]);
}

#[test]
fn very_many_mistakes_are_reported_in_good_time() {
    let count = 20_000;
    let types = lines(count, |n| format!("type Type{n} {{ i32 x }}\n"));
    let unknown = lines(count, |n| format!("unit f{n}(Tpye{n} x) {{ }}\n"));
    assert_eq!(
        codes(format!("{types}{unknown}").as_bytes()),
        vec!["E1005"; count]
    );
    let functions = lines(count, |n| {
        format!("unit function{n}() {{ functoin{n}(); }}\n")
    });
    assert_eq!(codes(functions.as_bytes()), vec!["E1101"; count]);
    let again = lines(count, |_| "type A { i32 x }\n".to_owned());
    assert_eq!(codes(again.as_bytes()), vec!["E1001"; count - 1]);
    let imports = lines(count, |n| format!("use Module{n}.Name{n};\n"));
    assert_eq!(codes(imports.as_bytes()), vec!["E1105"; count]);
    let broken = lines(count, |_| "type A { i32 x; }\n".to_owned());
    assert!(codes(broken.as_bytes()).len() >= count);
    let literals = lines(count, |_| "A { x: 1, y };".to_owned());
    let literals = format!("type A {{ i32 x }} unit f() {{ {literals} }}");
    assert_eq!(codes(literals.as_bytes()), vec!["E0010"; count]);
}

/// Programs of the whole grammar; they name things that are not there.
const GRAMMAR: [&str; 4] = [
    include_str!("../../syntax/tests/programs/modules.bd"),
    include_str!("../../syntax/tests/programs/types.bd"),
    include_str!("../../syntax/tests/programs/expressions.bd"),
    include_str!("../../syntax/tests/programs/comments.bd"),
];

#[test]
fn what_follows_the_grammar_is_no_syntax_error() {
    for source in GRAMMAR {
        let found = codes(source.as_bytes());
        let syntax = [Code::E0003, Code::E0004, Code::E0006, Code::E0010];
        assert!(!found.iter().any(|code| syntax.contains(code)), "{found:?}");
    }
}

const SAMPLE: &str = include_str!("../../examples/strings.bd");

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        codes(&bytes);
    }

    #[test]
    fn any_soup_of_tokens(words in prop::collection::vec(prop::sample::select(vec![
        "unit", "i32", "f", "x", "ref", "u8", "CLayout", "Align", "Extern", "Callback", "Abi",
        "contract", "C", ":", "+=", "CBuffer", "\"C\"", "(", ")", "{", "}", "[", "]", ";", ",", "=", "+", "-", "==", "&&",
        "if", "else", "while", "for", "in", "range", "return", "break", "let", "mut", "1", "2.5",
        "\"a\"", "\"${\"", "'c'", "pub", "type", "match", "=>", "::", ".", "?", "true", "!", "//",
    ]), 0..60)) {
        codes(words.join(" ").as_bytes());
    }

    #[test]
    fn mutated_grammar(
        which in 0_usize..4,
        at in 0_usize..2_000,
        cut in 0_usize..30,
        insert in "[a-z0-9{}();\"$ +=<>:,.]{0,6}",
    ) {
        let mut bytes = GRAMMAR[which].as_bytes().to_vec();
        let start = at.min(bytes.len());
        let end = (start + cut).min(bytes.len());
        bytes.splice(start..end, insert.bytes());
        codes(&bytes);
    }

    #[test]
    fn mutated_programs(at in 0_usize..SAMPLE.len(), cut in 0_usize..30, insert in "[a-z0-9{}();\"$ +=]{0,6}") {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, insert.bytes());
        codes(&bytes);
    }
}
