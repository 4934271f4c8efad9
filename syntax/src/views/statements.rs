//! Statements.

use super::{For, If, Local, While};
use crate::kinds::{NodeKind, TokenKind};
use crate::tree::{Node, Token};

impl<'t> Local<'t> {
    /// Its type; `None` after `let`.
    pub fn ty(self) -> Option<Node<'t>> {
        match self.0.first_token().kind() {
            TokenKind::Let => None,
            _ => self.0.children().next(),
        }
    }

    /// Whether it may change.
    pub fn is_mutable(self) -> bool {
        let mut own = self
            .0
            .tokens()
            .take_while(|token| token.kind() != TokenKind::Eq);
        own.any(|token| token.kind() == TokenKind::Mut)
    }

    /// Its name.
    pub fn name(self) -> Option<Token<'t>> {
        self.0.token(TokenKind::Name)
    }

    /// Its value.
    pub fn value(self) -> Option<Node<'t>> {
        let values = usize::from(self.0.first_token().kind() != TokenKind::Let);
        self.0.children().nth(values)
    }
}

impl<'t> If<'t> {
    /// The conditions with their blocks.
    pub fn arms(self) -> impl Iterator<Item = (Node<'t>, Node<'t>)> {
        let mut children = self.0.children();
        std::iter::from_fn(move || Some((children.next()?, children.next()?)))
    }

    /// The block of an `else` without `if`.
    pub fn otherwise(self) -> Option<Node<'t>> {
        let children = self.0.children();
        let odd = children.clone().count() % 2 == 1;
        children.last().filter(|_| odd)
    }
}

impl<'t> While<'t> {
    /// What must hold.
    pub fn condition(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// What is repeated.
    pub fn body(self) -> Option<Node<'t>> {
        self.0.children().nth(1)
    }
}

impl<'t> For<'t> {
    /// The variable.
    pub fn variable(self) -> Token<'t> {
        self.0.first_token().next()
    }

    /// What is gone through.
    pub fn iterated(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// What is repeated.
    pub fn body(self) -> Option<Node<'t>> {
        let body = self.0.children().nth(1);
        body.filter(|body| body.kind() == NodeKind::Block)
    }
}
