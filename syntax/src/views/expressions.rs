//! Expressions, patterns and paths.

use super::{
    Arm, Assign, Chain, EnumValue, FieldValue, Lambda, LambdaParam, Match, Member, Path, Postfix,
    StructValue, Unary, VariantPattern,
};
use crate::kinds::{NodeKind, TokenKind};
use crate::tree::{Node, Token};

impl<'t> Path<'t> {
    /// The names, without the type arguments between them.
    #[inline]
    pub fn names(self) -> impl Iterator<Item = Token<'t>> {
        let tokens = self.0.tokens();
        tokens.filter(|token| token.kind() == TokenKind::Name)
    }

    /// The only name, with or without type arguments.
    #[inline]
    pub fn single_name(self) -> Option<Token<'t>> {
        let mut names = self.names();
        let first = names.next()?;
        names.next().is_none().then_some(first)
    }

    /// The name, if it is nothing but one.
    #[inline]
    pub fn single(self) -> Option<Token<'t>> {
        self.0.is_token().then(|| self.0.first_token())
    }
}

impl<'t> Chain<'t> {
    /// The first operand.
    #[inline]
    pub fn first(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// The operators, each with the operand after it.
    #[inline]
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
    #[inline]
    pub fn operator(self) -> Token<'t> {
        self.0.first_token()
    }

    /// The operand.
    #[inline]
    pub fn operand(self) -> Option<Node<'t>> {
        self.0.children().next()
    }
}

impl<'t> Assign<'t> {
    /// What is assigned to.
    #[inline]
    pub fn target(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// `=`, `+=` or `-=`.
    #[inline]
    pub fn operator(self) -> Option<Token<'t>> {
        self.target().map(Node::token_after)
    }

    /// What is assigned.
    #[inline]
    pub fn value(self) -> Option<Node<'t>> {
        self.0.children().nth(1)
    }
}

impl<'t> Postfix<'t> {
    /// What the suffixes follow.
    #[inline]
    pub fn base(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// The suffixes, from left to right.
    #[inline]
    pub fn suffixes(self) -> impl Iterator<Item = Node<'t>> {
        self.0.children().skip(1)
    }
}

impl<'t> Member<'t> {
    /// The name after the dot.
    #[inline]
    pub fn name(self) -> Token<'t> {
        self.0.first_token().next()
    }
}

impl<'t> Lambda<'t> {
    /// Its parameters.
    #[inline]
    pub fn params(self) -> impl Iterator<Item = LambdaParam<'t>> {
        self.0.children().filter_map(LambdaParam::cast)
    }

    /// Its block or its value.
    #[inline]
    pub fn body(self) -> Option<Node<'t>> {
        let last = self.0.children().last();
        last.filter(|last| last.kind() != NodeKind::LambdaParam)
    }
}

impl<'t> LambdaParam<'t> {
    /// Its type, if it is written.
    #[inline]
    pub fn ty(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// Its name.
    #[inline]
    pub fn name(self) -> Token<'t> {
        self.0.last_token()
    }
}

impl<'t> EnumValue<'t> {
    /// The enum.
    #[inline]
    pub fn path(self) -> Option<Path<'t>> {
        self.0.children().next().and_then(Path::cast)
    }

    /// The variant.
    #[inline]
    pub fn variant(self) -> Option<Token<'t>> {
        self.path().map(|path| path.0.token_after().next())
    }

    /// The payload, if there are parentheses.
    #[inline]
    pub fn arguments(self) -> Option<Node<'t>> {
        self.0.child(NodeKind::Arguments)
    }
}

impl<'t> StructValue<'t> {
    /// The type.
    #[inline]
    pub fn path(self) -> Option<Path<'t>> {
        self.0.children().next().and_then(Path::cast)
    }

    /// The values of the fields.
    #[inline]
    pub fn fields(self) -> impl Iterator<Item = FieldValue<'t>> {
        self.0.children().filter_map(FieldValue::cast)
    }
}

impl<'t> FieldValue<'t> {
    /// The field.
    #[inline]
    pub fn name(self) -> Token<'t> {
        self.0.first_token()
    }

    /// Its value.
    #[inline]
    pub fn value(self) -> Option<Node<'t>> {
        self.0.children().next()
    }
}

impl<'t> Match<'t> {
    /// What is looked at.
    #[inline]
    pub fn scrutinee(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// The arms.
    #[inline]
    pub fn arms(self) -> impl Iterator<Item = Arm<'t>> {
        self.0.children().filter_map(Arm::cast)
    }
}

impl<'t> Arm<'t> {
    /// What it matches.
    #[inline]
    pub fn pattern(self) -> Option<Node<'t>> {
        self.0.children().next()
    }

    /// What must hold, too.
    #[inline]
    pub fn guard(self) -> Option<Node<'t>> {
        self.0.child(NodeKind::Guard)?.children().next()
    }

    /// Its block or its value.
    #[inline]
    pub fn body(self) -> Option<Node<'t>> {
        self.0.children().last()
    }
}

impl<'t> VariantPattern<'t> {
    /// The enum; `None` if it is left out.
    #[inline]
    pub fn path(self) -> Option<Path<'t>> {
        self.0.children().next().and_then(Path::cast)
    }

    /// The variant.
    #[inline]
    pub fn variant(self) -> Token<'t> {
        match self.path() {
            Some(path) => path.0.token_after().next(),
            None => self.0.first_token(),
        }
    }

    /// The patterns of the payload.
    #[inline]
    pub fn patterns(self) -> impl Iterator<Item = Node<'t>> {
        let head = usize::from(self.path().is_some());
        self.0.children().skip(head)
    }
}
