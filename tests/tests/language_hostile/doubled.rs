//! Bytes that are no text, and programs of which something is doubled, cut or
//! changed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{answers, codes, command, many, prints, refused, run_bytes, run_text};

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

#[test]
fn everything_twice() {
    let twice = |text: &str| format!("{text}\n{text}\nunit main() {{ }}\n");
    for text in [
        "type A { i32 x }",
        "enum A { B }",
        "contract A { }",
        "type A { i32 x } enum A { B } contract A { }",
    ] {
        refused(&twice(text), &["E1001"]);
    }
    for text in [
        "i32 A() => 1;",
        "test A { }",
        "i32 A() => 1; test A { }",
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
        let twice = [&pieces[..index], &[*piece, " "], &pieces[index..]]
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
