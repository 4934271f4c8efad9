//! The nodes of a tree with names and parts.
//!
//! A view is a node of one kind. What the grammar demands is there, unless the
//! node is under [`NodeKind::Error`]; so a view of such a node may answer `None`
//! where the grammar says that something is.

mod expressions;
mod items;
mod statements;

use crate::kinds::{NodeKind, TokenKind};
use crate::tree::{Node, Token};

macro_rules! views {
    ($($name:ident,)+) => {$(
        #[doc = concat!("A node of the kind [`NodeKind::", stringify!($name), "`].")]
        #[derive(Debug, Clone, Copy)]
        pub struct $name<'t>(Node<'t>);

        impl<'t> $name<'t> {
            /// The node as this, if it is one.
            #[inline]
            pub fn cast(node: Node<'t>) -> Option<Self> {
                (node.kind() == NodeKind::$name).then_some(Self(node))
            }

            /// The node.
            #[inline]
            pub const fn node(self) -> Node<'t> {
                self.0
            }
        }
    )+};
}

views! {
    Arm, Assign, Attribute, AttributeArgument, AttributeDeclaration, AttributeParameter, Chain,
    Contract, ContractMethod, Embedding, Entry, Enum, EnumValue, Event, Field, FieldValue, For,
    Function, Generics, If, Impl, Lambda, LambdaParam, Local, Match, Member, Module,
    ModuleDeclaration, Param, Params, Path, Postfix, StructValue, Test, Type, Unary, Use, Variant,
    VariantField, VariantPattern, While,
}

impl<'t> Node<'t> {
    /// The attributes at its begin; one that is broken is of the kind
    /// [`NodeKind::Error`].
    pub fn attributes(self) -> impl Iterator<Item = Self> {
        self.children().take_while(|child| child.is_attribute())
    }

    /// The nodes in it after its attributes.
    pub fn parts(self) -> impl Iterator<Item = Self> {
        self.children().skip_while(|child| child.is_attribute())
    }

    fn is_attribute(self) -> bool {
        match self.kind() {
            NodeKind::Attribute => true,
            NodeKind::Error => self.first_token().kind() == TokenKind::OpenBracket,
            _ => false,
        }
    }

    /// The first token after its attributes.
    fn first_after_attributes(self) -> Token<'t> {
        let last = self.attributes().last();
        last.map_or(self.first_token(), Self::token_after)
    }

    /// Whether it begins with `pub`.
    pub fn is_public(self) -> bool {
        self.first_after_attributes().kind() == TokenKind::Pub
    }

    /// The word that says what item it is; of a function, the begin of its type.
    pub fn keyword(self) -> Token<'t> {
        let first = self.first_after_attributes();
        match first.kind() {
            TokenKind::Pub => first.next(),
            _ => first,
        }
    }
}
