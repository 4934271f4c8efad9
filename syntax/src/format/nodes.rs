//! The pieces of each kind of node.

use super::builder::{Builder, Sep};
use super::piece::Piece;
use super::spacing::{self, Part};
use crate::kinds::{NodeKind, TokenKind};
use crate::tree::Node;

impl<'t> Builder<'t> {
    /// A node, after what is wanted before it.
    pub(super) fn node(&mut self, node: Node<'t>) {
        match node.kind() {
            NodeKind::Module
            | NodeKind::Type
            | NodeKind::Enum
            | NodeKind::Contract
            | NodeKind::AttributeDeclaration
            | NodeKind::Impl
            | NodeKind::Test
            | NodeKind::Meta
            | NodeKind::Skip
            | NodeKind::Block
            | NodeKind::Match
            | NodeKind::StructValue => self.braced(node),
            NodeKind::Field | NodeKind::Event | NodeKind::Embedding | NodeKind::Variant => {
                self.member_line(node);
            }
            NodeKind::If | NodeKind::While => self.conditional(node),
            NodeKind::Arguments
            | NodeKind::Array
            | NodeKind::Params
            | NodeKind::VariantPattern
            | NodeKind::Attribute
            | NodeKind::AttributeTargets
            | NodeKind::TypeList
            | NodeKind::Lambda => self.with_list(node),
            NodeKind::Chain => self.chain(node),
            NodeKind::Interpolation => self.interpolation(node),
            _ => self.parts(node.kind(), &spacing::parts(node)),
        }
    }

    /// Parts of a node on a line.
    pub(super) fn parts(&mut self, kind: NodeKind, parts: &[Part<'t>]) {
        let mut before = None;
        for part in parts {
            if let Some(before) = before {
                self.before_part(kind, before, *part);
            }
            self.part(*part);
            before = Some(*part);
        }
    }

    pub(super) fn part(&mut self, part: Part<'t>) {
        match part {
            Part::Token(token) => self.token(token),
            Part::Node(node) => self.node(node),
        }
    }

    /// What is wanted between two parts of a node.
    pub(super) fn before_part(&mut self, kind: NodeKind, before: Part<'t>, part: Part<'t>) {
        let last = self.last().map_or(TokenKind::End, |token| token.kind());
        let after = before.node().map(|node| node.kind());
        let sep = match part {
            _ if after == Some(NodeKind::Attribute) && kind != NodeKind::Param => Sep::Line,
            Part::Node(body)
                if body.kind() == NodeKind::Block && takes_block(kind) && !before.opens_head() =>
            {
                self.before_brace(body)
            }
            _ if spacing::is_tight(kind, last, part) => Sep::None,
            _ => Sep::Space,
        };
        self.sep(sep);
    }

    /// Operands and operators: on one line, or a line for each operator.
    fn chain(&mut self, node: Node<'t>) {
        self.comments(node.first_token());
        self.push(Piece::Open);
        self.push(Piece::Indent);
        for part in spacing::parts(node) {
            match part {
                Part::Token(token) => {
                    self.sep(Sep::SoftSpace);
                    self.token(token);
                    self.sep(Sep::Space);
                }
                Part::Node(node) => self.node(node),
            }
        }
        self.push(Piece::Dedent);
        self.push(Piece::Close);
    }

    /// A string with code is one text, since its lines are its value.
    fn interpolation(&mut self, node: Node<'t>) {
        self.comments(node.first_token());
        let mark = self.mark();
        for part in spacing::parts(node) {
            self.sep(Sep::None);
            self.part(part);
        }
        self.flatten(mark, node.text());
    }
}

/// Whether a block in a node is its body, and no expression.
const fn takes_block(kind: NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::Function | NodeKind::If | NodeKind::While | NodeKind::For
    )
}
