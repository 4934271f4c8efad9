//! Making nodes.

use super::{Parsed, Parser};
use crate::kinds::NodeKind;
use crate::tree::NodeData;

/// Where a node begins, if there should be one.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    node: usize,
    token: usize,
}

impl Parser<'_> {
    pub(super) fn mark(&self) -> Mark {
        Mark {
            node: self.nodes.len(),
            token: self.at,
        }
    }

    /// Begins a node.
    pub(super) fn open(&mut self, kind: NodeKind) -> Mark {
        let mark = self.mark();
        self.nodes.push(NodeData {
            kind,
            first: mark.token as u32,
            end: mark.token as u32,
            size: 1,
        });
        mark
    }

    /// Begins a node before those since the mark.
    pub(super) fn open_before(&mut self, mark: Mark, kind: NodeKind) {
        let node = NodeData {
            kind,
            first: mark.token as u32,
            end: mark.token as u32,
            size: 1,
        };
        self.nodes.insert(mark.node, node);
    }

    /// Ends the node that begins at the mark.
    pub(super) fn close(&mut self, mark: Mark) {
        let size = self.nodes.len() - mark.node;
        if let Some(node) = self.nodes.get_mut(mark.node) {
            node.size = size as u32;
            node.end = self.at as u32;
        }
    }

    pub(super) fn set_kind(&mut self, mark: Mark, kind: NodeKind) {
        if let Some(node) = self.nodes.get_mut(mark.node) {
            node.kind = kind;
        }
    }

    /// A node with what is parsed in it.
    pub(super) fn node<T>(
        &mut self,
        kind: NodeKind,
        parse: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        let mark = self.open(kind);
        let parsed = parse(self);
        self.close(mark);
        parsed
    }

    /// A node that has those since the mark, and what is parsed now.
    pub(super) fn around(
        &mut self,
        mark: Mark,
        kind: NodeKind,
        parse: impl FnOnce(&mut Self) -> Parsed,
    ) -> Parsed {
        self.open_before(mark, kind);
        let parsed = parse(self);
        self.close(mark);
        parsed
    }

    /// A node of the next token.
    pub(super) fn leaf(&mut self, kind: NodeKind) {
        let first = self.at as u32;
        self.bump();
        self.nodes.push(NodeData {
            kind,
            first,
            end: self.at as u32,
            size: 1,
        });
    }
}

impl Mark {
    /// The node that begins there.
    pub(super) const fn node(self) -> usize {
        self.node
    }

    /// The token that it stands before.
    pub(super) const fn token(self) -> usize {
        self.token
    }
}
