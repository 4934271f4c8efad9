//! Items: functions, foreign contracts, and a word about everything else.

use super::{Parsed, Parser, Reported};
use crate::ast::{Attribute, Function, Name, Param, Source};
use crate::lexer::{Punct, TokenKind, Word};

impl<'a> Parser<'a> {
    pub(super) fn items(&mut self) -> Source<'a> {
        let mut source = Source::default();
        while *self.peek() != TokenKind::End {
            let start = self.next;
            if let Err(Reported) = self.item(&mut source) {
                self.depth = 0;
                self.skip_item(start);
            }
        }
        source
    }

    fn item(&mut self, source: &mut Source<'a>) -> Parsed<()> {
        let attributes = self.attributes()?;
        let public = self.eat_word(Word::Pub);
        let span = self.span();
        match self.peek() {
            TokenKind::Word(Word::Contract) => source.contracts.push(self.contract(attributes)?),
            TokenKind::Word(Word::Type) => source.structs.push(self.declared_type(attributes)?),
            TokenKind::Name | TokenKind::Word(Word::Ref) => {
                let export = self.only(attributes, &[Attribute::EXPORT])?;
                source.functions.push(self.function(public, export)?);
            }
            TokenKind::Word(word) => {
                let what = match word {
                    Word::Enum => {
                        if let Some(token) = self.tokens.list.get(self.next + 1)
                            && token.kind == TokenKind::Name
                        {
                            let text = self.text(token.span());
                            source.enums.push(Name { text, span });
                        }
                        "enums"
                    }
                    Word::Attribute => "attribute declarations",
                    Word::Impl => "methods",
                    Word::Mod | Word::Use => "modules",
                    Word::Test => "tests",
                    _ => return Err(self.unexpected("an item")),
                };
                self.only(attributes, &[])?;
                return Err(self.unsupported(what, span));
            }
            _ => return Err(self.unexpected("a function")),
        }
        Ok(())
    }

    fn function(&mut self, public: bool, export: Option<Attribute<'a>>) -> Parsed<Function<'a>> {
        let result = self.type_name("a result type")?;
        let name = self.name("the function's name")?;
        if self.at(Punct::Less) {
            let span = self.span();
            return Err(self.unsupported("generic functions", span));
        }
        self.expect(Punct::OpenParen)?;
        let params = self.params()?;
        Ok(Function {
            public,
            export,
            result,
            name,
            params,
            body: self.body()?,
        })
    }

    /// Parameters, from after `(` to after `)`.
    pub(super) fn params(&mut self) -> Parsed<Vec<Param<'a>>> {
        let mut params = Vec::new();
        while !self.at(Punct::CloseParen) {
            params.push(Param {
                ty: self.type_name("a parameter's type")?,
                name: self.name("the parameter's name")?,
            });
            if !self.eat(Punct::Comma) {
                break;
            }
        }
        self.expect(Punct::CloseParen)?;
        Ok(params)
    }

    /// Skips to where the next item may start: after the closing brace of the
    /// broken one, or after a `;` outside braces; after the `]` of an attribute.
    fn skip_item(&mut self, start: usize) {
        self.next = start;
        let attribute = self.at(Punct::OpenBracket);
        let mut depth = 0_usize;
        loop {
            let token = *self.peek();
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
