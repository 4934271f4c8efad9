//! What holds of the tree of every text.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

use beskid_syntax::{Node, TokenKind, Tree, parse};
use proptest::prelude::*;

/// Reads a text and checks what holds of every tree.
fn checked(text: &str) -> Tree {
    let tree = parse(text);
    assert_eq!(tree.text(), text);
    assert_eq!(pieces(&tree), text, "the tokens are not the text");
    assert_eq!(tree, parse(text), "SYN-8: equal texts, other trees");
    assert!(
        tree.errors().is_sorted_by_key(|error| error.span.start),
        "SYN-8: {:?}",
        tree.errors()
    );
    for error in tree.errors() {
        assert!(error.span.end as usize <= text.len());
        assert!(!error.message(text).is_empty());
        let _ = (error.label(), error.help(text));
    }
    let mut count = 0;
    nested(tree.root(), 0, &mut count);
    assert_eq!(count, tree.node_count());
    assert!(tree.to_string().starts_with("(File"));
    tree
}

/// Every byte of the tree: tokens, and what stands before each.
fn pieces(tree: &Tree) -> String {
    let mut text = String::new();
    for token in tree.tokens() {
        for piece in token.trivia() {
            text.push_str(piece.span.text(tree.text()));
        }
        text.push_str(token.text());
    }
    text
}

/// Nodes lie in the nodes around them, one after the other; every token is in one.
fn nested(node: Node<'_>, depth: usize, count: &mut usize) {
    *count += 1;
    assert!(depth < 2_000, "SYN-7");
    let (mut next, end) = (node.first_token().id(), node.token_after().id());
    let own = node.tokens().count();
    let mut of_children = 0;
    for child in node.children() {
        let (first, last) = (child.first_token().id(), child.token_after().id());
        let ends = last.0.max(first.0);
        assert!(next <= first, "{} in {}", child, node);
        assert!(ends <= end.0 || node.id().0 == 0, "{} in {}", child, node);
        of_children += (ends - first.0) as usize;
        next = child.token_after().id();
        nested(child, depth + 1, count);
    }
    let all = match node.id().0 {
        0 => node.tree().tokens().count(),
        _ => (end.0 - node.first_token().id().0) as usize,
    };
    assert_eq!(own + of_children, all, "{node}");
}

/// The programs of this repository.
fn programs() -> Vec<String> {
    let programs = programs_in(&[
        "examples",
        "tests/cases/run",
        "tests/cases/rejected",
        "syntax/tests/programs",
    ]);
    assert!(programs.len() > 40, "{}", programs.len());
    programs
}

fn programs_in(folders: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut paths = Vec::<PathBuf>::new();
    for folder in folders {
        let entries = fs::read_dir(root.join(folder)).unwrap();
        paths.extend(entries.map(|entry| entry.unwrap().path()));
    }
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "bd"));
    paths
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

#[test]
fn every_prefix_of_every_program() {
    for text in programs() {
        checked(&text);
        for (end, _) in text.char_indices() {
            let tree = parse(&text[..end]);
            assert_eq!(pieces(&tree), text[..end]);
        }
    }
}

#[test]
fn every_program_without_any_one_token() {
    for text in programs() {
        let spans = parse(&text)
            .tokens()
            .map(|token| token.span())
            .collect::<Vec<_>>();
        for span in spans {
            let mut broken = text.clone();
            broken.replace_range(span.range(), "");
            let tree = parse(&broken);
            assert_eq!(pieces(&tree), broken);
            let errors = tree.errors();
            // A quote that is missing turns a text inside out.
            let end = span.end as usize;
            let line = text[..end].rfind('\n').unwrap_or(0)
                ..text[end..].find('\n').map_or(text.len(), |at| end + at);
            let quote = text[line].contains('"');
            // A brace that is missing makes members of what were items, or the reverse.
            let brace = matches!(span.text(&text), "{" | "}");
            assert!(
                quote || brace || errors.len() < 6,
                "{errors:?} without {span:?} of {text}"
            );
        }
    }
}

/// Every construct of the grammar, broken by each of these before each of its tokens: reading
/// ends, with every byte in the tree.
#[test]
fn syn_8_what_does_not_end_before_any_token() {
    let parts = [
        "\"",
        "\";",
        "\"a;\n",
        "\"a;\nlet ",
        "\"a;\n) ",
        "\"${",
        "\"${a;\n",
        "'",
        "/*",
        "{",
        "}",
        "(",
        ")",
        "[",
        ";",
        ",",
        "=>",
        "let ",
        "case 1: ",
    ];
    for text in programs_in(&["syntax/tests/programs"]) {
        let tree = parse(&text);
        for at in tree.tokens().map(|token| token.span().start as usize) {
            for part in parts {
                let mut broken = text.clone();
                broken.insert_str(at, part);
                assert_eq!(pieces(&parse(&broken)), broken, "{broken}");
            }
        }
    }
}

#[test]
fn empty_texts() {
    for text in ["", " ", "\n", "// a", "/* a */", "/// a", "\r\n"] {
        let tree = checked(text);
        assert_eq!(tree.errors(), [], "{text:?}");
        assert_eq!(tree.root().children().count(), 0);
        assert_eq!(tree.root().first_token().kind(), TokenKind::End);
    }
}

const WORDS: &[&str] = &[
    "unit",
    "i32",
    "f",
    "x",
    "ref",
    "out",
    "u8",
    "Extern",
    "contract",
    "type",
    "enum",
    "impl",
    "match",
    "when",
    "event",
    "attribute",
    "use",
    "as",
    "mod",
    "pub",
    "test",
    "meta",
    "skip",
    "let",
    "mut",
    "if",
    "else",
    "while",
    "for",
    "in",
    "return",
    "break",
    "continue",
    "true",
    "spawn",
    "host",
    "=>",
    "::",
    "===",
    "!==",
    "==",
    "&&",
    "||",
    "+=",
    "-=",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    ";",
    ":",
    ".",
    "=",
    "<",
    ">",
    "+",
    "-",
    "*",
    "/",
    "%",
    "!",
    "?",
    "1",
    "2.5",
    "3_u8",
    "'c'",
    "\"a\"",
    "\"${",
    "}\"",
    "\"",
    "//",
    "/*",
    "*/",
    "///",
    "\n",
    "_",
    "@",
    "é",
    "\u{0}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        checked(&text);
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        checked(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_soup_of_tokens(words in prop::collection::vec(prop::sample::select(WORDS), 0..80)) {
        checked(&words.join(" "));
        checked(&words.concat());
    }

    #[test]
    fn mutated_programs(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        cut in 0_usize..40,
        words in prop::collection::vec(prop::sample::select(WORDS), 0..4),
    ) {
        let programs = programs();
        let mut text = programs[which.index(programs.len())].clone();
        let start = floor(&text, at.index(text.len() + 1));
        let end = floor(&text, (start + cut).min(text.len()));
        text.replace_range(start..end, &words.join(" "));
        checked(&text);
    }
}

/// The begin of the character that an offset is in.
fn floor(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}
