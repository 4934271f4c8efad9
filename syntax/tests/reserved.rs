//! A word of the language where a name or a value is wanted has one error (SYN-8, LEX-4).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_syntax::{NodeKind, TokenKind, Tree, parse};

/// The messages of a text with what follows it, whose last item is to be read.
fn told(text: &str) -> (Tree, Vec<String>) {
    let text = format!("{text}\nunit last() {{ }}");
    let tree = parse(&text);
    let errors = tree.errors().iter();
    let errors = errors.map(|error| error.message(&text)).collect();
    (tree, errors)
}

/// What is wrong with a text in which each word stands where a name is wanted.
fn refused(pattern: &str, words: &[TokenKind]) -> Vec<String> {
    let mut wrong = Vec::new();
    for word in words {
        let word = word.spelling().unwrap();
        let text = pattern.replace('@', word);
        let (tree, errors) = told(&text);
        let last = tree.root().children().last().unwrap();
        let is_read = last.kind() == NodeKind::Function && last.text() == "unit last() { }";
        if errors != [format!("`{word}` is a reserved word")] || !is_read {
            wrong.push(format!("{text}: {errors:?}"));
        }
        let helps = tree.errors().iter();
        let helps = helps.map(|error| error.help(&text).unwrap_or_default());
        for help in helps.filter(|help| !help.contains(word)) {
            wrong.push(format!("{text}: {help}"));
        }
    }
    wrong
}

/// Words of which none is a value or a pattern, or may stand after one.
const WORDS: &[TokenKind] = &[
    TokenKind::Type,
    TokenKind::Enum,
    TokenKind::Contract,
    TokenKind::Attribute,
    TokenKind::Impl,
    TokenKind::Mod,
    TokenKind::Use,
    TokenKind::Pub,
    TokenKind::Test,
    TokenKind::Event,
    TokenKind::When,
    TokenKind::If,
    TokenKind::Else,
    TokenKind::While,
    TokenKind::For,
    TokenKind::In,
    TokenKind::Return,
    TokenKind::Break,
    TokenKind::Continue,
    TokenKind::Let,
    TokenKind::Meta,
    TokenKind::Skip,
];

#[test]
fn lex_4_a_word_is_no_value() {
    let wrong = [
        "unit f() { let y = @; g(y); }",
        "unit f() {\n  let y = @;\n  g(y);\n}",
        "unit f() { i64 y = @; g(y); }",
        "unit f() { let y = 1 + @; g(y); }",
        "unit f() { let y = @ + 1; g(y); }",
        "unit f() { let y = (@); g(y); }",
        "unit f() { g(@); g(1); }",
        "unit f() { g(1, @); g(1); }",
        "unit f() { g(@, 1); g(1); }",
        "unit f() { let y = [@, 1]; }",
        "unit f() { let y = a[@]; }",
        "unit f() { let y = \"${@}\"; g(y); }",
        "unit f() { y = @; g(y); }",
        "unit f() { y += @; g(y); }",
        "unit f() { if a == @ { g(); } g(); }",
        "i64 f() => @;",
        "i64 f() { return @; }",
    ];
    let wrong = wrong.iter().flat_map(|text| refused(text, WORDS));
    let wrong = wrong.collect::<Vec<_>>();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn lex_4_a_word_is_no_name_of_what_is_declared() {
    let wrong = [
        "unit f() { let @ = 1; g(); }",
        "unit f() { let mut @ = 1; g(); }",
        "unit f() { i64 @ = 1; g(); }",
        "unit f() {\n  i64 @ = 1;\n  g();\n}",
        "unit f() { for @ in range(0, 3) { g(); } g(); }",
        "unit f(i64 @) { g(); }",
        "unit f(i64 @, i64 b) { g(); }",
        "unit f(\n  i64 a,\n  i64 @\n) { g(); }",
        "unit @() { g(); }",
        "pub i64 @(i64 a) => a;",
        "unit f<@>(i64 a) { g(); }",
        "type P { i64 @ }",
        "type P { i64 @, i64 b }",
        "type P {\n  i64 @,\n  i64 b\n}",
        "type P { i64 a, unit @() { g(); } }",
        "type P { event @(), i64 b }",
        "type @ { i64 a }",
        "type P<@> { i64 a }",
        "enum @ { A }",
        "enum E { @ }",
        "enum E { @, B }",
        "enum E { A(i64 @), B }",
        "enum E { A(i64 a, i64 @), B }",
        "contract @ { unit A(); }",
        "contract C { unit @(); unit B(); }",
        "mod @ { unit g() { } }",
        "mod @;",
        "test @ { g(); }",
        "use A.@;",
        "use A.B as @;",
    ];
    let wrong = wrong.iter().flat_map(|text| refused(text, WORDS));
    let wrong = wrong.collect::<Vec<_>>();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn lex_4_a_word_is_no_name_of_what_is_used() {
    let wrong = [
        "unit f() { g(a.@); g(); }",
        "unit f() { a.@ = 1; g(); }",
        "unit f() { a.@(1); g(); }",
        "unit f() { a.@.b = 1; g(); }",
        "unit f() { let e = E::@; g(); }",
        "unit f() { let p = P { @: 1 }; g(); }",
        "unit f() { let p = P { a: 1, @: 1 }; g(); }",
        "unit f() { match a { E::@ => 1, _ => 2 }; g(); }",
        "unit f(@ a) { g(); }",
        "unit f(i64 b, @ a) { g(); }",
        "type P { i64 a, List<@> b }",
    ];
    let wrong = wrong.iter().flat_map(|text| refused(text, WORDS));
    let wrong = wrong.collect::<Vec<_>>();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn lex_4_a_statement_does_not_begin_with_the_word_of_an_item() {
    let items = &WORDS[..9];
    for text in [
        "unit f() { @ = 1; g(); }",
        "unit f() {\n  @ = 1;\n  g();\n}",
        "unit f() {\n  @;\n  g();\n}",
        "unit f() {\n  @.g();\n  g();\n}",
    ] {
        let wrong = refused(text, items);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn syn_8_an_item_ends_what_is_not_closed_before_it() {
    for item in [
        "type T { i64 a }",
        "type T<A> { A a }",
        "type T : C { i64 a }",
        "enum E { A }",
        "contract C { unit A(); }",
        "impl T { unit A() { } }",
        "mod M { unit g() { } }",
        "mod A.B;",
        "use A.B;",
        "test Adds { g(); }",
        "pub type T { i64 a }",
        "attribute A { }",
    ] {
        for broken in [
            "unit f() { g();",
            "unit f() {\n  let a = 1;",
            "type P { i64 a,",
        ] {
            let text = format!("{broken}\n{item}");
            let (tree, errors) = told(&text);
            assert_eq!(errors.len(), 1, "{text}: {errors:?}");
            let items = tree.root().children();
            let read = items.filter(|read| read.kind() != NodeKind::Error && read.text() == item);
            assert_eq!(read.count(), 1, "{text}");
        }
    }
    let (tree, errors) = told("unit f() { g();\npub unit g() { }");
    assert_eq!(errors, ["expected `}`, found `pub`"]);
    assert_eq!(tree.root().children().count(), 3);
}
