//! Hostile programs of the language: too deep, too long, cut, doubled, in
//! circles, without an end. Each is an error or runs; none is a crash, and none
//! takes long.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_tests::command::{Ended, beskid, end};

/// Seconds that a command may take, on a busy machine too.
const PATIENCE: &str = "120";

/// Runs a command of `beskid` on the files of a folder, with a limit of time and
/// perhaps one of address space, in KiB.
fn command(folder: &Path, args: &[&str], kibibytes: Option<u64>) -> Ended {
    let ours = beskid(folder);
    let limit = kibibytes.map_or_else(|| "unlimited".to_owned(), |limit| limit.to_string());
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v $0; exec timeout -s KILL \"$@\"", &limit]);
    command.arg(PATIENCE).arg(ours.get_program()).args(args);
    command.current_dir(folder);
    for (name, value) in ours.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    end(&mut command)
}

/// Runs a program of one file.
fn run_bytes(bytes: &[u8]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main.bd"), bytes).unwrap();
    command(folder.path(), &["run", "main.bd"], None)
}

fn run_text(text: &str) -> Ended {
    run_bytes(text.as_bytes())
}

/// The begin of a text, for messages.
fn start(text: &str) -> String {
    text.chars().take(200).collect()
}

/// The codes of the errors, each once.
fn codes(ended: &Ended) -> BTreeSet<&str> {
    let parts = ended.stderr.split("error[").skip(1);
    parts
        .filter_map(|part| Some(part.split_once(']')?.0))
        .collect()
}

/// Fails if a compiler crashed, panicked or did not end; an answer is 0 or 1.
#[track_caller]
fn answers(ended: &Ended, what: &str) {
    assert!(
        matches!(ended.status, Some(0 | 1)) && !ended.stderr.contains("panicked"),
        "{:?} {} of {}",
        ended.status,
        start(&ended.stderr),
        start(what)
    );
}

/// A program is refused with errors of these codes and no others, in few words.
#[track_caller]
fn refused(text: &str, expected: &[&str]) -> Ended {
    let ended = run_text(text);
    answers(&ended, text);
    assert_eq!(ended.status, Some(1), "{}", start(text));
    let expected = expected.iter().copied().collect::<BTreeSet<_>>();
    assert_eq!(codes(&ended), expected, "{}", start(text));
    assert!(
        ended.stderr.len() < 100_000,
        "{} bytes of messages for {}",
        ended.stderr.len(),
        start(text)
    );
    ended
}

/// A program runs and prints this; its `main` is `unit` or prints last.
#[track_caller]
fn prints(text: &str, expected: &str) {
    let ended = run_text(text);
    assert_eq!(
        ended.status,
        Some(0),
        "{} {}",
        start(&ended.stderr),
        start(text)
    );
    assert_eq!(ended.stdout, expected, "{}", start(text));
}

/// What repeats with its number.
fn many(count: usize, mut piece: impl FnMut(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, index| {
        text += &piece(index);
        text
    })
}

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
        ("\"${", "1", "}\""),
    ];
    for (open, inner, close) in values {
        let text = format!(
            "unit main() {{ let a = {}{inner}{}; }}",
            open.repeat(DEEP),
            close.repeat(DEEP)
        );
        refused(&text, &["E0011"]);
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
        refused(
            &format!("unit f({ty} x) {{ }} unit main() {{ }}"),
            &["E0011"],
        );
        refused(
            &format!("type T {{ {ty} x }} unit main() {{ }}"),
            &["E0011"],
        );
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
    refused(
        &format!("unit main() {{ match 1 {{ {pattern} => 1 }}; }}"),
        &["E0011"],
    );
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
    let lambdas = format!("{}n0{}", many(50, |i| format!("n{i} => ")), "");
    let function = format!("i32{}", "(i32)".repeat(50));
    let calls = many(50, |i| format!("({i})"));
    prints(
        &format!("i32 main() {{ {function} f = {lambdas}; return f{calls}; }}"),
        "0\n",
    );
}

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
            "i32 {long}(i32 n) {{ return n + 1; }} i32 main() {{ i32 a{long} = {long}(4); return a{long}; }}"
        ),
        "5\n",
    );
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
fn lex_1_bytes_that_are_no_text() {
    for bytes in [
        b"\xed\xa0\x80".as_slice(),
        b"\xed\xbf\xbf",
        b"\xc0\x80",
        b"\xe2\x82",
        b"\xf4\x90\x80\x80",
        b"\xff",
        b"\x80",
    ] {
        for (before, after) in [
            ("unit main() { let s = \"", "\"; }"),
            ("unit main() { } // ", "\n"),
            ("unit main() { } ", ""),
            ("", "unit main() { }"),
        ] {
            let text = [before.as_bytes(), bytes, after.as_bytes()].concat();
            run_bytes(&text).fails_with("E0001");
        }
    }
}

#[test]
fn lex_1_nul_bytes() {
    for text in [
        "\0unit main() { }",
        "unit main() { }\0",
        "unit\0main() { }",
        "unit ma\0in() { }",
        "unit main() { \0\0\0 }",
    ] {
        let ended = run_text(text);
        answers(&ended, text);
        assert_eq!(ended.status, Some(1), "{text:?}");
        assert!(codes(&ended).contains("E0003"), "{text:?} {}", ended.stderr);
        assert!(!ended.stderr.contains('\0'), "{text:?}");
    }
    prints(
        "// a \0 comment\ni64 main() { return __str_len(\"a\0b\"); }",
        "3\n",
    );
    let all = "\0".repeat(1 << 20);
    let ended = run_text(&all);
    answers(&ended, "NUL bytes alone");
    assert_eq!(ended.status, Some(1));
    assert!(ended.stderr.len() < 100_000);
}

/// Writes files into a new folder and runs `main.bd` of it.
fn run_files(files: &[(String, String)]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    command(folder.path(), &["run", "main.bd"], None)
}

#[test]
fn mod_6_modules_in_circles() {
    let count = 100;
    let mut files = (0..count)
        .map(|index| {
            let next = (index + 1) % count;
            let text = format!(
                "use M{next};\nuse M{index};\npub i32 F{index}(i32 n) {{\n    \
                 if n == 0 {{ return {index}; }}\n    return F{next}(n - 1) + 0 * M{next}.F{next}(0);\n}}\n"
            );
            (format!("M{index}.bd"), text)
        })
        .collect::<Vec<_>>();
    files.push((
        "main.bd".to_owned(),
        "use M0;\ni32 main() { return M0.F0(150); }\n".to_owned(),
    ));
    let ended = run_files(&files);
    assert_eq!(ended.status, Some(0), "{}", start(&ended.stderr));
    assert_eq!(ended.stdout, "50\n");
}

#[test]
fn mod_4_public_modules_in_circles() {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let ended = run_files(&[
        file("main.bd", "use A;\ni32 main() { return A.F() + B.F(); }\n"),
        file(
            "A.bd",
            "pub mod B;\npub mod A;\npub i32 F() => 1 + B.G();\n",
        ),
        file(
            "B.bd",
            "pub mod A;\npub i32 F() => A.F();\npub i32 G() => 2;\n",
        ),
    ]);
    answers(&ended, "public modules in circles");
    assert_eq!(ended.stdout, "6\n", "{}", start(&ended.stderr));
}

#[test]
fn typ_7_types_in_circles() {
    prints(
        "type A { B b, A a } type B { A a, B[] more } type C { C c }\n\
         enum E { V(E e) } enum F { V(G g), End } type G { F f, i32(G) use_ }\n\
         type L<T> { L<T>[] rest, T value, M<T>[] others } type M<T> { L<T> back, M<M<T>>() later }\n\
         contract P { P Next(); Q Other(); } contract Q { P Back(Q q); }\n\
         i32 main() {\n    L<i32> l = L { rest: [], value: 4, others: [] };\n    \
         G g = G { f: F::End, use_: n => 3 };\n    return l.value + g.use_(g);\n}\n",
        "7\n",
    );
}

#[test]
fn ctr_1_contracts_in_circles() {
    for count in [1, 2, 3, 1000] {
        let contracts = many(count, |i| {
            format!("contract C{i} {{ i32 M{i}(); C{}; }}\n", (i + 1) % count)
        });
        refused(&format!("{contracts}unit main() {{ }}"), &["E1004"]);
        let used = format!(
            "{contracts}type T : C0 {{ pub i32 M0() => 1; }}\nunit f(C0 c) {{ c.M0(); }}\nunit main() {{ f(T {{ }}); }}"
        );
        let ended = run_text(&used);
        answers(&ended, &used);
        assert!(codes(&ended).contains("E1004"), "{count}");
    }
    // Many ways to one contract are no circle, and are not walked one by one.
    let steps = many(60, |i| {
        let next = i + 1;
        format!("contract A{i} {{ A{next}; B{next}; }}\ncontract B{i} {{ B{next}; A{next}; }}\n")
    });
    prints(
        &format!(
            "{steps}contract A60 {{ i32 F(); }}\ncontract B60 {{ A60; }}\n\
             type T : A0 {{ pub i32 F() => 8; }}\ni32 main() {{ A0 a = T {{ }}; B59 b = a; return b.F(); }}"
        ),
        "8\n",
    );
}

#[test]
fn gen_3_generics_without_an_end() {
    let prelude =
        "type Box<T> { T v }\ntype Two<A, B> { A a, B b }\nenum Option<T> { Some(T v), None }\n";
    for (body, call) in [
        ("i32 F<T>(T v) => F<Box<T>>(Box<T> { v: v });", "F(1);"),
        ("i32 F<T>(T v) => F(Box { v: v });", "F(1);"),
        ("i32 F<T>(T v) => F([v]);", "F(\"a\");"),
        ("i32 F<T>(T v) => F(() => v);", "F(true);"),
        ("i32 F<T>(T v) => F(Two { a: v, b: v });", "F(1);"),
        (
            "i32 F<A, B>(A a, B b) => G(Box { v: a }, b);\ni32 G<A, B>(A a, B b) => F(b, Box { v: a });",
            "F(1, 'a');",
        ),
        (
            "unit F<T>(i32 n) { if n > 0 { F<Option<T>>(n - 1); } }",
            "F<i32>(3);",
        ),
        (
            "unit F<T>(T v) { let f = (T w) => F(Box { v: w }); f(v); }",
            "F(1);",
        ),
        (
            "type Nest<T> { T v, pub unit Grow() { Nest<Nest<T>> { v: this }.Grow(); } }",
            "Nest { v: 1 }.Grow();",
        ),
        (
            "contract C { unit Run(); }\ntype W<T> : C { T v, pub unit Run() { C c = W<W<T>> { v: this }; c.Run(); } }",
            "C c = W<i32> { v: 1 }; c.Run();",
        ),
        (
            "enum Deep<T> { One(T v), More(Deep<Deep<T>> d) }\nunit F<T>(Deep<T> d) { match d { Deep::One(v) => { }, Deep::More(m) => F(m) }; }",
            "F(Deep::One(1));",
        ),
    ] {
        let text = format!("{prelude}{body}\nunit main() {{ {call} }}\n");
        let ended = refused(&text, &["E1227"]);
        assert_eq!(
            ended.stderr.matches("error[").count(),
            1,
            "{}",
            ended.stderr
        );
    }
}

/// Types grow faster than what writes them: neither names nor layouts may be
/// written out.
#[test]
fn gen_3_types_that_double() {
    let depth = 40;
    let steps = many(depth, |i| {
        format!("i32 F{i}<T>(T v) => F{}(Two {{ a: v, b: v }});\n", i + 1)
    });
    let text = format!(
        "type Two<T> {{ T a, T b }}\n{steps}i32 F{depth}<T>(T v) => 4;\ni32 main() {{ return F0(1); }}\n"
    );
    prints(&text, "4\n");
    let wrong = text.replace("=> 4;", "=> v;");
    refused(&wrong, &["E1207"]);
}

#[test]
fn everything_twice() {
    let twice = |text: &str| format!("{text}\n{text}\nunit main() {{ }}\n");
    for (text, expected) in [
        ("type A { i32 x }", ["E1001"].as_slice()),
        ("enum A { B }", &["E1001"]),
        ("contract A { }", &["E1001"]),
        ("i32 A() => 1;", &["E1006"]),
        ("test A { }", &["E1006"]),
        ("type A { i32 x } enum A { B } contract A { }", &["E1001"]),
    ] {
        refused(&twice(text), expected);
    }
    for text in [
        "attribute A { }",
        "mod A { }",
        "mod A { i32 F() => 1; type T { } }",
        "[A] [A] attribute A { }",
        "use A.B;",
        "pub mod A;",
        "mod a.b;",
    ] {
        let text = twice(text);
        let ended = run_text(&text);
        answers(&ended, &text);
        assert_eq!(ended.status, Some(1), "{text}");
    }
    for (text, expected) in [
        ("type A { i32 x, i32 x, string x }", "E1006 E1102 E1211"),
        (
            "type A { i32 F() => 1; i32 F() => 2; }",
            "E1006 E1102 E1603",
        ),
        (
            "type A { event F(), event F(), i32 F }",
            "E1006 E1102 E1211",
        ),
        ("enum A { B, B, B(i32 x) }", "E1002"),
        ("contract A { i32 F(); i32 F(); }", "E1003"),
        ("contract B { i32 F(); } contract A { B; B; }", ""),
        ("unit f(i32 a, i32 a) { }", "E1102"),
        ("unit f<T, T>() { }", "E1006 E1102 E1001"),
        ("type A<T, T> { }", "E1006 E1102 E1001"),
        (
            "unit f() { i32 a = 1; i32 a = 2; string a = \"\"; }",
            "E1102",
        ),
        ("unit f(i32 a) { i32 a = 1; }", "E1102"),
        ("unit f() { let g = (i32 a, i32 a) => 1; }", "E1102"),
        (
            "type A { i32 x } unit f() { let a = A { x: 1, x: 2 }; }",
            "E1211",
        ),
        (
            "enum A { B(i32 x, i32 y) } unit f(A a) { match a { A::B(x, x) => 1 }; }",
            "E1306",
        ),
        (
            "attribute A(FieldDeclaration, FieldDeclaration) { }",
            "E1508",
        ),
        (
            "attribute A { x: i32 } [A(x: 1, x: 2)] unit f() { }",
            "E1533",
        ),
        (
            "test A { meta { tags = \"\"; tags = \"\"; } meta { } meta { } }",
            "E1540",
        ),
    ] {
        let text = format!("{text}\nunit main() {{ }}\n");
        let ended = run_text(&text);
        answers(&ended, &text);
        let allowed = expected.split(' ').collect::<BTreeSet<_>>();
        let found = codes(&ended);
        assert!(found.is_subset(&allowed), "{found:?} {text}");
        assert!(expected.is_empty() || !found.is_empty(), "{text}");
    }
    let text = many(5_000, |_| {
        "i32 f(i32 a, i32 a) { i32 a = a; return a; }\n".to_owned()
    });
    let ended = run_text(&text);
    answers(&ended, &text);
    assert_eq!(ended.status, Some(1));
}

/// A program with something of everything.
const EVERYTHING: &str = r#"
/// Options. @par(T) of these.
enum Option<T> { Some(T value), None }
enum Result<T, E> { Ok(T value), Error(E error) }
attribute Note(FieldDeclaration) { text: string = "n" }
contract Named { string Name(); }
mod Inner {
    pub type Bell : Named {
        [Note(text: "x")] i32 rung,
        event{2} Rang(i32 n),
        pub string Name() => "bell ${rung}";
        pub unit Ring(i32 by) { this.rung += by; this.Rang(by); }
    }
    test Rings { meta { tags = "a"; } let b = Bell { rung: 0 }; }
}
type Box<T> { T value, pub R Map<R>(R(T) f) => f(value); }
impl Box { pub Option<T> Get() { return Option::Some(value); } }
Result<i32, string> Half(i32 n) {
    if n % 2 != 0 { return Result::Error("odd ${n}"); } else { return Result::Ok(n / 2); }
}
Result<i32, string> Quarter(i32 n) => Half(Half(n)?);
i32 main() {
    mut Inner.Bell bell = Inner.Bell { rung: 1 };
    i32[] list = [1, 2, -3];
    bell.Rang += (i32 n) => { list[0] += n; };
    for i in range(0, 3) { if i == 1 { continue; } bell.Ring(i); }
    while bell.rung > 2 { bell.rung -= 1; break; }
    let text = match Box { value: 2.5 }.Map(x => x * 2.0) { 5.0 => 'a', _ when true => 'b', _ => '\n' };
    Named named = bell;
    return match Quarter(8) { Result::Ok(n) => n + list[0], Result::Error(e) => 0 - 1 };
}
"#;

#[test]
fn the_program_of_everything_runs() {
    prints(EVERYTHING, "5\n");
}

/// The tokens of the program of everything, roughly.
fn pieces() -> Vec<&'static str> {
    let mut pieces = Vec::new();
    let mut rest = EVERYTHING;
    while let Some(first) = rest.chars().next() {
        let alike = |c: char| match first {
            _ if first.is_alphanumeric() => c.is_alphanumeric(),
            _ if first.is_whitespace() => c.is_whitespace(),
            _ => false,
        };
        let length = rest.find(|c| !alike(c)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(length.max(first.len_utf8()));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// Checks a program, which may be right by chance.
fn check(folder: &Path, text: &str) {
    fs::write(folder.join("main.bd"), text).unwrap();
    let ended = command(folder, &["analyze", "main.bd"], None);
    answers(&ended, text);
    let told = ended.status == Some(0) || !codes(&ended).is_empty();
    assert!(told, "{} {text}", ended.stderr);
}

#[test]
fn what_is_cut_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    for end in (0..EVERYTHING.len()).step_by(13) {
        if EVERYTHING.is_char_boundary(end) {
            check(folder.path(), &EVERYTHING[..end]);
            check(folder.path(), &EVERYTHING[end..]);
        }
    }
}

#[test]
fn what_lost_or_doubled_or_changed_a_word_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces();
    let others = [
        "(", "}", "match", "<", "=>", "::", "i32", "\"", "0", "?", "Bell", "this",
    ];
    for (index, piece) in pieces.iter().enumerate().step_by(3) {
        let without = [&pieces[..index], &pieces[index + 1..]].concat().concat();
        check(folder.path(), &without);
        let twice = [&pieces[..index], &[piece, " "], &pieces[index..]]
            .concat()
            .concat();
        check(folder.path(), &twice);
        let other = others[index % others.len()];
        let changed = [&pieces[..index], &[other], &pieces[index + 1..]]
            .concat()
            .concat();
        check(folder.path(), &changed);
    }
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

const LIST: &str = "enum List { End, Cell(i32 n, List rest) }\n\
    List Long(i32 n) {\n    mut List all = List::End;\n    \
    for i in range(0, n) { all = List::Cell(i, all); }\n    return all;\n}\n\
    i64 Sum(List list) {\n    mut List at = list;\n    mut i64 sum = 0;\n    while true {\n        \
    match at { List::Cell(n, rest) => { sum += n; at = rest; }, List::End => { return sum; } };\n    }\n}\n";

/// A list is as long as memory allows: marking it takes no stack.
#[test]
fn mem_4_long_lists_are_collected() {
    prints(
        &format!(
            "{LIST}i64 main() {{\n    List kept = Long(1000000);\n    mut i64 sum = 0;\n    \
             for i in range(0, 5) {{ sum += Sum(Long(200000)); }}\n    return sum - Sum(kept);\n}}\n"
        ),
        "-400000000000\n",
    );
}

/// To compare two such lists takes stack, or not; it must not crash.
#[test]
fn eq_1_long_lists_are_compared() {
    let ended = run_text(&format!(
        "{LIST}i32 main() {{\n    if Long(1000000) == Long(1000000) {{ return 1; }}\n    return 0;\n}}\n"
    ));
    match ended.status {
        Some(0) => assert_eq!(ended.stdout, "1\n"),
        Some(101) => assert!(ended.stderr.contains("stack overflow"), "{ended:#?}"),
        _ => panic!("{ended:#?}"),
    }
}

/// A hundred times as much as may be in use at once.
#[test]
fn mem_4_bounded_memory() {
    let programs = [
        "i64 main() {\n    mut i64 sum = 0;\n    for i in range(0, 2000) {\n        \
         i64[] list = __array_new(8, 1000000);\n        list[i] = 1;\n        sum += list[i] + list[i + 1];\n    }\n    return sum;\n}\n",
        "type Node { i64 n, Node[] others }\ni64 main() {\n    mut i64 sum = 0;\n    for i in range(0, 20000000) {\n        \
         Node node = Node { n: 1, others: [] };\n        if i % 10000 == 0 { Node ring = Node { n: 1, others: [node, node] }; ring.others[0] = ring; sum += ring.n; }\n    }\n    return sum;\n}\n",
        "i64 main() {\n    mut string text = \"\";\n    mut i64 sum = 0;\n    for i in range(0, 200000) {\n        \
         text += \"0123456789012345678901234567890123456789\";\n        if text.len() > 100000 { sum += 1; text = \"\"; }\n    }\n    return sum;\n}\n",
    ];
    for (program, expected) in programs.into_iter().zip(["2000\n", "2000\n", "79\n"]) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("main.bd"), program).unwrap();
        let args = ["--optimize", "speed", "run", "main.bd"];
        let ended = command(folder.path(), &args, Some(4 << 20));
        assert_eq!(ended.status, Some(0), "{} {program}", start(&ended.stderr));
        assert_eq!(ended.stdout, expected, "{program}");
    }
}

/// A stack overflow is a panic, however it comes about.
#[test]
fn pan_2_stack_overflows() {
    for program in [
        "i32 F(i32 n) { return F(n + 1) + 1; } i32 main() { return F(0); }",
        "i32 F(i32 n) => G(n) + 1; i32 G(i32 n) => F(n) * 2; i32 main() { return F(0); }",
        "type K { i32(i32) f } i32 main() { mut K k = K { f: n => n }; k.f = n => k.f(n) + 1; return k.f(1); }",
        "contract C { i32 F(C c); } type T : C { pub i32 F(C c) => c.F(this) + 1; } i32 main() { return T { }.F(T { }); }",
        "type B { event R(), pub unit F() { R(); __syscall_write(2, \"\"); } } unit main() { mut B b = B { }; b.R += () => { b.F(); }; b.F(); }",
        "type T { T[] t } i32 main() { T a = T { t: __array_new(8, 1) }; a.t[0] = a; T b = T { t: __array_new(8, 1) }; b.t[0] = b; if a == b { return 1; } return 0; }",
        "string F(i32 n) => \"${F(n + 1)}x\"; unit main() { F(0); }",
    ] {
        let ended = run_text(program);
        assert_eq!(ended.status, Some(101), "{ended:#?} {program}");
        assert!(
            ended.stderr.contains("stack overflow"),
            "{ended:#?} {program}"
        );
        assert!(ended.stderr.len() < 100_000, "{program}");
    }
}
