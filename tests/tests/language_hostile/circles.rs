//! Modules, types and contracts in circles; generics without an end.

use std::fs;

use beskid_tests::command::Ended;

use super::{answers, codes, command, many, prints, refused, run_text, start};

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
         type L<T> { L<T>[] rest, T value, M<T>[] others } type M<T> { L<T> back }\n\
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
    // A chain is no nest.
    let steps = many(20_000, |i| format!("contract D{i} {{ D{}; }}\n", i + 1));
    prints(
        &format!(
            "{steps}contract D20000 {{ i32 F(); }}\ntype T : D0 {{ pub i32 F() => 9; }}\n\
             i32 main() {{ D0 d = T {{ }}; D9000 e = d; return e.F(); }}"
        ),
        "9\n",
    );
    // Nor are those to two equal methods, which merge.
    let steps = many(40, |i| {
        format!("contract C{i} {{ C{}; C{}; }}\n", i + 1, i + 2)
    });
    let merged = format!(
        "{steps}contract C40 {{ i32 F(); }}\ncontract C41 {{ i32 F(); }}\ni32 G(C41 c) => c.F();\n\
         i32 main() {{ C0 a = T {{ }}; C39 b = a; C40 c = b; return 100 * a.F() + 10 * c.F() + G(a); }}\n"
    );
    prints(
        &format!("{merged}type T : C0 {{ pub i32 F() => 7; }}"),
        "777\n",
    );
    let lacking = refused(&format!("{merged}type T : C0 {{ }}"), &["E1601"]);
    assert_eq!(lacking.stderr.matches("error[").count(), 1);
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
