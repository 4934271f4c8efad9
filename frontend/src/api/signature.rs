//! A declaration in a line.

use beskid_syntax::views;
use beskid_syntax::{Node, NodeKind, TokenId, TokenKind};

/// What a declaration says without its attributes, its comments and what is in it.
pub(crate) fn signature(node: Node<'_>) -> String {
    let mut text = String::new();
    if node.is_public() {
        text.push_str("pub");
    }
    let mut token = node.keyword();
    let end = end(node);
    while token.id() < end {
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
