//! Errors say how they are mended.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_frontend::analyze;

/// Statements or items, the code of their one error, and a part of its help.
const WRONG: &[(&str, &str, &str)] = &[
    ("let f = x => x;", "E1202", "write it: `(i32 x) => …`"),
    ("let a = [];", "E1202", "declare it"),
    ("let a = __array_new(4, 3);", "E1202", "declare it"),
    (
        "let n = panic(\"no\");",
        "E1202",
        "without `let` and a name",
    ),
    (
        "P p = P { x: 1 }; p.Mov(1);",
        "E1606",
        "did you mean `Move`?",
    ),
    (
        "P p = P { x: 1 }; p.Jump();",
        "E1606",
        "its methods are `Move`; or declare it there",
    ),
    (
        "Q q = Q { y: 1 }; q.Jump();",
        "E1606",
        "declare it where the type is declared",
    ),
    (
        "C c = P { x: 1 }; c.Jump();",
        "E1606",
        "its methods are `Move`",
    ),
    (
        "true.Jump();",
        "E1606",
        "call a function that takes the value",
    ),
    ("let n = 1; n(2);", "E1606", "leave the parentheses out"),
    ("In(1);", "E1606", "call a function of it"),
    ("i32 n = 3000000000;", "E1011", "a wider type: i64"),
    ("u8 n = 256;", "E1011", "a wider type: i64"),
    (
        "i64 n = 99999999999999999999;",
        "E1011",
        "the widest integers are i64",
    ),
    (
        "u8 n = 1; let b = match n { 256 => 1, _ => 2 };",
        "E1011",
        "u8 holds 0 to 255",
    ),
    ("let e = E { x: 1 };", "E1201", "`E` is an enum: `E::…`"),
    ("let e = Far { x: 1 };", "E1201", "declare `type Far { … }`"),
    ("In.Gone g = 1;", "E1201", "declare it there as `pub`"),
    (
        "i32 n = i32::Some(1);",
        "E1201",
        "behind the name of a `type`",
    ),
];

const ITEMS: &str = "
contract C { unit Move(i64 by); }
pub type P : C { i64 x, pub unit Move(i64 by) { } }
pub type Q { i64 y }
pub enum E { A, B }
mod In { pub i64 One() { return 1; } }
";

#[test]
fn errors_of_types_numbers_and_calls_say_how_they_are_mended() {
    let mut wrong = Vec::new();
    for (statements, code, help) in WRONG {
        let text = format!("{ITEMS}\npub unit Try() {{ {statements} }}\n");
        let found = analyze("p.bd", text.as_bytes()).diagnostics;
        let mut errors = found.iter().filter(|found| !found.is_warning());
        let first = errors.next().map(|found| &found.diagnostic);
        let is_so = first.is_some_and(|first| {
            let said = first.help.as_ref().map(ToString::to_string);
            first.code.as_str() == *code && said.is_some_and(|said| said.contains(help))
        });
        if !is_so || errors.next().is_some() {
            wrong.push(format!("{statements}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
