//! What has braces, what is in them, and statements with blocks.

use super::builder::{Builder, Sep};
use super::piece::Piece;
use super::spacing::{self, Part};
use crate::kinds::{NodeKind, TokenKind};
use crate::tree::{Node, Token};

impl<'t> Builder<'t> {
    /// A whole text.
    pub(super) fn file(&mut self, file: Node<'t>) {
        self.sep(Sep::Line);
        for (index, item) in file.children().enumerate() {
            if index > 0 {
                self.sep(Sep::Empty);
            }
            self.node(item);
        }
        self.sep(Sep::Keep);
        self.comments(file.last_token());
    }

    /// A node with braces: what is before them, and a line for each part in them.
    pub(super) fn braced(&mut self, node: Node<'t>) {
        let parts = spacing::parts(node);
        let Some(open) = parts.iter().position(|part| part.is(TokenKind::OpenBrace)) else {
            return self.parts(node.kind(), &parts);
        };
        let (head, rest) = parts.split_at(open);
        self.parts(node.kind(), head);
        let [Part::Token(open), inner @ .., Part::Token(close)] = rest else {
            return;
        };
        if !head.is_empty() {
            let sep = self.before_braces(inner, *close);
            self.sep(sep);
        }
        self.token(*open);
        self.inner(node.kind(), inner, *close);
    }

    /// What is wanted before the brace of a body.
    pub(super) fn before_brace(&self, body: Node<'t>) -> Sep {
        let parts = spacing::parts(body);
        match parts.as_slice() {
            [_, inner @ .., Part::Token(close)] => self.before_braces(inner, *close),
            _ => Sep::Line,
        }
    }

    fn before_braces(&self, inner: &[Part<'t>], close: Token<'t>) -> Sep {
        match inner.is_empty() && !self.has_comments(close) {
            true => Sep::Space,
            false => Sep::Line,
        }
    }

    /// What is between braces, and the one that closes them.
    fn inner(&mut self, kind: NodeKind, inner: &[Part<'t>], close: Token<'t>) {
        if inner.is_empty() && !self.has_comments(close) {
            self.sep(Sep::Space);
            return self.token(close);
        }
        self.push(Piece::Indent);
        let mut before = None::<NodeKind>;
        let mut parts = inner.iter().peekable();
        while let Some(part) = parts.next() {
            let Part::Node(node) = part else {
                self.leave_out(part.first_token());
                continue;
            };
            let sep = match before {
                None => Sep::Line,
                Some(before) => between(kind, before, node.kind()),
            };
            self.sep(sep);
            self.node(*node);
            before = Some(node.kind());
            if has_commas(kind) {
                let comma = parts.next_if(|part| part.is(TokenKind::Comma));
                self.comma(comma.map(|part| part.first_token()));
            }
        }
        self.sep(Sep::Line);
        self.comments(close);
        self.push(Piece::Dedent);
        self.sep(Sep::Line);
        self.token(close);
    }

    /// A comma, whether it was written or not.
    fn comma(&mut self, written: Option<Token<'t>>) {
        if let Some(written) = written {
            self.leave_out(written);
        }
        self.text(",");
    }

    /// A member that is a line and ends with a comma, or an embedding with its `;`.
    pub(super) fn member_line(&mut self, node: Node<'t>) {
        let parts = spacing::parts(node);
        let ends = |part: &&Part<'_>| part.is(TokenKind::Comma) || part.is(TokenKind::Semicolon);
        let end = parts.last().filter(ends);
        let line = &parts[..parts.len() - usize::from(end.is_some())];
        match node.kind() {
            NodeKind::Variant => self.list_among(node.kind(), line),
            kind => self.parts(kind, line),
        }
        if let Some(end) = end {
            self.leave_out(end.first_token());
        }
        self.text(match node.kind() {
            NodeKind::Embedding => ";",
            _ => ",",
        });
    }

    /// `if` and `while`, with conditions in parentheses.
    pub(super) fn conditional(&mut self, node: Node<'t>) {
        let mut before = None;
        for part in spacing::parts(node) {
            match (before, part) {
                (None, _) => {}
                (_, Part::Token(token)) if token.kind() == TokenKind::Else => self.sep(Sep::Line),
                (Some(before), _) => self.before_part(node.kind(), before, part),
            }
            match part {
                Part::Node(condition)
                    if condition.kind() != NodeKind::Block
                        || before.is_some_and(Part::opens_head) =>
                {
                    self.condition(condition);
                }
                _ => self.part(part),
            }
            before = Some(part);
        }
    }

    fn condition(&mut self, node: Node<'t>) {
        // Before `)`, a `>` would not close type arguments any more (SYN-1).
        let closes_types = node.last_token().kind() == TokenKind::Greater;
        if node.kind() == NodeKind::Paren || closes_types {
            return self.node(node);
        }
        self.comments(node.first_token());
        self.text("(");
        self.node(node);
        self.text(")");
    }
}

/// What stands between two parts of a body.
const fn between(body: NodeKind, before: NodeKind, after: NodeKind) -> Sep {
    match body {
        NodeKind::StructValue => Sep::Line,
        NodeKind::Block | NodeKind::Test => match (before, after) {
            (NodeKind::Meta | NodeKind::Skip, _) | (_, NodeKind::Meta | NodeKind::Skip) => {
                Sep::Empty
            }
            (NodeKind::If | NodeKind::While | NodeKind::For, NodeKind::Local) => Sep::Empty,
            _ => Sep::Keep,
        },
        _ => Sep::Empty,
    }
}

/// Whether a comma stands after each part of a body, and is the body's.
const fn has_commas(body: NodeKind) -> bool {
    matches!(
        body,
        NodeKind::Match | NodeKind::StructValue | NodeKind::AttributeDeclaration
    )
}
