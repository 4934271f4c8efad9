//! Paths and type arguments.

use super::{Parsed, Parser};
use crate::error::Hint;
use crate::kinds::{NodeKind, TokenKind};

impl Parser<'_> {
    /// `a.b<T>.c`, where a `<` always opens type arguments.
    pub(super) fn path(&mut self, what: &'static str) -> Parsed {
        self.node(NodeKind::Path, |parser| {
            parser.name(what)?;
            loop {
                if parser.at(TokenKind::Less) {
                    parser.type_arguments()?;
                }
                if !parser.eat(TokenKind::Dot) {
                    return Ok(());
                }
                parser.name("a name")?;
            }
        })
    }

    /// The path of an expression, to before a token.
    pub(super) fn path_to(&mut self, end: usize) -> Parsed {
        self.node(NodeKind::Path, |parser| {
            while parser.at < end {
                match parser.peek() {
                    TokenKind::Less => parser.type_arguments()?,
                    _ => parser.bump(),
                }
            }
            Ok(())
        })
    }

    /// `<T, U>`, without a comma after the last.
    pub(super) fn type_arguments(&mut self) -> Parsed {
        self.node(NodeKind::TypeArguments, |parser| {
            parser.expect(TokenKind::Less)?;
            loop {
                parser.type_ref("a type")?;
                if !parser.eat(TokenKind::Comma) {
                    return parser.expect(TokenKind::Greater);
                }
            }
        })
    }

    /// `<T, U>` where they are declared, if it is here.
    pub(super) fn generics(&mut self) -> Parsed {
        if !self.at(TokenKind::Less) {
            return Ok(());
        }
        self.node(NodeKind::Generics, |parser| {
            parser.bump();
            loop {
                parser.name("a type parameter")?;
                if parser.at(TokenKind::Colon) {
                    return Err(parser.unexpected_hint("`>`", Some(Hint::Bound)));
                }
                if !parser.eat(TokenKind::Comma) {
                    return parser.expect(TokenKind::Greater);
                }
            }
        })
    }
}
