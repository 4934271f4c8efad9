//! Items and their members.

use super::{
    Attribute, AttributeArgument, AttributeDeclaration, AttributeParameter, Contract,
    ContractMethod, Embedding, Entry, Enum, Event, Field, Function, Generics, Impl, Module,
    ModuleDeclaration, Param, Params, Path, Test, Type, Use, Variant, VariantField,
};
use crate::kinds::{NodeKind, TokenKind};
use crate::tree::{Node, Token};

/// Those whose name follows a word.
macro_rules! named_after_keyword {
    ($($name:ident),+) => {$(
        impl<'t> $name<'t> {
            /// Its name.
            pub fn name(self) -> Token<'t> {
                self.0.keyword().next()
            }
        }
    )+};
}

named_after_keyword!(Type, Enum, Contract, AttributeDeclaration, Test, Module);

/// Those that begin with a type and their name.
macro_rules! typed_and_named {
    ($($name:ident),+) => {$(
        impl<'t> $name<'t> {
            /// Its type; of what is called, that of the result.
            pub fn ty(self) -> Option<Node<'t>> {
                self.0.parts().next()
            }

            /// Its name, which follows the type.
            pub fn name(self) -> Option<Token<'t>> {
                self.ty().map(Node::token_after)
            }
        }
    )+};
}

typed_and_named!(Function, ContractMethod, Field, Param);

impl<'t> Function<'t> {
    /// Its type parameters.
    pub fn generics(self) -> Option<Generics<'t>> {
        self.0.child(NodeKind::Generics).and_then(Generics::cast)
    }

    /// Its parameters.
    pub fn params(self) -> Option<Params<'t>> {
        self.0.child(NodeKind::Params).and_then(Params::cast)
    }

    /// Its block, or its [`NodeKind::ExpressionBody`].
    pub fn body(self) -> Option<Node<'t>> {
        self.0.parts().last()
    }
}

impl<'t> ContractMethod<'t> {
    /// Its parameters.
    pub fn params(self) -> Option<Params<'t>> {
        self.0.child(NodeKind::Params).and_then(Params::cast)
    }
}

impl<'t> Params<'t> {
    /// The parameters.
    pub fn params(self) -> impl Iterator<Item = Param<'t>> {
        self.0.children().filter_map(Param::cast)
    }
}

impl<'t> Param<'t> {
    /// `mut` or `out`.
    pub fn modifier(self) -> Option<Token<'t>> {
        let first = self.0.first_after_attributes();
        let ty = self.ty()?.first_token();
        (first.id() < ty.id()).then_some(first)
    }
}

impl<'t> Generics<'t> {
    /// The names.
    pub fn names(self) -> impl Iterator<Item = Token<'t>> {
        let tokens = self.0.tokens();
        tokens.filter(|token| token.kind() == TokenKind::Name)
    }
}

impl<'t> Type<'t> {
    /// Its type parameters.
    pub fn generics(self) -> Option<Generics<'t>> {
        self.0.child(NodeKind::Generics).and_then(Generics::cast)
    }

    /// The contracts that it conforms to.
    pub fn contracts(self) -> impl Iterator<Item = Path<'t>> {
        self.0.children().filter_map(Path::cast)
    }

    /// Its fields, events and methods, and what is broken among them.
    pub fn members(self) -> impl Iterator<Item = Node<'t>> {
        let member = |node: &Node<'t>| {
            matches!(
                node.kind(),
                NodeKind::Field | NodeKind::Event | NodeKind::Function | NodeKind::Error
            )
        };
        self.0.parts().filter(member)
    }
}

impl<'t> Event<'t> {
    /// How many may subscribe.
    pub fn capacity(self) -> Option<Token<'t>> {
        self.0.token(TokenKind::Integer)
    }

    /// Its name, which stands before its parameters.
    pub fn name(self) -> Option<Token<'t>> {
        self.0.token(TokenKind::Name)
    }

    /// Its parameters.
    pub fn params(self) -> Option<Params<'t>> {
        self.0.child(NodeKind::Params).and_then(Params::cast)
    }
}

impl<'t> Enum<'t> {
    /// Its type parameters.
    pub fn generics(self) -> Option<Generics<'t>> {
        self.0.child(NodeKind::Generics).and_then(Generics::cast)
    }

    /// Its variants.
    pub fn variants(self) -> impl Iterator<Item = Variant<'t>> {
        self.0.children().filter_map(Variant::cast)
    }
}

impl<'t> Variant<'t> {
    /// Its name.
    pub fn name(self) -> Token<'t> {
        self.0.first_token()
    }

    /// What it carries.
    pub fn fields(self) -> impl Iterator<Item = VariantField<'t>> {
        self.0.children().filter_map(VariantField::cast)
    }
}

impl<'t> VariantField<'t> {
    /// Its type.
    pub fn ty(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// Its name, if it has one (ENM-1).
    pub fn name(self) -> Option<Token<'t>> {
        self.0.token(TokenKind::Name)
    }
}

impl<'t> Contract<'t> {
    /// Its methods and embedded contracts, and what is broken among them.
    pub fn members(self) -> impl Iterator<Item = Node<'t>> {
        self.0.parts()
    }
}

impl<'t> Embedding<'t> {
    /// The contract.
    pub fn path(self) -> Option<Path<'t>> {
        self.0.child(NodeKind::Path).and_then(Path::cast)
    }
}

impl<'t> Impl<'t> {
    /// The type whose methods these are.
    pub fn ty(self) -> Option<Node<'t>> {
        self.0.parts().next()
    }

    /// The methods.
    pub fn methods(self) -> impl Iterator<Item = Function<'t>> {
        self.0.children().filter_map(Function::cast)
    }
}

impl<'t> Module<'t> {
    /// What is in it.
    pub fn items(self) -> impl Iterator<Item = Node<'t>> {
        self.0.parts()
    }
}

impl<'t> ModuleDeclaration<'t> {
    /// The module.
    pub fn path(self) -> Option<Path<'t>> {
        self.0.child(NodeKind::Path).and_then(Path::cast)
    }
}

impl<'t> Use<'t> {
    /// What is imported.
    pub fn path(self) -> Option<Path<'t>> {
        self.0.child(NodeKind::Path).and_then(Path::cast)
    }

    /// The name after `as`.
    pub fn alias(self) -> Option<Token<'t>> {
        // The word `as` is a name, too.
        let mut names = self
            .0
            .tokens()
            .filter(|token| token.kind() == TokenKind::Name);
        names.nth(1)
    }
}

impl<'t> Test<'t> {
    /// Its sections and statements.
    pub fn parts(self) -> impl Iterator<Item = Node<'t>> {
        self.0.parts()
    }
}

impl<'t> Entry<'t> {
    /// Its key.
    pub fn key(self) -> Token<'t> {
        self.0.first_token()
    }

    /// Its value.
    pub fn value(self) -> Option<Node<'t>> {
        self.0.children().next()
    }
}

impl<'t> Attribute<'t> {
    /// Its name.
    pub fn path(self) -> Option<Path<'t>> {
        self.0.child(NodeKind::Path).and_then(Path::cast)
    }

    /// Its arguments.
    pub fn arguments(self) -> impl Iterator<Item = AttributeArgument<'t>> {
        self.0.children().filter_map(AttributeArgument::cast)
    }
}

impl<'t> AttributeArgument<'t> {
    /// Its name.
    pub fn name(self) -> Token<'t> {
        self.0.first_token()
    }

    /// Its value.
    pub fn value(self) -> Option<Node<'t>> {
        self.0.children().next()
    }
}

impl<'t> AttributeDeclaration<'t> {
    /// What it may stand before; `None` for everything.
    pub fn targets(self) -> Option<impl Iterator<Item = Token<'t>>> {
        let targets = self.0.child(NodeKind::AttributeTargets)?;
        Some(
            targets
                .tokens()
                .filter(|token| token.kind() == TokenKind::Name),
        )
    }

    /// Its parameters.
    pub fn params(self) -> impl Iterator<Item = AttributeParameter<'t>> {
        self.0.children().filter_map(AttributeParameter::cast)
    }
}

impl<'t> AttributeParameter<'t> {
    /// Its name.
    pub fn name(self) -> Token<'t> {
        self.0.first_token()
    }

    /// Its type.
    pub fn ty(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// Its value where none is given.
    pub fn default(self) -> Option<Node<'t>> {
        self.0.children().nth(1)
    }
}
