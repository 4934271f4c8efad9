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
    ("retrun;", "E1101", "did you mean `return`?"),
    ("retrun (1);", "E1101", "did you mean `return`?"),
    ("while true { brek; }", "E1101", "did you mean `break`?"),
    (
        "while true { contiune; }",
        "E1101",
        "did you mean `continue`?",
    ),
    ("let a = ture;", "E1101", "did you mean `true`?"),
    ("let a = !flase;", "E1101", "did you mean `false`?"),
    ("let tru = 1; let a = tur;", "E1101", "did you mean `tru`?"),
    ("whlie (1 > 2) { }", "E0010", "did you mean `while`?"),
    ("fro (i in range(0, 3)) { }", "E0010", "did you mean `for`?"),
    ("iff (1 > 2) { }", "E0010", "did you mean `if`?"),
    ("let one = One();", "E1101", "write `p.In.One`"),
    ("Held h = Say();", "E1201", "write `p.In.Held`"),
    ("Box<I64> b = Empty();", "E1201", "did you mean `i64`?"),
    ("box<i64> b = Empty();", "E1201", "did you mean `Box`?"),
    ("string.Trim(\"\");", "E1101", "`Core.String`"),
    ("P p = P { x: 1 }; p.move;", "E1211", "the method `Move(…)`"),
    ("let h = Held { a: 1 };", "E1201", "write `p.In.Held`"),
    ("let h = in_.Held { a: 1 };", "E1108", "did you mean `In`?"),
    (
        "i64 Two() => 2; let n = Two();",
        "E0010",
        "outside of functions",
    ),
    (
        "type Two { i64 n } let n = Two { n: 1 };",
        "E0010",
        "outside of functions",
    ),
    ("let p = P { X: 1 };", "E1211", "did you mean `x`?"),
    ("let n = 1; if n { }", "E1208", "`n != 0`"),
    ("let n = 1; while (n) { }", "E1208", "`(n) != 0`"),
    ("for i in range(3) { }", "E1204", "`range(0, n)`"),
    (
        "let p = P { x: 1 }; p::Move(1);",
        "E1301",
        "`p` is a value: what is in it is written `p.NAME`",
    ),
    ("let u = Say();", "E1014", "without a name"),
    ("let p = P { far: 1 };", "E1211", "its fields are `x`"),
    (
        "Q q = Q { y: 1 }; let a = q.Y;",
        "E1211",
        "did you mean `y`?",
    ),
    ("let e = E::a;", "E1301", "did you mean `A`?"),
    ("let e = E::Gone;", "E1301", "its variants are `A`, `B`"),
    ("E.a();", "E1606", "variants are written `E::A`"),
    ("P.say();", "E1606", "did you mean `P.Say`?"),
    ("NONE n = None { };", "E1201", "did you mean `None`?"),
    ("I64 n = 1;", "E1201", "did you mean `i64`?"),
    ("In.ONE();", "E1101", "did you mean `One`?"),
    (
        "let maxSize = 1; let b = MAX_SIZE;",
        "E1101",
        "did you mean `maxSize`?",
    ),
    (
        "P p = P { x: 1 }; p.MOVE(1);",
        "E1606",
        "did you mean `Move`?",
    ),
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
    (
        "Run r = Run::B; match r { F(g) => { }, _ => { }, };",
        "E1303",
        "write `Run::F(g)`",
    ),
    (
        "match 1 { Mine(n) => { }, _ => { }, };",
        "E1303",
        "name its enum: `Enum::Mine(n)`",
    ),
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
    ("mut i64 y = 1; if y = 1 { }", "E1208", "write `y == 1`"),
    ("i64 y = 1; while (y = 1) { }", "E1208", "write `y == 1`"),
    ("i64 y = 1; if y = \"\" { }", "E1208", "write `y == \"\"`"),
    (
        "bool y = true; if y = true { }",
        "E1214",
        "write `y == true`",
    ),
    ("i64 y = 1; if 1 = y { }", "E1013", "write `1 == y`"),
    (
        "P p = P { x: 1 }; P.Move(p);",
        "E1606",
        "call it on a value: `value.Move(…)`",
    ),
    (
        "C c = P { x: 1 }; C.Move(c);",
        "E1606",
        "call it on a value: `value.Move(…)`",
    ),
    (
        "E.Turn(E::A);",
        "E1606",
        "call it on a value: `value.Turn(…)`",
    ),
    ("E.A();", "E1606", "variants are written `E::A`"),
    ("E.Gone();", "E1606", "`E` is an enum: `E::…`"),
    ("Q.Gone();", "E1606", "`Q` is a type: `Q { y: … }`"),
    ("None.Gone();", "E1606", "`None` is a type: `None { }`"),
    ("Many.Gone();", "E1606", "`Many { a: …, b: …, c: …, … }`"),
    (
        "\"\".Jump();",
        "E1606",
        "its methods are `len`; `Core.String` has functions",
    ),
    (
        "[1].Jump();",
        "E1606",
        "its methods are `len`; `Collections.Array` has functions",
    ),
    (
        "let b = Run::B == Run::B;",
        "E1209",
        "a part of Run is i32(i32): functions are not compared",
    ),
    (
        "let f = Say; let b = f == f;",
        "E1209",
        "functions are not compared",
    ),
    (
        "R r = R { c: P { x: 1 } }; let b = [r] != [r];",
        "E1209",
        "a part of R is C: values of contracts are not compared",
    ),
    ("match E::A { };", "E1304", "add an arm: `E::A => …`"),
    ("match Run::B { };", "E1304", "add an arm: `Run::F(_) => …`"),
    ("match true { };", "E1304", "add an arm: `false => …`"),
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
impl E { pub unit Turn() { } }
pub type None { }
pub type Many { i64 a, i64 b, i64 c, i64 d }
pub type R { C c }
pub enum Run { F(i32(i32) f), B }
pub unit Say() { }
pub type Box<T> { T held }
pub Box<T> Empty<T>() { return Empty<T>(); }
mod In { pub i64 One() { return 1; } pub type Held { i64 a } }
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

/// Items, the code of their one error, and a part of its help.
const ITEMS_WRONG: &[(&str, &str, &str)] = &[
    (
        "pub type T : C { i64 a, pub unit move(i64 by) { } }",
        "E1601",
        "write `pub unit Move(i64)`; did you mean it by `move`?",
    ),
    (
        "pub type T : C { i64 a, pub unit Far() { } }",
        "E1601",
        "write `pub unit Move(i64)`",
    ),
    (
        "[deprecated] pub unit F() { }",
        "E1530",
        "declare it: `attribute deprecated { }`",
    ),
    (
        "[export] pub unit F() { }",
        "E1530",
        "did you mean `Export`?",
    ),
    ("pub unit F<T>(t a) { }", "E1005", "did you mean `T`?"),
    ("pub unit F(MANY a) { }", "E1005", "did you mean `Many`?"),
];

#[test]
fn errors_of_items_say_how_they_are_mended() {
    let mut wrong = Vec::new();
    for (item, code, help) in ITEMS_WRONG {
        let text = format!("{ITEMS}\n{item}\n");
        let found = analyze("p.bd", text.as_bytes()).diagnostics;
        let errors = found.iter().filter(|found| !found.is_warning());
        let errors = errors.map(|found| {
            let help = found.diagnostic.help.as_ref();
            (
                found.diagnostic.code.as_str(),
                help.map(ToString::to_string),
            )
        });
        let errors = errors.collect::<Vec<_>>();
        if errors != [(*code, Some((*help).to_owned()))] {
            wrong.push(format!("{item}: {errors:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Statements or items, and the message of their one error.
const SAID: &[(&str, &str)] = &[
    (
        "for i in range(0, \"x\") { }",
        "a range is of integers, this is string",
    ),
    (
        "for i in range(true, 1) { }",
        "a range is of integers, this is bool",
    ),
    (
        "for i in range(0, 2.0) { }",
        "a range is of integers, this is f64",
    ),
    (
        "let f = (i64 x) => { if x == 1 { return 2_i64; } };",
        "this is reached without an i64",
    ),
    ("mut i64() f = One; f += One;", "an i64() is no event"),
    (
        "mut u8 a = 1; a[0] = 1;",
        "an element of a u8 cannot change",
    ),
    (
        "mut i32 a = 1; a[0] = 1;",
        "an element of an i32 cannot change",
    ),
    (
        "ref i64 a = 1;",
        "only a parameter is a reference to an i64",
    ),
    ("match E::A { };", "the match does not cover `E::A`"),
    ("let a = Far.Off.Away();", "there is no module `Far.Off`"),
    ("Far.Off.Away.Now();", "there is no module `Far.Off`"),
];

#[test]
fn errors_blame_what_is_wrong() {
    let mut wrong = Vec::new();
    for (statements, message) in SAID {
        let text = format!("{ITEMS}\npub i64 One() => 1;\npub unit Try() {{ {statements} }}\n");
        let found = analyze("p.bd", text.as_bytes()).diagnostics;
        let mut errors = found.iter().filter(|found| !found.is_warning());
        let first = errors.next().map(|found| &found.diagnostic.message);
        if first.is_none_or(|first| first != message) || errors.next().is_some() {
            wrong.push(format!("{statements}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
