//! Expressions, by precedence.

use super::{Parsed, Parser};
use crate::kinds::{NodeKind, TokenKind};

/// How tightly a binary operator binds.
pub(super) const fn level(kind: TokenKind) -> Option<u8> {
    Some(match kind {
        TokenKind::OrOr => 0,
        TokenKind::AndAnd => 1,
        TokenKind::EqEq | TokenKind::NotEq | TokenKind::Identical | TokenKind::NotIdentical => 2,
        TokenKind::Less | TokenKind::LessEq | TokenKind::Greater | TokenKind::GreaterEq => 3,
        TokenKind::Plus | TokenKind::Minus => 4,
        TokenKind::Star | TokenKind::Slash | TokenKind::Percent => 5,
        _ => return None,
    })
}

impl Parser<'_> {
    /// A lambda or an assignment: the loosest.
    pub(super) fn expression(&mut self) -> Parsed {
        self.nested(|parser| {
            let mark = parser.mark();
            if parser.starts_lambda() {
                return parser.lambda();
            }
            parser.chain(0)?;
            let assigns = matches!(
                parser.peek(),
                TokenKind::Eq | TokenKind::PlusEq | TokenKind::MinusEq
            );
            if !assigns {
                return Ok(());
            }
            parser.around(mark, NodeKind::Assign, |parser| {
                parser.bump();
                parser.expression()
            })
        })
    }

    /// Operands and operators that bind at least so tightly. Those of one level
    /// are one node, however many they are.
    pub(super) fn chain(&mut self, least: u8) -> Parsed {
        let mark = self.mark();
        self.unary()?;
        while let Some(level) = level(self.peek()).filter(|level| *level >= least) {
            self.around(mark, NodeKind::Chain, |parser| {
                while self::level(parser.peek()) == Some(level) {
                    parser.bump();
                    parser.chain(level + 1)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    fn unary(&mut self) -> Parsed {
        let prefixed = match self.peek() {
            TokenKind::Minus | TokenKind::Not => true,
            TokenKind::Name if self.ahead(1) == TokenKind::Name => {
                matches!(self.spelled(self.at), "ref" | "out")
            }
            _ => false,
        };
        if !prefixed {
            return self.postfix();
        }
        self.node(NodeKind::Unary, |parser| {
            parser.bump();
            parser.nested(Self::unary)
        })
    }

    fn postfix(&mut self) -> Parsed {
        let mark = self.mark();
        self.primary()?;
        if !self.at_suffix() {
            return Ok(());
        }
        self.around(mark, NodeKind::Postfix, |parser| {
            while parser.at_suffix() {
                match parser.peek() {
                    TokenKind::OpenParen => parser.arguments()?,
                    TokenKind::Dot => parser.node(NodeKind::Member, |parser| {
                        parser.bump();
                        parser.name("the member's name")?;
                        parser.value_arguments()
                    })?,
                    TokenKind::OpenBracket => parser.node(NodeKind::Index, |parser| {
                        parser.bump();
                        parser.within(false, false, Self::expression)?;
                        parser.expect(TokenKind::CloseBracket)
                    })?,
                    _ => parser.leaf(NodeKind::Try),
                }
            }
            Ok(())
        })
    }

    fn at_suffix(&self) -> bool {
        matches!(
            self.peek(),
            TokenKind::OpenParen | TokenKind::Dot | TokenKind::OpenBracket | TokenKind::Question
        )
    }

    /// `(a, b)`
    pub(super) fn arguments(&mut self) -> Parsed {
        self.node(NodeKind::Arguments, |parser| {
            parser.bump();
            parser.within(false, false, |parser| {
                parser.list(TokenKind::CloseParen, Self::expression)
            })
        })
    }

    /// Type arguments after a name of an expression, if the `<` opens them.
    pub(super) fn value_arguments(&mut self) -> Parsed {
        if self.at(TokenKind::Less) && self.arguments_end(self.at).is_some() {
            return self.type_arguments();
        }
        Ok(())
    }

    fn starts_lambda(&self) -> bool {
        match self.peek() {
            _ if self.bare => false,
            TokenKind::Name => self.ahead(1) == TokenKind::Arrow,
            TokenKind::OpenParen => self.tokens.is_arrow(self.at),
            _ => false,
        }
    }

    fn lambda(&mut self) -> Parsed {
        self.node(NodeKind::Lambda, |parser| {
            if parser.at(TokenKind::Name) {
                parser.leaf(NodeKind::LambdaParam);
            } else {
                parser.bump();
                parser.list(TokenKind::CloseParen, Self::lambda_param)?;
            }
            parser.expect(TokenKind::Arrow)?;
            parser.block_or_expression()
        })
    }

    /// What follows the arrow of a lambda or of an arm.
    pub(super) fn block_or_expression(&mut self) -> Parsed {
        match self.peek() {
            TokenKind::OpenBrace => self.block(),
            _ => self.expression(),
        }
    }

    fn lambda_param(&mut self) -> Parsed {
        self.node(NodeKind::LambdaParam, |parser| {
            let untyped = matches!(
                (parser.peek(), parser.ahead(1)),
                (TokenKind::Name, TokenKind::Comma | TokenKind::CloseParen)
            );
            if !untyped {
                parser.type_ref("a parameter")?;
            }
            parser.name("the parameter's name")
        })
    }
}
