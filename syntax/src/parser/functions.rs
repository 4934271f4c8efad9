//! Functions and their parameters.

use super::{Parsed, Parser};
use crate::error::Hint;
use crate::kinds::{NodeKind, TokenKind};

impl Parser<'_> {
    pub(super) fn function(&mut self) -> Parsed {
        let reported = self.errors.len();
        if let Err(stop) = self.function_head() {
            // What is left of something broken is no function.
            if self.broken {
                self.errors.truncate(reported);
            }
            return Err(stop);
        }
        self.signature_and_body()
    }

    fn function_head(&mut self) -> Parsed {
        self.type_ref("a function")?;
        self.name("the function's name")?;
        match self.peek() {
            TokenKind::OpenParen | TokenKind::Less => Ok(()),
            _ => Err(self.unexpected("`(`")),
        }
    }

    /// What follows the name of a function.
    pub(super) fn signature_and_body(&mut self) -> Parsed {
        self.generics()?;
        self.params()?;
        if !self.at(TokenKind::Arrow) {
            return self.block();
        }
        self.node(NodeKind::ExpressionBody, |parser| {
            parser.bump();
            parser.expression()?;
            if parser.at(TokenKind::CloseBrace) {
                // The function is known although its last `;` is missing.
                parser.unexpected("`;`");
                return Ok(());
            }
            parser.expect(TokenKind::Semicolon)
        })
    }

    pub(super) fn params(&mut self) -> Parsed {
        self.node(NodeKind::Params, |parser| {
            parser.expect(TokenKind::OpenParen)?;
            parser.list(TokenKind::CloseParen, Self::param)
        })
    }

    fn param(&mut self) -> Parsed {
        self.node(NodeKind::Param, |parser| {
            parser.attributes()?;
            if parser.at(TokenKind::Mut) || parser.is_modifier(parser.at, "out") {
                parser.bump();
            }
            if parser.is_later_member() {
                return Err(parser.later());
            }
            parser.type_ref("a parameter's type")?;
            if parser.at(TokenKind::Colon) {
                return Err(parser.unexpected_hint("the parameter's name", Some(Hint::TypeFirst)));
            }
            parser.name("the parameter's name")
        })
    }
}
