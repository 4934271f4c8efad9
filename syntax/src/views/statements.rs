//! Statements.

use super::{For, If, Local, While};
use crate::kinds::{NodeKind, TokenKind};
use crate::tree::{Node, Token};

impl<'t> Local<'t> {
    /// Its type; `None` after `let`.
    #[inline]
    pub fn ty(self) -> Option<Node<'t>> {
        match self.0.first_token().kind() {
            TokenKind::Let => None,
            _ => self.0.children().next(),
        }
    }

    /// Whether it may change.
    #[inline]
    pub fn is_mutable(self) -> bool {
        let is_mut = |token: Token<'t>| token.kind() == TokenKind::Mut;
        is_mut(self.0.first_token()) || is_mut(self.after_type())
    }

    /// Its name.
    #[inline]
    pub fn name(self) -> Option<Token<'t>> {
        let after = self.after_type();
        let name = match after.kind() {
            TokenKind::Mut => after.next(),
            _ => after,
        };
        (name.kind() == TokenKind::Name).then_some(name)
    }

    /// The token after its type, or after `let`.
    fn after_type(self) -> Token<'t> {
        match self.ty() {
            Some(ty) => ty.token_after(),
            None => self.0.first_token().next(),
        }
    }

    /// Its value.
    #[inline]
    pub fn value(self) -> Option<Node<'t>> {
        let values = usize::from(self.0.first_token().kind() != TokenKind::Let);
        self.0.children().nth(values)
    }
}

impl<'t> If<'t> {
    /// The conditions with their blocks.
    #[inline]
    pub fn arms(self) -> impl Iterator<Item = (Node<'t>, Node<'t>)> {
        let mut children = self.0.children();
        std::iter::from_fn(move || Some((children.next()?, children.next()?)))
    }

    /// The block of an `else` without `if`.
    #[inline]
    pub fn otherwise(self) -> Option<Node<'t>> {
        let children = self.0.children();
        let odd = children.clone().count() % 2 == 1;
        children.last().filter(|_| odd)
    }
}

impl<'t> While<'t> {
    /// What must hold.
    #[inline]
    pub fn condition(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// What is repeated.
    #[inline]
    pub fn body(self) -> Option<Node<'t>> {
        self.0.children().nth(1)
    }
}

impl<'t> For<'t> {
    /// The variable.
    #[inline]
    pub fn variable(self) -> Token<'t> {
        self.0.first_token().next()
    }

    /// What is gone through.
    #[inline]
    pub fn iterated(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// What is repeated.
    #[inline]
    pub fn body(self) -> Option<Node<'t>> {
        let body = self.0.children().nth(1);
        body.filter(|body| body.kind() == NodeKind::Block)
    }
}
