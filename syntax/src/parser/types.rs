//! Types where they are used.

use super::{Parsed, Parser};
use crate::error::{DEEPEST, Hint};
use crate::kinds::{NodeKind, TokenKind};

impl Parser<'_> {
    /// `a.b<T>`, `ref T`, `T[]`, `R(P, Q)`, `(P, Q) => R`.
    pub(super) fn type_ref(&mut self, what: &'static str) -> Parsed {
        self.nested(|parser| match parser.peek() {
            TokenKind::OpenParen => parser.node(NodeKind::ArrowType, |parser| {
                parser.type_list()?;
                parser.expect(TokenKind::Arrow)?;
                parser.type_ref("a result type")
            }),
            TokenKind::Name if parser.is_modifier(parser.at, "ref") => {
                parser.node(NodeKind::RefType, |parser| {
                    parser.bump();
                    parser.type_ref("a type")
                })
            }
            _ => parser.suffixed_type(what),
        })
    }

    fn suffixed_type(&mut self, what: &'static str) -> Parsed {
        let mark = self.mark();
        self.node(NodeKind::NamedType, |parser| parser.path(what))?;
        let mut suffixes = 0;
        loop {
            let kind = match (self.peek(), self.ahead(1)) {
                (TokenKind::OpenBracket, _) => NodeKind::ArrayType,
                (TokenKind::OpenParen, _) => NodeKind::FunctionType,
                _ => return Ok(()),
            };
            suffixes += 1;
            if self.depth + suffixes > DEEPEST {
                return Err(self.too_deep());
            }
            self.around(mark, kind, |parser| match kind {
                NodeKind::ArrayType => {
                    parser.bump();
                    if parser.at(TokenKind::Integer) {
                        return Err(parser.unexpected_hint("`]`", Some(Hint::ArrayLength)));
                    }
                    parser.expect(TokenKind::CloseBracket)
                }
                _ => parser.type_list(),
            })?;
        }
    }

    fn type_list(&mut self) -> Parsed {
        self.node(NodeKind::TypeList, |parser| {
            parser.bump();
            parser.list(TokenKind::CloseParen, |parser| {
                parser.type_ref("a parameter's type")
            })
        })
    }
}
