//! `beskid parse` and `beskid tree`.

use std::path::Path;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_syntax::{Node, Token, TokenKind, Tree};
use serde_json::{Value, json};

use super::args::MessageFormat;
use super::render;
use super::source_args::{ParseArgs, TreeFormat};
use crate::failure::{Failure, Findings};
use crate::source::{Language, Source};

/// Prints a syntax tree with its tokens; exit status 1 if the source does not follow
/// the grammar.
pub(super) fn parse(args: &ParseArgs, format: MessageFormat) -> Result<u8, Failure> {
    let format_of_tree = match args.format {
        TreeFormat::Json => MessageFormat::Json,
        TreeFormat::Debug => format,
    };
    show(&args.input, |tree| {
        render::value(format_of_tree, &value(tree.root()), || debug(tree))
    })
}

/// Prints the kinds of the nodes of a syntax tree; exit status as for [`parse`].
pub(super) fn tree(input: &Path, format: MessageFormat) -> Result<u8, Failure> {
    show(input, |tree| {
        let text = || {
            let mut lines = Vec::new();
            kinds(tree.root(), 0, &mut lines);
            lines.join("\n")
        };
        render::value(format, &kinds_value(tree.root()), text)
    })
}

fn show(input: &Path, print: impl FnOnce(&Tree) -> Result<(), Diagnostic>) -> Result<u8, Failure> {
    let source = Source::read(input)?;
    let path = source.path().display().to_string();
    if source.language() != Language::Beskid {
        let message = format!("`{path}` is not a Beskid source");
        let refusal = Diagnostic::new(Code::E4041, message).path(path);
        return Err(refusal
            .help("give a source `.bd`, which has a syntax tree")
            .into());
    }
    let (tree, diagnostics) = beskid_frontend::parse(source.bytes());
    if let Some(tree) = &tree {
        print(tree)?;
    }
    if diagnostics.is_empty() {
        return Ok(0);
    }
    Err(Failure::Source(vec![Findings {
        path,
        text: String::from_utf8_lossy(source.bytes()).into_owned(),
        diagnostics,
    }]))
}

fn kinds(node: Node<'_>, depth: usize, lines: &mut Vec<String>) {
    lines.push(format!("{:1$}{2:?}", "", depth * 2, node.kind()));
    for child in node.children() {
        kinds(child, depth + 1, lines);
    }
}

fn kinds_value(node: Node<'_>) -> Value {
    let children = node.children().map(kinds_value).collect::<Vec<_>>();
    json!({ "kind": format!("{:?}", node.kind()), "children": children })
}

/// A node, or a token of one.
enum Part<'t> {
    Node(Node<'t>),
    Token(Token<'t>),
}

/// The parts of a node in the order of the text, without the end of it.
fn parts(node: Node<'_>) -> Vec<Part<'_>> {
    let tokens = node.tokens().filter(|token| token.kind() != TokenKind::End);
    let mut parts = tokens.map(Part::Token).collect::<Vec<_>>();
    parts.extend(node.children().map(Part::Node));
    parts.sort_by_key(|part| match part {
        Part::Node(node) => (node.first_token().id(), 0),
        Part::Token(token) => (token.id(), 1),
    });
    parts
}

fn debug(tree: &Tree) -> String {
    let mut lines = Vec::new();
    debug_node(tree.root(), 0, &mut lines);
    lines.join("\n")
}

fn debug_node(node: Node<'_>, depth: usize, lines: &mut Vec<String>) {
    let span = node.span();
    let kind = node.kind();
    lines.push(format!(
        "{:1$}{kind:?} {2}..{3}",
        "",
        depth * 2,
        span.start,
        span.end
    ));
    for part in parts(node) {
        match part {
            Part::Node(node) => debug_node(node, depth + 1, lines),
            Part::Token(token) => {
                let (kind, text, span) = (token.kind(), token.text(), token.span());
                let indent = (depth + 1) * 2;
                let shown = format!("{kind:?} {text:?} {}..{}", span.start, span.end);
                lines.push(format!("{:indent$}{shown}", ""));
            }
        }
    }
}

fn value(node: Node<'_>) -> Value {
    let children = parts(node).into_iter().map(|part| match part {
        Part::Node(node) => value(node),
        Part::Token(token) => json!({
            "token": format!("{:?}", token.kind()),
            "text": token.text(),
            "start": token.span().start,
            "end": token.span().end,
        }),
    });
    let children = children.collect::<Vec<_>>();
    let span = node.span();
    json!({
        "kind": format!("{:?}", node.kind()),
        "start": span.start,
        "end": span.end,
        "children": children,
    })
}
