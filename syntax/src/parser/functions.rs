//! Functions and their parameters.

use super::{Parsed, Parser, Stop};
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
            return self.function_block();
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

    /// A block, even if its `{` is missing before a statement.
    fn function_block(&mut self) -> Parsed {
        let missing = matches!(
            self.peek(),
            TokenKind::Let
                | TokenKind::Mut
                | TokenKind::If
                | TokenKind::While
                | TokenKind::For
                | TokenKind::Return
                | TokenKind::Match
        );
        if !missing {
            return self.block();
        }
        self.unexpected("`{`");
        self.node(NodeKind::Error, |parser| {
            let open = parser.previous_span();
            parser.nested(|parser| parser.rest_of_block(open))
        })?;
        Err(Stop::Closed)
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
            parser.type_ref("a parameter's type")?;
            parser.name("the parameter's name")
        })
    }
}
