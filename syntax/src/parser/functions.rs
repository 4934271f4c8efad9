//! Functions and their parameters.

use super::{Parsed, Parser};
use crate::error::{ErrorKind, Hint};
use crate::kinds::{NodeKind, TokenKind};

impl Parser<'_> {
    pub(super) fn function(&mut self) -> Parsed {
        let reported = self.errors.len();
        let is_left = self.is_left(self.at);
        if let Err(stop) = self.function_head() {
            // What is left of something broken is no function.
            if is_left {
                self.errors.truncate(reported);
            }
            return Err(stop);
        }
        self.signature_and_body()
    }

    fn function_head(&mut self) -> Parsed {
        self.result_type()?;
        self.type_ref("a function")?;
        self.name("the function's name")?;
        match self.peek() {
            TokenKind::OpenParen | TokenKind::Less => Ok(()),
            _ => Err(self.unexpected("`(`")),
        }
    }

    /// Says that a function has no type of its result, if its name is here.
    pub(super) fn result_type(&mut self) -> Parsed {
        let follows = (self.peek(), self.ahead(1));
        if follows != (TokenKind::Name, TokenKind::OpenParen) {
            return Ok(());
        }
        let end = self
            .params_end(self.at + 1)
            .map(|end| self.tokens.kind(end));
        match end {
            Some(TokenKind::OpenBrace | TokenKind::Arrow) => {
                let hint = Hint::ResultType(self.span());
                Err(self.unexpected_hint("a result type", Some(hint)))
            }
            _ => Ok(()),
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
            parser.list(TokenKind::CloseParen, |parser| {
                // That a method has none was told.
                let here = parser.span();
                let last = parser.errors.last();
                let told =
                    last.is_some_and(|last| last.kind == ErrorKind::Receiver && last.span == here);
                if told {
                    parser.leaf(NodeKind::Error);
                    return Ok(());
                }
                parser.param()
            })
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
            parser.name("the parameter's name")?;
            match parser.at(TokenKind::Eq) {
                true => Err(parser.unexpected_hint("`)`", Some(Hint::DefaultValue))),
                false => Ok(()),
            }
        })
    }
}
