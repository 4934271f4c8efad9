//! Patterns of `match`.

use super::{Parsed, Parser};
use crate::error::Hint;
use crate::kinds::{NodeKind, TokenKind};

impl Parser<'_> {
    pub(super) fn pattern(&mut self) -> Parsed {
        match self.peek() {
            TokenKind::Name => self.name_or_variant(),
            TokenKind::Integer
            | TokenKind::Float
            | TokenKind::Char
            | TokenKind::Text
            | TokenKind::True
            | TokenKind::False => {
                self.leaf(NodeKind::LiteralPattern);
                Ok(())
            }
            TokenKind::Minus => self.node(NodeKind::LiteralPattern, |parser| {
                parser.bump();
                match parser.peek() {
                    TokenKind::Integer | TokenKind::Float => {
                        parser.bump();
                        Ok(())
                    }
                    _ => Err(parser.unexpected("a number")),
                }
            }),
            _ => Err(self.unexpected("a pattern")),
        }
    }

    fn name_or_variant(&mut self) -> Parsed {
        match self.ahead(1) {
            TokenKind::Dot | TokenKind::Less | TokenKind::PathSeparator => {}
            // A variant without its enum, which is read and then told (NAM-5).
            TokenKind::OpenParen => {
                return self.nested(|parser| {
                    parser.node(NodeKind::VariantPattern, |parser| {
                        parser.bump();
                        parser.bump();
                        parser.list(TokenKind::CloseParen, Self::pattern)
                    })
                });
            }
            _ => {
                let kind = match self.spelled(self.at) {
                    "_" => NodeKind::AnyPattern,
                    _ => NodeKind::NamePattern,
                };
                self.leaf(kind);
                return Ok(());
            }
        }
        self.nested(|parser| {
            parser.node(NodeKind::VariantPattern, |parser| {
                parser.path("a pattern")?;
                if !parser.eat(TokenKind::PathSeparator) {
                    return Err(parser.unexpected_hint("`::`", Some(Hint::VariantPath)));
                }
                parser.name("a variant")?;
                if parser.eat(TokenKind::OpenParen) {
                    parser.list(TokenKind::CloseParen, Self::pattern)?;
                }
                Ok(())
            })
        })
    }
}
