//! The lexical rules, one by one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_syntax::{ErrorKind, TokenKind, TriviaKind, parse};

/// The tokens of a text, without the end.
fn tokens(text: &str) -> Vec<(TokenKind, String)> {
    let tree = parse(text);
    let tokens = tree.tokens().filter(|token| token.kind() != TokenKind::End);
    tokens
        .map(|token| (token.kind(), token.text().to_owned()))
        .collect()
}

fn kinds(text: &str) -> Vec<TokenKind> {
    tokens(text).into_iter().map(|(kind, _)| kind).collect()
}

/// What the lexer says of a text, as a local's value.
fn errors(value: &str) -> Vec<ErrorKind> {
    let text = format!("unit f() {{ let a = {value}; }}");
    let tree = parse(&text);
    tree.errors().iter().map(|error| error.kind).collect()
}

#[track_caller]
fn accepts(value: &str, kind: TokenKind) {
    assert_eq!(errors(value), [], "{value}");
    assert_eq!(kinds(value), [kind], "{value}");
}

#[test]
fn lex_1_four_characters_separate_tokens() {
    assert_eq!(kinds("a \t\r\n b\rc"), [TokenKind::Name; 3]);
    assert_eq!(kinds("Type type"), [TokenKind::Name, TokenKind::Type]);
    for other in ["\u{b}", "\u{c}", "\u{a0}", "\u{feff}", "\0"] {
        let found = kinds(&format!("a{other}b"));
        assert_eq!(
            found,
            [TokenKind::Name, TokenKind::Unknown, TokenKind::Name]
        );
        assert_eq!(errors(&format!("a{other}")), [ErrorKind::UnknownCharacter]);
    }
}

#[test]
fn lex_2_comments() {
    let text = "a // b\n/// c\n//// d\n/* e /* f */ g";
    assert_eq!(kinds(text), [TokenKind::Name; 2]);
    let tree = parse(text);
    let last = tree.tokens().nth(1).unwrap();
    let comments = last
        .trivia()
        .filter(|piece| piece.kind != TriviaKind::Blank);
    let comments = comments.map(|piece| (piece.kind, piece.span.text(text)));
    assert_eq!(
        comments.collect::<Vec<_>>(),
        [
            (TriviaKind::LineComment, "// b"),
            (TriviaKind::DocLine, "/// c"),
            (TriviaKind::LineComment, "//// d"),
            (TriviaKind::BlockComment, "/* e /* f */"),
        ]
    );
    let open = parse("unit f() { } /* never closed }");
    let kinds = open.errors().iter().map(|error| error.kind);
    assert_eq!(kinds.collect::<Vec<_>>(), [ErrorKind::UnterminatedComment]);
    let inside = parse("unit f() { /* never closed }");
    assert_eq!(inside.errors().len(), 1, "{:?}", inside.errors());
}

#[test]
fn lex_3_the_longest_name() {
    for name in [
        "type_name",
        "falsely",
        "matched",
        "_",
        "_1",
        "x9_",
        "trueish",
        "Enum",
    ] {
        assert_eq!(tokens(name), [(TokenKind::Name, name.to_owned())]);
    }
    assert_eq!(kinds("1a"), [TokenKind::Integer]);
    assert_eq!(kinds("é"), [TokenKind::Unknown]);
}

#[test]
fn lex_4_reserved_words() {
    let words = "type enum contract attribute impl match event when if else while for in return \
                 break continue let mut mod use pub test meta skip true false";
    let words = words.split(' ').collect::<Vec<_>>();
    let spelled = TokenKind::WORDS.iter().map(|kind| kind.spelling().unwrap());
    assert_eq!(spelled.collect::<Vec<_>>(), words);
    for word in words {
        assert_eq!(tokens(word).len(), 1);
        assert_ne!(kinds(word), [TokenKind::Name], "{word}");
        let text = format!("unit f() {{ let {word} = 1; }}");
        assert!(!parse(&text).errors().is_empty(), "{word}");
    }
}

#[test]
fn lex_5_words_that_are_names_where_they_mean_nothing() {
    for word in ["ref", "out", "as", "this", "range"] {
        let text = format!(
            "unit {word}(i32 {word}) {{ let a = {word}; {word} = {word}.{word}({word}); }}"
        );
        assert_eq!(parse(&text).errors(), [], "{text}");
    }
    let tree = parse("unit f(ref string s, out port) { }");
    assert_eq!(tree.errors().len(), 1, "`out` wants a type before the name");
    let tree = parse("unit f(ref string s, out Port port) { g(ref s, out port); }");
    assert_eq!(tree.errors(), []);
    let shape = tree.to_string();
    assert!(
        shape.contains("(RefType ref (NamedType (Path string)))"),
        "{shape}"
    );
    assert!(shape.contains("(Unary ref (Name s))"), "{shape}");
    assert!(shape.contains("(Unary out (Name port))"), "{shape}");
}

#[test]
fn lex_6_names_of_primitive_types_are_names() {
    for word in ["unit", "bool", "i32", "i64", "u8", "f64", "char", "string"] {
        let text = format!("{word} {word}({word} {word}) {{ return {word}; }}");
        assert_eq!(parse(&text).errors(), [], "{text}");
    }
}

#[test]
fn lex_7_words_of_later_versions_are_told_by_name() {
    for (text, word) in [
        ("unit f() { spawn g(); h(); }", "spawn"),
        ("unit f() { launch App; h(); }", "launch"),
        ("host App { }\nunit f() { h(); }", "host"),
        ("unit f() { scope { h(); } h(); }", "scope"),
        ("unit f() { with x { h(); } }", "with"),
        ("unit f() { inject Log log; h(); }", "inject"),
        ("extend type A { i32 x() { return 1; } }", "extend"),
        ("macro Name { }", "macro"),
        ("async i32 f() { return 1; }", "async"),
        ("unit f() { let a = await g(); h(); }", "await"),
        ("unit f() { let a = code \"text\"; h(); }", "code"),
    ] {
        let tree = parse(text);
        let [error] = tree.errors() else {
            panic!("{:?}: {text}", tree.errors());
        };
        assert_eq!(error.kind, ErrorKind::Later, "{text}");
        assert_eq!(error.span.text(text), word);
        let message = format!("`{word}` is not supported");
        assert_eq!(error.message(text), message);
        let name = format!("unit {word}(i32 {word}) {{ let a = {word}; {word}(a); {word} = a; }}");
        assert_eq!(parse(&name).errors(), [], "{name}");
    }
}

#[test]
fn lex_8_integers() {
    for value in [
        "0",
        "1_000_000",
        "99_i64",
        "1_i32",
        "255_u8",
        "18446744073709551616",
    ] {
        accepts(value, TokenKind::Integer);
    }
    for value in [
        "0x1f", "0b1", "1e3", "12abc", "1_", "1_i8", "1_f64", "1__i32", "1e-3", "5u8",
    ] {
        assert_eq!(errors(value), [ErrorKind::BadNumber], "{value}");
    }
}

#[test]
fn lex_9_floats() {
    for value in ["0.5", "1_0.2_5", "2.5_f64", "00.00"] {
        accepts(value, TokenKind::Float);
    }
    for value in [
        "3.", ".5", "2.5e7", "2.5e-7", "1_.5", "1.5_", "1.5_i32", "1.5f64",
    ] {
        assert_eq!(errors(value), [ErrorKind::BadNumber], "{value}");
    }
    assert_eq!(
        kinds("1.x"),
        [TokenKind::Integer, TokenKind::Dot, TokenKind::Name]
    );
}

#[test]
fn lex_10_a_sign_is_an_operator() {
    assert_eq!(kinds("-7"), [TokenKind::Minus, TokenKind::Integer]);
    assert_eq!(
        kinds("a -1"),
        [TokenKind::Name, TokenKind::Minus, TokenKind::Integer]
    );
    assert_eq!(errors("-9223372036854775808"), []);
}

#[test]
fn lex_11_characters() {
    for value in [
        "'a'",
        "'é'",
        "'\u{1f600}'",
        "'\\n'",
        "'\\''",
        "'\"'",
        "'\\0'",
        "'\n'",
        "'\r'",
    ] {
        accepts(value, TokenKind::Char);
    }
    assert_eq!(errors("''"), [ErrorKind::EmptyCharacter]);
    assert_eq!(errors("'ab'"), [ErrorKind::BadCharacter]);
    assert_eq!(errors("'a"), [ErrorKind::BadCharacter]);
    assert_eq!(errors("'\r\n'"), [ErrorKind::BadCharacter]);
    assert_eq!(errors("'\\q'"), [ErrorKind::BadEscape]);
}

#[test]
fn lex_12_strings() {
    for value in [
        "\"\"",
        "\"two\nlines \u{1b}[0m\"",
        "\"\\\" \\\\ \\$ \\' \\n \\t \\r \\0\"",
        "\"$ $a {b} \\${c}\"",
    ] {
        accepts(value, TokenKind::Text);
    }
    for escape in ["q", "u", "x", " ", "{", "é"] {
        assert_eq!(errors(&format!("\"a\\{escape}b\"")), [ErrorKind::BadEscape]);
    }
    assert_eq!(errors("\"open"), [ErrorKind::UnterminatedText]);
}

#[test]
fn lex_13_interpolation() {
    assert_eq!(
        tokens("\"a ${b} c ${d}\""),
        [
            (TokenKind::TextStart, "\"a ${".to_owned()),
            (TokenKind::Name, "b".to_owned()),
            (TokenKind::TextMiddle, "} c ${".to_owned()),
            (TokenKind::Name, "d".to_owned()),
            (TokenKind::TextEnd, "}\"".to_owned()),
        ]
    );
    for value in [
        "\"${\"${\"${a}\"}\"}\"",
        "\"${A { x: 1 }.x}\"",
        "\"${(x) => { return x; }}\"",
        "\"${a + \"}\" + '}'}\"",
    ] {
        assert_eq!(errors(value), [], "{value}");
    }
    assert_eq!(errors("\"${}\""), [ErrorKind::EmptyHole]);
    assert_eq!(errors("\"${} ${}\""), [ErrorKind::EmptyHole; 2]);
    assert_eq!(errors("\"${a"), [ErrorKind::UnterminatedText]);
    assert_eq!(errors("\"${a b}\"").len(), 1);
}

#[test]
fn lex_14_the_longest_punctuation() {
    let all = "=== !== :: => == != <= >= && || += -= ( ) { } [ ] , ; : . = < > + - * / % ! ?";
    let mut spelled = all.split(' ').collect::<Vec<_>>();
    for mark in &spelled {
        assert_eq!(tokens(mark), [(kinds(mark)[0], (*mark).to_owned())]);
    }
    let known = TokenKind::PUNCTUATION
        .iter()
        .map(|kind| kind.spelling().unwrap());
    let mut known = known.collect::<Vec<_>>();
    known.sort_unstable();
    spelled.sort_unstable();
    assert_eq!(known, spelled);
    let split = |text: &str| {
        let tokens = tokens(text).into_iter().map(|(_, text)| text);
        tokens.collect::<Vec<_>>().join(" ")
    };
    for (together, apart) in [
        ("====", "=== ="),
        ("!===", "!== ="),
        (">>", "> >"),
        ("<<=", "< <="),
        ("->", "- >"),
        ("..", ". ."),
        ("++", "+ +"),
        ("*=", "* ="),
        (":::", ":: :"),
        ("=>=", "=> ="),
    ] {
        assert_eq!(split(together), apart);
    }
    for none in ["&", "|", "^", "~", "@", "#", "`"] {
        assert_eq!(kinds(none), [TokenKind::Unknown], "{none}");
    }
    assert_eq!(parse("@@@ é\u{0} §").errors().len(), 3, "one for each run");
}
