//! Expressions, patterns and paths.

use super::{
    Arm, Assign, Chain, EnumValue, FieldValue, Lambda, LambdaParam, Match, Member, Path, Postfix,
    StructValue, Unary, VariantPattern,
};
use crate::kinds::{NodeKind, TokenKind};
use crate::tree::{Node, Token};

impl<'t> Path<'t> {
    /// The names, without the type arguments between them.
    pub fn names(self) -> impl Iterator<Item = Token<'t>> {
        let tokens = self.0.tokens();
        tokens.filter(|token| token.kind() == TokenKind::Name)
    }

    /// The only name, with or without type arguments.
    pub fn single_name(self) -> Option<Token<'t>> {
        let mut names = self.names();
        let first = names.next()?;
        names.next().is_none().then_some(first)
    }

    /// The name, if it is nothing but one.
    pub fn single(self) -> Option<Token<'t>> {
        let first = self.0.first_token();
        (first.next().id() == self.0.token_after().id()).then_some(first)
    }
}

impl<'t> Chain<'t> {
    /// The first operand.
    pub fn first(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// The operators, each with the operand after it.
    pub fn rest(self) -> impl Iterator<Item = (Token<'t>, Node<'t>)> {
        let mut children = self.0.children();
        let mut before = children.next();
        std::iter::from_fn(move || {
            let operator = before?.token_after();
            let operand = children.next()?;
            before = Some(operand);
            Some((operator, operand))
        })
    }
}

impl<'t> Unary<'t> {
    /// `-`, `!`, `ref` or `out`.
    pub fn operator(self) -> Token<'t> {
        self.0.first_token()
    }

    /// The operand.
    pub fn operand(self) -> Option<Node<'t>> {
        self.0.children().next()
    }
}

impl<'t> Assign<'t> {
    /// What is assigned to.
    pub fn target(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// `=`, `+=` or `-=`.
    pub fn operator(self) -> Option<Token<'t>> {
        self.target().map(Node::token_after)
    }

    /// What is assigned.
    pub fn value(self) -> Option<Node<'t>> {
        self.0.children().nth(1)
    }
}

impl<'t> Postfix<'t> {
    /// What the suffixes follow.
    pub fn base(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// The suffixes, from left to right.
    pub fn suffixes(self) -> impl Iterator<Item = Node<'t>> {
        self.0.children().skip(1)
    }
}

impl<'t> Member<'t> {
    /// The name after the dot.
    pub fn name(self) -> Token<'t> {
        self.0.first_token().next()
    }
}

impl<'t> Lambda<'t> {
    /// Its parameters.
    pub fn params(self) -> impl Iterator<Item = LambdaParam<'t>> {
        self.0.children().filter_map(LambdaParam::cast)
    }

    /// Its block or its value.
    pub fn body(self) -> Option<Node<'t>> {
        let last = self.0.children().last();
        last.filter(|last| last.kind() != NodeKind::LambdaParam)
    }
}

impl<'t> LambdaParam<'t> {
    /// Its type, if it is written.
    pub fn ty(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// Its name.
    pub fn name(self) -> Token<'t> {
        self.0.last_token()
    }
}

impl<'t> EnumValue<'t> {
    /// The enum.
    pub fn path(self) -> Option<Path<'t>> {
        self.0.children().next().and_then(Path::cast)
    }

    /// The variant.
    pub fn variant(self) -> Option<Token<'t>> {
        self.path().map(|path| path.0.token_after().next())
    }

    /// The payload, if there are parentheses.
    pub fn arguments(self) -> Option<Node<'t>> {
        self.0.child(NodeKind::Arguments)
    }
}

impl<'t> StructValue<'t> {
    /// The type.
    pub fn path(self) -> Option<Path<'t>> {
        self.0.children().next().and_then(Path::cast)
    }

    /// The values of the fields.
    pub fn fields(self) -> impl Iterator<Item = FieldValue<'t>> {
        self.0.children().filter_map(FieldValue::cast)
    }
}

impl<'t> FieldValue<'t> {
    /// The field.
    pub fn name(self) -> Token<'t> {
        self.0.first_token()
    }

    /// Its value.
    pub fn value(self) -> Option<Node<'t>> {
        self.0.children().next()
    }
}

impl<'t> Match<'t> {
    /// What is looked at.
    pub fn scrutinee(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// The arms.
    pub fn arms(self) -> impl Iterator<Item = Arm<'t>> {
        self.0.children().filter_map(Arm::cast)
    }
}

impl<'t> Arm<'t> {
    /// What it matches.
    pub fn pattern(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// What must hold, too.
    pub fn guard(self) -> Option<Node<'t>> {
        self.0.child(NodeKind::Guard)?.children().next()
    }

    /// Its block or its value.
    pub fn body(self) -> Option<Node<'t>> {
        self.0.children().last()
    }
}

impl<'t> VariantPattern<'t> {
    /// The enum.
    pub fn path(self) -> Option<Path<'t>> {
        self.0.children().next().and_then(Path::cast)
    }

    /// The variant.
    pub fn variant(self) -> Option<Token<'t>> {
        self.path().map(|path| path.0.token_after().next())
    }

    /// The patterns of the payload.
    pub fn patterns(self) -> impl Iterator<Item = Node<'t>> {
        self.0.children().skip(1)
    }
}
