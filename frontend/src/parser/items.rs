//! Items: functions, and a word about everything else.

use super::{Parsed, Parser, Reported};
use crate::ast::{Function, Param};
use crate::lexer::{Punct, TokenKind, Word};

impl Parser<'_> {
    pub(super) fn items(&mut self) -> Vec<Function> {
        let mut functions = Vec::new();
        while *self.peek() != TokenKind::End {
            let start = self.next;
            match self.item() {
                Ok(function) => functions.push(function),
                Err(Reported) => {
                    self.depth = 0;
                    self.skip_item(start);
                }
            }
        }
        functions
    }

    fn item(&mut self) -> Parsed<Function> {
        let public = self.eat_word(Word::Pub);
        let span = self.span();
        match self.peek() {
            TokenKind::Word(word) => {
                let what = match word {
                    Word::Type => "type declarations",
                    Word::Enum => "enums",
                    Word::Contract => "contracts",
                    Word::Attribute => "attribute declarations",
                    Word::Impl => "methods",
                    Word::Mod | Word::Use => "modules",
                    Word::Test => "tests",
                    _ => return Err(self.unexpected("an item")),
                };
                Err(self.unsupported(what, span))
            }
            TokenKind::Punct(Punct::OpenBracket) => Err(self.unsupported("attributes", span)),
            TokenKind::Name(_) => self.function(public),
            _ => Err(self.unexpected("a function")),
        }
    }

    fn function(&mut self, public: bool) -> Parsed<Function> {
        let result = self.type_name("a result type")?;
        let name = self.name("the function's name")?;
        if self.at(Punct::Less) {
            let span = self.span();
            return Err(self.unsupported("generic functions", span));
        }
        self.expect(Punct::OpenParen)?;
        let mut params = Vec::new();
        while !self.at(Punct::CloseParen) {
            if self.at_word(Word::Ref) || self.at_word(Word::Out) {
                let span = self.span();
                return Err(self.unsupported("`ref` and `out` parameters", span));
            }
            params.push(Param {
                ty: self.type_name("a parameter's type")?,
                name: self.name("the parameter's name")?,
            });
            if !self.eat(Punct::Comma) {
                break;
            }
        }
        self.expect(Punct::CloseParen)?;
        Ok(Function {
            public,
            result,
            name,
            params,
            body: self.block()?,
        })
    }

    pub(super) fn type_name(&mut self, what: &str) -> Parsed<crate::ast::Name> {
        let name = self.name(what)?;
        let span = self.span();
        match self.peek() {
            TokenKind::Punct(Punct::OpenBracket) => Err(self.unsupported("arrays", span)),
            TokenKind::Punct(Punct::Less) => Err(self.unsupported("generic types", span)),
            _ => Ok(name),
        }
    }

    /// Skips to where the next item may start: after the closing brace of the
    /// broken one, or after a `;` outside braces; after the `]` of an attribute.
    fn skip_item(&mut self, start: usize) {
        self.next = start;
        let attribute = self.at(Punct::OpenBracket);
        let mut depth = 0_usize;
        loop {
            let token = self.peek().clone();
            match token {
                TokenKind::End => return,
                TokenKind::Punct(Punct::OpenBrace) => depth += 1,
                TokenKind::Punct(Punct::CloseBrace) => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.bump();
            let ends = match token {
                TokenKind::Punct(Punct::CloseBrace | Punct::Semicolon) => true,
                TokenKind::Punct(Punct::CloseBracket) => attribute,
                _ => false,
            };
            if depth == 0 && ends {
                return;
            }
        }
    }
}
