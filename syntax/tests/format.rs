//! What holds of the layout of every text.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use beskid_syntax::{Node, NodeKind, TokenKind, Tree, TriviaKind, format, parse};
use proptest::prelude::*;

/// Formats a text and checks what holds of every layout; nothing, if the text is no
/// program.
fn checked(text: &str) -> Option<String> {
    let tree = parse(text);
    let formatted = format(&tree).ok()?;
    let again = parse(&formatted);
    assert_eq!(again.errors(), [], "of\n{text}\nbecame\n{formatted}");
    assert_eq!(
        shape(tree.root()),
        shape(again.root()),
        "of\n{text}\nbecame\n{formatted}"
    );
    assert_eq!(
        comments(&tree),
        comments(&again),
        "of\n{text}\nbecame\n{formatted}"
    );
    assert_eq!(docs(&tree), docs(&again), "of\n{text}\nbecame\n{formatted}");
    let twice = format(&again).unwrap();
    let mut lines = formatted.lines().zip(twice.lines());
    let other = lines.position(|(once, twice)| once != twice);
    let other = other.map(|line| formatted.lines().skip(line).take(3).collect::<Vec<_>>());
    assert!(
        formatted == twice,
        "{other:?} changes of\n{text}\nthat became\n{formatted}\nthen\n{twice}"
    );
    assert!(formatted.is_empty() || formatted.ends_with('\n'));
    assert!(!formatted.starts_with('\n') && !formatted.ends_with("\n\n"));
    Some(formatted)
}

/// A node without what may be left out: commas, the `;` of an embedding, and the
/// parentheses of a condition.
fn shape(node: Node<'_>) -> String {
    let mut shape = format!("({:?}", node.kind());
    let mut tokens = node.tokens().peekable();
    let shown = |token: beskid_syntax::Token<'_>| {
        let optional = match node.kind() {
            NodeKind::Embedding => token.kind() == TokenKind::Semicolon,
            _ => token.kind() == TokenKind::Comma,
        };
        if optional {
            String::new()
        } else {
            format!(" {}", token.text())
        }
    };
    for child in node.children() {
        while let Some(token) = tokens.next_if(|token| token.id() < child.first_token().id()) {
            shape += &shown(token);
        }
        let conditional = matches!(node.kind(), NodeKind::If | NodeKind::While);
        let inner = match child.kind() {
            NodeKind::Paren if conditional => child.children().next().unwrap(),
            _ => child,
        };
        shape += &self::shape(inner);
    }
    for token in tokens {
        shape += &shown(token);
    }
    shape + ")"
}

fn comments(tree: &Tree) -> Vec<String> {
    let pieces = tree.tokens().flat_map(|token| token.trivia());
    let mut comments = pieces
        .filter(|piece| piece.kind != TriviaKind::Blank)
        .map(|piece| piece.span.text(tree.text()).trim_end().to_owned())
        .collect::<Vec<_>>();
    comments.sort();
    comments
}

/// The documentation of all that can have one (DOC-1).
fn docs(tree: &Tree) -> Vec<Vec<String>> {
    let all = (0..tree.node_count()).filter_map(|id| {
        let node = tree.node(beskid_syntax::NodeId(id as u32))?;
        let documented = matches!(
            node.kind(),
            NodeKind::Use
                | NodeKind::ModuleDeclaration
                | NodeKind::Module
                | NodeKind::Type
                | NodeKind::Field
                | NodeKind::Event
                | NodeKind::Enum
                | NodeKind::Variant
                | NodeKind::Contract
                | NodeKind::ContractMethod
                | NodeKind::Embedding
                | NodeKind::AttributeDeclaration
                | NodeKind::Impl
                | NodeKind::Function
                | NodeKind::Param
                | NodeKind::Test
        );
        documented.then(|| {
            let docs = node.docs().map(|docs| docs.lines).unwrap_or_default();
            docs.iter().map(|line| line.trim_end().to_owned()).collect()
        })
    });
    all.collect()
}

/// The texts of this repository.
static PROGRAMS: LazyLock<Vec<String>> = LazyLock::new(|| {
    fn read(folder: &Path, paths: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, paths);
            } else if path.extension().is_some_and(|extension| extension == "bd") {
                paths.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut paths = Vec::new();
    for folder in ["examples", "tests/cases", "syntax/tests/programs"] {
        read(&root.join(folder), &mut paths);
    }
    paths.sort();
    let texts = paths
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok());
    let texts = texts.collect::<Vec<_>>();
    assert!(texts.len() > 400, "{}", texts.len());
    texts
});

#[test]
fn fmt_1_every_program_keeps_its_tree_and_its_comments() {
    let formatted = PROGRAMS.iter().filter_map(|text| checked(text)).count();
    assert!(formatted > 300, "{formatted}");
}

/// What may stand between two tokens.
const GAPS: &[&str] = &[
    " ",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    " // c\n",
    "\n// c\n",
    "\n\n// c  \n\n",
    "//\r\n",
    "/* b */",
    " /* b */ ",
    "\n/* b\n  b */\n",
    "/* b */\n",
    "\n/* b */ ",
    "/// d\n",
    "\n/// d \n",
    "\n\n/// d\n\n",
    " /// d\n// c\n/// e\n",
    "\n// c\n/* b */ /// d\n",
    "/* a */ // c\n",
    "\n//// f\n\n\n// g\n",
    "\n/// d {\n\n/// e\n",
];

/// The tokens of a text with gaps between some of them, told by numbers.
fn with_gaps(text: &str, gaps: &[u16]) -> String {
    let tree = parse(text);
    let mut out = String::new();
    let mut last = 0;
    for (index, token) in tree.tokens().enumerate() {
        let choice = gaps.get(index % gaps.len().max(1)).copied().unwrap_or(0) as usize;
        let old = &text[last..token.span().start as usize];
        let inside = matches!(token.kind(), TokenKind::TextMiddle | TokenKind::TextEnd);
        match choice % 4 {
            0 if !inside => out += GAPS[choice / 4 % GAPS.len()],
            1 if !inside => {
                out += old;
                out += GAPS[choice / 4 % GAPS.len()];
            }
            _ => out += old,
        }
        out += token.text();
        last = token.span().end as usize;
    }
    out
}

/// Words of which soups of tokens are made.
const WORDS: &[&str] = &[
    "i32",
    "f",
    "x",
    "T",
    "ref",
    "out",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    ",",
    ";",
    ":",
    ".",
    "::",
    "=>",
    "=",
    "==",
    "+",
    "-",
    "!",
    "?",
    "&&",
    "1",
    "1.5",
    "'c'",
    "\"t\"",
    "\"a${b}c\"",
    "if",
    "else",
    "while",
    "for",
    "in",
    "match",
    "when",
    "return",
    "break",
    "let",
    "mut",
    "pub",
    "type",
    "enum",
    "contract",
    "impl",
    "event",
    "test",
    "meta",
    "skip",
    "use",
    "mod",
    "attribute",
    "_",
    "true",
    "// c\n",
    "/* b */",
    "/// d\n",
    "\n",
];

/// Expressions, by the grammar.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "a",
        "b.c",
        "1",
        "-2",
        "1.5",
        "()",
        "\"s\"",
        "'c'",
        "E::V",
        "true",
        "[]",
        "T { }",
        "a<b>(c)",
        "(x) => { }",
        "longer_than_the_others_so_that_lines_end",
        "\"a ${b+c /* d */} e\"",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(6, 60, 6, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..6);
        prop_oneof![
            (inner.clone(), inner.clone(), 0..OPERATORS.len())
                .prop_map(|(a, b, op)| format!("{a} {} {b}", OPERATORS[op])),
            (inner.clone(), list.clone())
                .prop_map(|(f, list)| format!("({f})({})", list.join(","))),
            list.clone()
                .prop_map(|list| format!("[{},]", list.join(",")).replace("[,]", "[]")),
            list.clone().prop_map(|list| {
                let fields = list.iter().map(|value| format!("f:{value}"));
                format!("T{{{}}}", fields.collect::<Vec<_>>().join(","))
            }),
            list.prop_map(|list| {
                let arms = list.iter().map(|value| format!("E::V(x) when b=>{value},"));
                format!("match a {{{}}}", arms.collect::<String>())
            }),
            inner
                .clone()
                .prop_map(|a| format!("(x,y)=>{{ if {a} {{ g({a}); }} i32 z={a}; }}")),
            inner
                .clone()
                .prop_map(|a| format!("\"p${{{a}}}q${{{a}}}r\"")),
            inner
                .clone()
                .prop_map(|a| format!("!({a})?.m<i32>({a})[{a}]")),
            inner.prop_map(|a| format!("- -{a}")),
        ]
    })
}

const OPERATORS: &[&str] = &[
    "+", "-", "*", "/", "%", "<", ">", "==", "!==", "&&", "||", "=", "+=",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn fmt_3_comments_anywhere_stay(
        program in 0_usize..10_000,
        gaps in prop::collection::vec(any::<u16>(), 1..200),
    ) {
        let programs = &*PROGRAMS;
        checked(&with_gaps(&programs[program % programs.len()], &gaps));
    }

    #[test]
    fn fmt_1_programs_with_other_tokens(
        program in 0_usize..10_000,
        at in any::<u32>(),
        word in prop::sample::select(WORDS),
        remove in any::<bool>(),
    ) {
        let programs = &*PROGRAMS;
        let mut text = programs[program % programs.len()].clone();
        let tokens = parse(&text).tokens().map(|token| token.span()).collect::<Vec<_>>();
        let span = tokens[at as usize % tokens.len()];
        let range = if remove { span.range() } else { span.range().start..span.range().start };
        text.replace_range(range, word);
        checked(&text);
    }

    #[test]
    fn fmt_1_soups_of_tokens(words in prop::collection::vec(prop::sample::select(WORDS), 0..40)) {
        checked(&words.join(" "));
        checked(&format!("i32 f() {{ {} }}", words.join(" ")));
    }

    #[test]
    fn fmt_1_expressions_of_every_form(
        expression in expression(),
        gaps in prop::collection::vec(any::<u16>(), 1..50),
    ) {
        let text = format!("i32 f() {{ if {expression} {{ }} x = {expression}; return {expression}; }}");
        checked(&text);
        checked(&with_gaps(&text, &gaps));
    }
}
