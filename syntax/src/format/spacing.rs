//! Between which parts of a line there are blanks.

use crate::kinds::{NodeKind, TokenKind};
use crate::tree::{Node, Token};
use crate::trivia::TriviaKind;

/// A part of a node: one of its own tokens, or a node in it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part<'t> {
    Token(Token<'t>),
    Node(Node<'t>),
}

impl<'t> Part<'t> {
    pub(super) fn first_token(self) -> Token<'t> {
        match self {
            Self::Token(token) => token,
            Self::Node(node) => node.first_token(),
        }
    }

    /// Whether it is a token of a kind.
    pub(super) fn is(self, kind: TokenKind) -> bool {
        matches!(self, Self::Token(token) if token.kind() == kind)
    }

    /// Whether it is the word before an expression in the head of a statement.
    pub(super) fn opens_head(self) -> bool {
        [TokenKind::If, TokenKind::While, TokenKind::In]
            .into_iter()
            .any(|word| self.is(word))
    }

    pub(super) const fn node(self) -> Option<Node<'t>> {
        match self {
            Self::Node(node) => Some(node),
            Self::Token(_) => None,
        }
    }
}

/// The parts of a node, in the order of the text.
pub(super) fn parts(node: Node<'_>) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut tokens = node.tokens().peekable();
    for child in node.children() {
        while let Some(token) = tokens.next_if(|token| token.id() < child.first_token().id()) {
            parts.push(Part::Token(token));
        }
        parts.push(Part::Node(child));
    }
    parts.extend(tokens.map(Part::Token));
    parts
}

/// Whether no blank stands between a token and the next part of a node.
pub(super) fn is_tight(node: NodeKind, before: TokenKind, part: Part<'_>) -> bool {
    match node {
        NodeKind::Chain | NodeKind::Assign => return false,
        NodeKind::LiteralPattern => return true,
        NodeKind::Unary if matches!(before, TokenKind::Minus | TokenKind::Not) => return true,
        NodeKind::Event if before != TokenKind::CloseBrace && !part.is(TokenKind::Name) => {
            return true;
        }
        NodeKind::TypeArguments | NodeKind::Generics
            if before == TokenKind::Less || part.is(TokenKind::Greater) =>
        {
            return true;
        }
        _ => {}
    }
    if opens(before) || matches!(before, TokenKind::Dot | TokenKind::PathSeparator) {
        return true;
    }
    match part {
        Part::Node(part) => match part.kind() {
            NodeKind::TypeList => node == NodeKind::FunctionType,
            kind => matches!(
                kind,
                NodeKind::Params
                    | NodeKind::Arguments
                    | NodeKind::Generics
                    | NodeKind::TypeArguments
                    | NodeKind::AttributeTargets
                    | NodeKind::Member
                    | NodeKind::Index
                    | NodeKind::Try
            ),
        },
        Part::Token(token) => match token.kind() {
            TokenKind::Colon => node != NodeKind::Type,
            kind => {
                closes(kind)
                    || matches!(
                        kind,
                        TokenKind::OpenParen
                            | TokenKind::OpenBracket
                            | TokenKind::Dot
                            | TokenKind::PathSeparator
                    )
            }
        },
    }
}

/// Whether nothing stands before what follows a token.
pub(super) const fn opens(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::OpenParen | TokenKind::OpenBracket)
}

/// Whether nothing stands before a token.
pub(super) const fn closes(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::CloseParen | TokenKind::CloseBracket | TokenKind::Comma | TokenKind::Semicolon
    )
}

/// Whether two tokens without a blank between them would be other ones.
pub(super) fn fuse(before: Token<'_>, after: Token<'_>) -> bool {
    let starts_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let number = matches!(before.kind(), TokenKind::Integer | TokenKind::Float);
    let word = number || before.kind() == TokenKind::Name || before.kind().is_word();
    if after.kind() == TokenKind::Dot {
        // Only a name tells the point of a member from that of a number.
        let mut between = after.next().trivia();
        return number && between.any(|piece| piece.kind != TriviaKind::Blank);
    }
    word && after.text().starts_with(starts_word)
}
