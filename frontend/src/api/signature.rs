//! A declaration in a line.

use std::ops::Range;

use beskid_syntax::views;
use beskid_syntax::{Node, NodeKind, TokenId, TokenKind};

use crate::builtins::PLACE;

/// What a declaration says without its attributes, its comments and what is in it.
pub(crate) fn signature(node: Node<'_>) -> String {
    let mut text = String::new();
    if node.is_public() {
        text.push_str("pub");
    }
    let mut token = node.keyword();
    let end = end(node);
    let place = place(node);
    while token.id() < end {
        if place
            .as_ref()
            .is_some_and(|place| place.contains(&token.id()))
        {
            token = token.next();
            continue;
        }
        // Line ends beside brackets are of lists that have a line for each part.
        let beside = text.ends_with(['(', '<', '[']) || matches!(token.text(), ")" | "," | "]");
        if !text.is_empty() && !beside && token.trivia().next().is_some() {
            text.push(' ');
        }
        text.push_str(token.text());
        token = token.next();
    }
    text.trim_end_matches([',', ';']).to_owned()
}

/// The parameter that no argument is written for, with the comma before it.
fn place(node: Node<'_>) -> Option<Range<TokenId>> {
    let params = views::Function::cast(node)?.params()?;
    let last = params.params().last()?;
    last.name().filter(|name| name.text() == PLACE)?;
    let first = last.node().first_token().id();
    let before = TokenId(first.0.saturating_sub(1));
    let comma = node.tree().token(before).kind() == TokenKind::Comma;
    Some(if comma { before } else { first }..last.node().token_after().id())
}

/// The first token that says no more of the declaration.
fn end(node: Node<'_>) -> TokenId {
    let body = match node.kind() {
        NodeKind::Function => {
            let body = views::Function::cast(node).and_then(views::Function::body);
            body.map(|body| body.first_token().id())
        }
        NodeKind::Event => None,
        _ => node.token(TokenKind::OpenBrace).map(|brace| brace.id()),
    };
    body.unwrap_or_else(|| node.token_after().id())
}
