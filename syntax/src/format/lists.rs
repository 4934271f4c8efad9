//! Lists with commas: on one line, or a line for each of their parts.

use super::builder::{Builder, Sep};
use super::piece::Piece;
use super::spacing::{self, Part};
use crate::kinds::{NodeKind, TokenKind};
use crate::tree::{Node, Token};

impl<'t> Builder<'t> {
    /// A node with a list of its own parts between `(` and `)`, or `[` and `]`.
    pub(super) fn with_list(&mut self, node: Node<'t>) {
        let parts = spacing::parts(node);
        self.list_among(node.kind(), &parts);
    }

    /// Parts of a node, of which those between brackets are a list. An attribute's
    /// own brackets are none.
    pub(super) fn list_among(&mut self, kind: NodeKind, parts: &[Part<'t>]) {
        let opens = |part: &Part<'_>| {
            part.is(TokenKind::OpenParen)
                || (part.is(TokenKind::OpenBracket) && kind == NodeKind::Array)
        };
        let closes = |part: &Part<'_>| {
            part.is(TokenKind::CloseParen)
                || (part.is(TokenKind::CloseBracket) && kind == NodeKind::Array)
        };
        let open = parts.iter().position(opens);
        let close = parts.iter().rposition(closes);
        let (Some(open), Some(close)) = (open, close) else {
            return self.parts(kind, parts);
        };
        let (head, rest) = parts.split_at(open);
        let (list, tail) = rest.split_at(close - open + 1);
        self.parts(kind, head);
        if let (Some(before), Some(first)) = (head.last(), list.first()) {
            self.before_part(kind, *before, *first);
        }
        self.list(list);
        if let (Some(before), Some(first)) = (list.last(), tail.first()) {
            self.before_part(kind, *before, *first);
        }
        self.parts(kind, tail);
    }

    /// A list from its bracket to the one that closes it.
    fn list(&mut self, parts: &[Part<'t>]) {
        let [Part::Token(open), inner @ .., Part::Token(close)] = parts else {
            return;
        };
        let Some(last) = inner.iter().filter_map(|part| part.node()).next_back() else {
            return self.bare_list(*open, inner, *close);
        };
        // A last lambda with a block goes on where it begins.
        let hugs = is_block_lambda(last);
        self.comments(*open);
        if !hugs {
            self.push(Piece::Open);
        }
        self.token(*open);
        if !hugs {
            self.push(Piece::Indent);
        }
        self.sep(if hugs { Sep::None } else { Sep::Soft });
        let mut ended = false;
        for part in inner {
            match part {
                Part::Node(node) => {
                    self.node(*node);
                    ended = node.id() == last.id();
                }
                Part::Token(comma) if ended => self.leave_out(*comma),
                Part::Token(comma) => {
                    self.sep(Sep::None);
                    self.token(*comma);
                    self.sep(if hugs { Sep::Space } else { Sep::SoftSpace });
                }
            }
        }
        if hugs {
            self.sep(Sep::None);
        } else {
            self.push(Piece::IfBroken(","));
            self.sep(Sep::Soft);
        }
        self.comments(*close);
        if !hugs {
            self.push(Piece::Dedent);
            self.sep(Sep::Soft);
        }
        self.token(*close);
        if !hugs {
            self.push(Piece::Close);
        }
    }

    /// A list of nothing, or of names that are tokens.
    fn bare_list(&mut self, open: Token<'t>, inner: &[Part<'t>], close: Token<'t>) {
        self.token(open);
        for (index, part) in inner.iter().enumerate() {
            let last = index + 1 == inner.len();
            match part {
                Part::Token(comma) if comma.kind() == TokenKind::Comma && last => {
                    self.leave_out(*comma);
                }
                Part::Token(comma) if comma.kind() == TokenKind::Comma => {
                    self.sep(Sep::None);
                    self.token(*comma);
                }
                _ => {
                    self.sep(if index == 0 { Sep::None } else { Sep::Space });
                    self.part(*part);
                }
            }
        }
        self.sep(Sep::None);
        self.token(close);
    }
}

fn is_block_lambda(node: Node<'_>) -> bool {
    let body = node.children().last();
    node.kind() == NodeKind::Lambda && body.is_some_and(|body| body.kind() == NodeKind::Block)
}
