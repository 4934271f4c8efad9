//! Long lists, many declarations, long lines, errors in great number.

use std::collections::BTreeSet;
use std::fmt::Write;

use beskid_tests::command::run;

use super::{answers, codes, many, prints, refused, run_text, start};

#[test]
fn long_lists_are_no_nests() {
    let count = 10_000;
    let sum = many(count, |i| format!(" + {}", i % 2));
    prints(&format!("i32 main() {{ return 0{sum}; }}"), "5000\n");
    let texts = many(count, |_| " + \"a\"".to_owned());
    prints(
        &format!("i64 main() {{ return __str_len(\"\"{texts}); }}"),
        "10000\n",
    );
    let holes = many(count, |_| "${n}".to_owned());
    prints(
        &format!("i64 main() {{ i32 n = 7; return __str_len(\"{holes}\"); }}"),
        "10000\n",
    );
    let ands = many(count, |_| " && true".to_owned());
    prints(
        &format!(
            "bool f() {{ return true{ands}; }} i32 main() {{ if f() {{ return 1; }} return 0; }}"
        ),
        "1\n",
    );
    let elements = many(count, |i| format!("{i}, "));
    prints(
        &format!("i32 main() {{ let a = [{elements}]; return a[9999]; }}"),
        "9999\n",
    );
    let branches = many(count, |i| format!("else if n == {i} {{ return {i}; }}"));
    prints(
        &format!(
            "i32 f(i32 n) {{ if n < 0 {{ return 0; }} {branches} return 1; }} i32 main() {{ return f(9999); }}"
        ),
        "9999\n",
    );
    let locals = many(count, |i| format!("i32 n{} = n{i} + 1;\n", i + 1));
    prints(
        &format!("i32 main() {{ i32 n0 = 0;\n{locals} return n{count}; }}"),
        "10000\n",
    );
    let assigned = "a = ".repeat(200);
    prints(
        &format!("i32 main() {{ mut i32 a = 1; {assigned}2; return a; }}"),
        "2\n",
    );
}

#[test]
fn many_declarations_of_each_kind() {
    let count = 5_000;
    let functions = many(count, |i| {
        format!("i32 f{}(i32 n) => f{i}(n) + 1;\n", i + 1)
    });
    prints(
        &format!("i32 f0(i32 n) => n;\n{functions}i32 main() {{ return f{count}(0); }}"),
        "5000\n",
    );
    let types = many(count, |i| format!("type T{} {{ T{i}[] v }}\n", i + 1));
    prints(
        &format!(
            "type T0 {{ i32 n }}\n{types}\
             i64 main() {{ T{count} t = T{count} {{ v: [] }}; return t.v.len(); }}"
        ),
        "0\n",
    );
    let variants = many(count, |i| format!("V{i}(i32 n), "));
    let arms = many(count, |i| format!("E::V{i}(n) => n + {i}, "));
    prints(
        &format!(
            "enum E {{ {variants} }}\ni32 f(E e) => match e {{ {arms} }};\n\
             i32 main() {{ return f(E::V4999(1)) - f(E::V0(2)); }}"
        ),
        "4998\n",
    );
    let missing = many(count - 1, |i| format!("E::V{i}(n) => n, "));
    let ended = refused(
        &format!(
            "enum E {{ {variants} }}\ni32 f(E e) => match e {{ {missing} }};\nunit main() {{ }}"
        ),
        &["E1304"],
    );
    assert!(ended.stderr.contains("V4999"), "{}", start(&ended.stderr));
    let numbers = many(count, |i| format!("{} => {i}, ", i * 7));
    prints(
        &format!(
            "i32 f(i32 n) => match n {{ {numbers} _ => -1 }};\ni32 main() {{ return f(34993) + f(1); }}"
        ),
        "4998\n",
    );
    let texts = many(count, |i| format!("\"t{i}\" => {i}, "));
    prints(
        &format!(
            "i32 f(string s) => match s {{ {texts} _ => -1 }};\ni32 main() {{ return f(\"t4999\") + f(\"t\"); }}"
        ),
        "4998\n",
    );
    let fields = many(1000, |i| format!("i32 f{i}, "));
    let values = many(1000, |i| format!("f{i}: {i}, "));
    prints(
        &format!(
            "type T {{ {fields} }}\ni32 main() {{ let t = T {{ {values} }}; return t.f999 + t.f0; }}"
        ),
        "999\n",
    );
    let methods = many(1000, |i| format!("i32 M{i}(); "));
    let bodies = many(1000, |i| format!("pub i32 M{i}() => {i};\n"));
    prints(
        &format!(
            "contract C {{ {methods} }}\ntype T : C {{ {bodies} }}\ni32 main() {{ C c = T {{ }}; return c.M999(); }}"
        ),
        "999\n",
    );
    let modules = many(1000, |i| format!("mod M{i} {{ pub i32 F() => {i}; }}\n"));
    prints(
        &format!("{modules}i32 main() {{ return M999.F() + M1.F(); }}"),
        "1000\n",
    );
}

/// Cases of nested patterns multiply; their number must not decide.
#[test]
fn mat_5_patterns_of_many_payloads() {
    let width = 24;
    let payloads = "bool, ".repeat(width);
    let arms = many(width, |i| {
        let patterns = many(width, |j| if i == j { "true, " } else { "_, " }.to_owned());
        format!("E::V({patterns}) => {i},\n")
    });
    let falses = "false, ".repeat(width);
    let text = |last: &str| {
        format!(
            "enum E {{ V({payloads}) }}\ni32 f(E e) => match e {{ {arms} {last} }};\n\
             i32 main() {{ return f(E::V({falses})); }}"
        )
    };
    prints(&text(&format!("E::V({falses}) => 100,")), "100\n");
    refused(&text(""), &["E1304"]);
}

#[test]
fn lines_of_a_megabyte() {
    let long = "x".repeat(1 << 20);
    let name = &long[..1 << 13];
    prints(
        &format!("// {long}\ni32 main() {{ return 1; /* {long} */ }}"),
        "1\n",
    );
    prints(
        &format!("i64 main() {{ return __str_len(\"{long}\"); }}"),
        "1048576\n",
    );
    prints(
        &format!(
            "i32 main() {{ mut i32 n = 0; {} return n; }}",
            "n += 1; ".repeat(50_000)
        ),
        "50000\n",
    );
    prints(
        &format!(
            "i32 {name}(i32 n) {{ return n + 1; }} i32 main() {{ i32 a{name} = {name}(4); return a{name}; }}"
        ),
        "5\n",
    );
    let text = format!("i32 {long}(i32 n) {{ return n; }} i32 main() {{ return {long}(5); }}");
    answers(&run_text(&text), &text);
    // What is wrong at the end of a line is told in few words.
    refused(
        &format!("unit main() {{ /* {long} */ i32 a = true; }}"),
        &["E1206"],
    );
    refused(
        &format!("unit main() {{ i32 a = \"{long}\"; }}"),
        &["E1206"],
    );
    refused(&format!("unit main() {{ let a = {long}; }}"), &["E1101"]);
    refused(
        &format!("unit main() {{ let a = {}; }}", "1".repeat(1 << 20)),
        &["E1011"],
    );
    refused(&format!("unit main() {{ let a = \"{long}; }}"), &["E0004"]);
    refused(&format!("unit main() {{ }} /* {long}"), &["E0004"]);
}

#[test]
fn errors_in_great_number_are_answered() {
    let text = many(20_000, |i| {
        format!("unit f{i}() {{ let a = missing{i}; i32 b = \"\"; g(; }}\n")
    });
    let ended = run_text(&text);
    answers(&ended, &text);
    assert_eq!(ended.status, Some(1));
    let text = many(20_000, |i| {
        format!("i32 f{i}(i32 n) {{ return missing{i}(n) + \"\"; }}\n")
    });
    let ended = run_text(&text);
    answers(&ended, &text);
    assert_eq!(ended.status, Some(1));
}

/// Names that nearly match are many: to find the nearest must stay cheap.
#[test]
fn nam_3_near_names_in_great_number() {
    let mut text = many(10_000, |i| {
        format!("i32 function_of_number_{i}() => {i};\n")
    });
    writeln!(text, "unit main() {{").unwrap();
    text += &many(1_000, |i| format!("    function_off_number_{i}();\n"));
    text += "}\n";
    let ended = run_text(&text);
    answers(&ended, &text);
    assert!(codes(&ended).is_subset(&BTreeSet::from(["E1101", "E1606"])));
    assert_eq!(ended.status, Some(1));
}

/// What is wrong at the end of a line of nearly a megabyte is shown with what is around it.
#[test]
fn a_mistake_behind_a_megabyte_of_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("unit main() {{ let a = {}b; }}", "1 + ".repeat(255 << 10));
    std::fs::write(folder.path().join("main.bd"), &text).unwrap();
    let shown = run(folder.path(), ["analyze", "main.bd"]).stderr;
    assert!(
        shown.contains("E1101") && shown.len() < 2_000,
        "{}",
        start(&shown)
    );
    assert!(shown.contains("1 + b; }"), "{shown}");
}
