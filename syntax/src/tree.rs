//! The tree: tokens, nodes over them, and how to walk them.

use std::sync::Arc;

use crate::error::{ErrorKind, SyntaxError};
use crate::kinds::{NodeKind, TokenKind};
use crate::span::Span;
use crate::tokens::Tokens;
use crate::trivia::{self, Trivia};

/// The number of a node in its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// The number of a token in its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(pub u32);

/// A node as it is stored: in the order in which nodes begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NodeData {
    pub(crate) kind: NodeKind,
    /// The first token.
    pub(crate) first: u32,
    /// The token after the last.
    pub(crate) end: u32,
    /// Number of nodes, with this one.
    pub(crate) size: u32,
}

/// A text and its syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    text: Arc<str>,
    tokens: Tokens,
    nodes: Vec<NodeData>,
    errors: Vec<SyntaxError>,
}

impl Tree {
    pub(crate) fn new(
        text: &str,
        tokens: Tokens,
        nodes: Vec<NodeData>,
        errors: Vec<SyntaxError>,
    ) -> Self {
        Self {
            text: text.into(),
            tokens,
            nodes,
            errors,
        }
    }

    pub(crate) fn too_large() -> Self {
        let root = NodeData {
            kind: NodeKind::File,
            first: 0,
            end: 0,
            size: 1,
        };
        let error = SyntaxError::new(ErrorKind::TooLarge, Span::new(0, 0));
        Self::new("", Tokens::none(), vec![root], vec![error])
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What does not follow the grammar, in the order of the text.
    pub fn errors(&self) -> &[SyntaxError] {
        &self.errors
    }

    /// Whether something is wrong with exactly these bytes.
    #[inline]
    pub fn is_refused(&self, span: Span) -> bool {
        let found = || self.errors.binary_search_by_key(&span, |error| error.span);
        !self.errors.is_empty() && found().is_ok()
    }

    /// The node of the whole text.
    pub fn root(&self) -> Node<'_> {
        Node { tree: self, id: 0 }
    }

    /// A node by its number.
    pub fn node(&self, id: NodeId) -> Option<Node<'_>> {
        let exists = (id.0 as usize) < self.nodes.len();
        exists.then_some(Node {
            tree: self,
            id: id.0,
        })
    }

    /// Every node, in the order in which they begin.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        let count = self.nodes.len() as u32;
        (0..count).map(|id| Node { tree: self, id })
    }

    /// Number of nodes.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// A token by its number; the end, if there is none.
    #[inline]
    pub fn token(&self, id: TokenId) -> Token<'_> {
        let last = self.tokens.len() as u32 - 1;
        Token {
            tree: self,
            id: id.0.min(last),
        }
    }

    /// Every token, the end too.
    pub fn tokens(&self) -> impl Iterator<Item = Token<'_>> {
        let count = self.tokens.len() as u32;
        (0..count).map(|id| Token { tree: self, id })
    }

    /// The innermost node around an offset of the text.
    pub fn node_at(&self, offset: u32) -> Node<'_> {
        let mut node = self.root();
        while let Some(inner) = node
            .children()
            .find(|child| child.span().range().contains(&(offset as usize)))
        {
            node = inner;
        }
        node
    }
}

/// A token of a tree.
#[derive(Debug, Clone, Copy)]
pub struct Token<'t> {
    tree: &'t Tree,
    id: u32,
}

impl<'t> Token<'t> {
    /// Its number.
    #[inline]
    pub const fn id(self) -> TokenId {
        TokenId(self.id)
    }

    /// What it is.
    #[inline]
    pub fn kind(self) -> TokenKind {
        self.tree.tokens.kind(self.id as usize)
    }

    /// Where it is.
    #[inline]
    pub fn span(self) -> Span {
        self.tree.tokens.span(self.id as usize)
    }

    /// As it is written.
    #[inline]
    pub fn text(self) -> &'t str {
        self.span().text(&self.tree.text)
    }

    /// The blanks and comments before it.
    pub fn trivia(self) -> impl Iterator<Item = Trivia> + 't {
        trivia::pieces(&self.tree.text, self.gap())
    }

    /// Where they are.
    pub(crate) fn gap(self) -> Span {
        self.tree.tokens.gap(self.id as usize)
    }

    /// The one after it; after the end, the end.
    #[must_use]
    #[inline]
    pub fn next(self) -> Self {
        self.tree.token(TokenId(self.id + 1))
    }
}

/// A node of a tree.
#[derive(Debug, Clone, Copy)]
pub struct Node<'t> {
    tree: &'t Tree,
    id: u32,
}

impl<'t> Node<'t> {
    #[inline]
    fn data(self) -> &'t NodeData {
        &self.tree.nodes[self.id as usize]
    }

    /// The tree that it is in.
    #[inline]
    pub const fn tree(self) -> &'t Tree {
        self.tree
    }

    /// Its number.
    #[inline]
    pub const fn id(self) -> NodeId {
        NodeId(self.id)
    }

    /// What it is.
    #[inline]
    pub fn kind(self) -> NodeKind {
        self.data().kind
    }

    /// From its first to its last token. Empty, after the token before, if it has
    /// none.
    #[inline]
    pub fn span(self) -> Span {
        let data = self.data();
        if data.end <= data.first || self.id == 0 {
            return self.unusual_span();
        }
        let tokens = &self.tree.tokens;
        tokens.between(data.first as usize, data.end as usize - 1)
    }

    /// Of the whole text, and of a node without tokens.
    #[cold]
    #[inline(never)]
    fn unusual_span(self) -> Span {
        if self.id == 0 {
            return Span::of(0..self.tree.text.len());
        }
        let last = self.data().end.checked_sub(1);
        let at = last.map_or(0, |last| self.tree.tokens.span(last as usize).end);
        Span::new(at, at)
    }

    /// Whether it is one token and no more.
    #[inline]
    pub fn is_token(self) -> bool {
        self.data().end == self.data().first + 1
    }

    /// As it is written, with the comments in it.
    #[inline]
    pub fn text(self) -> &'t str {
        self.span().text(&self.tree.text)
    }

    /// Its first token.
    #[inline]
    pub fn first_token(self) -> Token<'t> {
        self.tree.token(TokenId(self.data().first))
    }

    /// The token after its last one.
    #[inline]
    pub fn token_after(self) -> Token<'t> {
        self.tree.token(TokenId(self.data().end))
    }

    /// Its last token, or, if it has none, the one before.
    #[inline]
    pub fn last_token(self) -> Token<'t> {
        self.tree.token(TokenId(self.data().end.saturating_sub(1)))
    }

    /// The nodes in it, in the order of the text.
    #[inline]
    pub fn children(self) -> Children<'t> {
        Children {
            tree: self.tree,
            next: self.id + 1,
            end: self.id + self.data().size,
        }
    }

    /// The first child of a kind.
    #[inline]
    pub fn child(self, kind: NodeKind) -> Option<Self> {
        self.children().find(|child| child.kind() == kind)
    }

    /// Its own tokens: those that are in none of its children.
    #[inline]
    pub fn tokens(self) -> impl Iterator<Item = Token<'t>> {
        let mut children = self.children().peekable();
        let mut next = self.data().first;
        let end = self.data().end;
        std::iter::from_fn(move || {
            while let Some(child) = children.next_if(|child| child.data().first <= next) {
                next = next.max(child.data().end);
            }
            if next >= end {
                return None;
            }
            next += 1;
            Some(self.tree.token(TokenId(next - 1)))
        })
    }

    /// The first of its own tokens of a kind.
    pub fn token(self, kind: TokenKind) -> Option<Token<'t>> {
        self.tokens().find(|token| token.kind() == kind)
    }
}

/// The children of a node.
#[derive(Debug, Clone)]
pub struct Children<'t> {
    tree: &'t Tree,
    next: u32,
    end: u32,
}

impl<'t> Iterator for Children<'t> {
    type Item = Node<'t>;

    #[inline]
    fn next(&mut self) -> Option<Node<'t>> {
        if self.next >= self.end {
            return None;
        }
        let node = Node {
            tree: self.tree,
            id: self.next,
        };
        self.next += node.data().size.max(1);
        Some(node)
    }
}
