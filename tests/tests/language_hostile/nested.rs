//! Nested too deeply, and as deep as is allowed (SYN-7).

use super::{answers, many, prints, run_text, start, too_deep};

/// Levels that nothing may have.
const DEEP: usize = 10_000;

#[test]
fn syn_7_nested_10_000_levels_deep() {
    let values = [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("-", "1", ""),
        ("!", "true", ""),
        ("f(", "1", ")"),
        ("a[", "1", "]"),
        ("1 + (", "1", ")"),
        ("A { x: ", "1", " }"),
        ("E::V(", "1", ")"),
        ("n => ", "n", ""),
        ("(i32 n) => { return ", "n", "; }"),
        ("a = ", "1", ""),
        ("match a { _ => ", "1", " }"),
        ("match ", "a", " { _ => a }"),
    ];
    for (open, inner, close) in values {
        let text = format!(
            "unit main() {{ let a = {}{inner}{}; }}",
            open.repeat(DEEP),
            close.repeat(DEEP)
        );
        too_deep(&text);
        let open = format!("unit main() {{ let a = {}", open.repeat(DEEP));
        answers(&run_text(&open), &open);
    }
    let types = [
        ("A<", "i32", ">"),
        ("", "i32", "[]"),
        ("", "i32", "(i32)"),
        ("(", "i32", ") => i32"),
        ("ref ", "i32", ""),
    ];
    for (open, inner, close) in types {
        let ty = format!("{}{inner}{}", open.repeat(DEEP), close.repeat(DEEP));
        too_deep(&format!("unit f({ty} x) {{ }} unit main() {{ }}"));
        too_deep(&format!("type T {{ {ty} x }} unit main() {{ }}"));
        let local = format!("unit main() {{ {ty} x = 1; }}");
        answers(&run_text(&local), &local);
    }
    let blocks = [
        ("unit main() {", "}"),
        ("mod A {", "}"),
        ("{", "}"),
        ("if true {", "}"),
        ("while true {", "}"),
        ("for i in a {", "}"),
    ];
    for (open, close) in blocks {
        let inside = format!("{}{}", open.repeat(DEEP), close.repeat(DEEP));
        let text = format!("unit main() {{ {inside} }}");
        let ended = run_text(&text);
        answers(&ended, &text);
        assert_eq!(ended.status, Some(1), "{}", start(&text));
    }
    let pattern = format!("{}_{}", "E::V(".repeat(DEEP), ")".repeat(DEEP));
    too_deep(&format!("unit main() {{ match 1 {{ {pattern} => 1 }}; }}"));
    let holes = format!("{}1{}", "\"${".repeat(DEEP), "}\"".repeat(DEEP));
    let ended = run_text(&format!("unit main() {{ let a = {holes}; }}"));
    answers(&ended, &holes);
    assert_eq!(ended.status, Some(1));
}

/// What may be nested is compiled as well as read.
#[test]
fn syn_7_nested_as_deep_as_is_allowed() {
    let depth = 100;
    let sum = format!("{}1{}", "1 + (".repeat(depth), ")".repeat(depth));
    prints(&format!("i32 main() {{ return {sum}; }}"), "101\n");
    let list = format!("{}7{}", "[".repeat(depth), "]".repeat(depth));
    let index = "[0]".repeat(depth);
    prints(
        &format!("i32 main() {{ let a = {list}; return a{index}; }}"),
        "7\n",
    );
    let ifs = format!(
        "{}n += 1;{}",
        "if n == 0 { ".repeat(depth),
        " }".repeat(depth)
    );
    prints(
        &format!("i32 main() {{ mut i32 n = 0; {ifs} return n; }}"),
        "1\n",
    );
    let value = format!(
        "{}Nest::End{}",
        "Nest::Of(".repeat(depth),
        ")".repeat(depth)
    );
    let pattern = value.replace("Nest::End", "_");
    prints(
        &format!(
            "enum Nest {{ Of(Nest n), End }}\n\
             i32 main() {{ return match {value} {{ {pattern} => 5, _ => 6 }}; }}"
        ),
        "5\n",
    );
    let boxes = format!("{}9{}", "Box { v: ".repeat(30), " }".repeat(30));
    let fields = ".v".repeat(30);
    prints(
        &format!("type Box<T> {{ T v }} i32 main() {{ return ({boxes}){fields}; }}"),
        "9\n",
    );
    let lambdas = format!("{}n0", many(50, |i| format!("n{i} => ")));
    let function = format!("i32{}", "(i32)".repeat(50));
    let calls = many(50, |i| format!("({i})"));
    prints(
        &format!("i32 main() {{ {function} f = {lambdas}; return f{calls}; }}"),
        "0\n",
    );
}

/// What a call means is found out once, however many are around it.
#[test]
fn meth_4_calls_of_overloads_in_one_another() {
    let types = "type B { i32 x }
impl B { pub i32 F(i32 a) { return a + 1; } pub i32 F(bool a) { return 2; } }";
    let calls = format!("{}1{}", "b.F(".repeat(60), ")".repeat(60));
    let text = format!("{types}\ni32 main() {{ let b = B {{ x: 1 }}; return {calls}; }}");
    prints(&text, "61\n");
}
