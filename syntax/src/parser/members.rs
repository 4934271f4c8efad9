//! Types, enums and contracts, and what is in them.

use super::{Parsed, Parser, Stop, misspelt};
use crate::error::Hint;
use crate::kinds::{NodeKind, TokenKind};
use crate::span::Span;

impl Parser<'_> {
    /// A member of something with a brace at a span. What is wrong in one ends
    /// with it.
    pub(super) fn member(
        &mut self,
        open: Span,
        parse: impl FnOnce(&mut Self) -> Parsed<NodeKind>,
    ) -> Parsed {
        if self.at_item() {
            return Err(self.unclosed(open));
        }
        self.part(parse, Self::skip_member)
    }

    /// A node of its own, and how to skip the rest of it if it is broken.
    pub(super) fn part(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Parsed<NodeKind>,
        skip: impl FnOnce(&mut Self, usize),
    ) -> Parsed {
        let mark = self.open(NodeKind::Error);
        let reported = self.errors.len();
        let parsed = parse(self);
        match parsed {
            Ok(kind) => self.set_kind(mark, kind),
            Err(Stop::Broken) => {
                self.explain_word(mark.token(), reported, misspelt::PARTS);
                skip(self, mark.token());
                if self.at == mark.token() && !self.at(TokenKind::CloseBrace) {
                    // Whatever is broken, reading goes on.
                    self.bump();
                }
            }
            Err(Stop::Unclosed) => {}
        }
        self.close(mark);
        match parsed {
            Err(Stop::Unclosed) => Err(Stop::Unclosed),
            _ => Ok(()),
        }
    }

    pub(super) fn type_declaration(&mut self) -> Parsed<NodeKind> {
        self.bump();
        self.name("the type's name")?;
        self.generics()?;
        if self.eat(TokenKind::Colon) {
            loop {
                self.path("a contract")?;
                if !self.eat(TokenKind::Comma) || self.at(TokenKind::OpenBrace) {
                    break;
                }
            }
        }
        if self.at(TokenKind::Eq) {
            return Err(self.type_alias());
        }
        let open = self.span();
        self.braced(|parser| parser.member(open, Self::type_member))?;
        Ok(NodeKind::Type)
    }

    fn type_member(&mut self) -> Parsed<NodeKind> {
        self.attributes()?;
        if self.at(TokenKind::Event) {
            return self.event();
        }
        self.eat(TokenKind::Pub);
        if self.is_later_member() {
            return Err(self.later());
        }
        self.result_type()?;
        self.type_ref("a field's type")?;
        if self.at(TokenKind::Colon) {
            return Err(self.unexpected_hint("the field's name", Some(Hint::TypeFirst)));
        }
        self.name("the field's name")?;
        match self.peek() {
            TokenKind::OpenParen | TokenKind::Less => {
                self.receiver();
                self.signature_and_body()?;
                Ok(NodeKind::Function)
            }
            TokenKind::Comma => {
                self.bump();
                Ok(NodeKind::Field)
            }
            TokenKind::CloseBrace => Ok(NodeKind::Field),
            _ => Err(self.unexpected_hint("`,` or `}`", Some(Hint::CommaBetweenFields))),
        }
    }

    fn event(&mut self) -> Parsed<NodeKind> {
        self.bump();
        if self.eat(TokenKind::OpenBrace) {
            self.capacity()?;
        }
        self.name("the event's name")?;
        self.params()?;
        self.eat(TokenKind::Comma);
        Ok(NodeKind::Event)
    }

    /// A number and its `}`. What is wrong in it ends with it: the event is known.
    fn capacity(&mut self) -> Parsed {
        if self.eat(TokenKind::Integer) && self.eat(TokenKind::CloseBrace) {
            return Ok(());
        }
        let stop = match (self.previous_kind(), self.peek(), self.ahead(1)) {
            (TokenKind::Integer, TokenKind::Name, TokenKind::OpenParen) => {
                self.takes_excess(1);
                self.unexpected("`}`");
                return Ok(());
            }
            (TokenKind::Integer, ..) => self.unexpected("`}`"),
            _ => self.unexpected("a number"),
        };
        self.node(NodeKind::Error, |parser| {
            while !matches!(
                parser.peek(),
                TokenKind::CloseBrace | TokenKind::Semicolon | TokenKind::End
            ) {
                parser.bump();
            }
            match parser.eat(TokenKind::CloseBrace) {
                true => Ok(()),
                false => Err(stop),
            }
        })
    }

    pub(super) fn enum_declaration(&mut self) -> Parsed<NodeKind> {
        self.bump();
        self.name("the enum's name")?;
        self.generics()?;
        let open = self.span();
        self.braced(|parser| parser.member(open, Self::variant))?;
        Ok(NodeKind::Enum)
    }

    fn variant(&mut self) -> Parsed<NodeKind> {
        self.name("a variant")?;
        if self.eat(TokenKind::OpenParen) {
            self.list(TokenKind::CloseParen, |parser| {
                parser.node(NodeKind::VariantField, |parser| {
                    parser.type_ref("a type")?;
                    if parser.peek().is_word() {
                        parser.name("the part's name")?;
                    }
                    parser.eat(TokenKind::Name);
                    match parser.at(TokenKind::Colon) {
                        true => Err(parser.unexpected_hint("`)`", Some(Hint::TypeFirst))),
                        false => Ok(()),
                    }
                })
            })?;
        }
        if !self.eat(TokenKind::Comma) && !self.at(TokenKind::CloseBrace) {
            let hint = match self.peek() {
                TokenKind::Semicolon | TokenKind::Name => Some(Hint::CommaBetweenVariants),
                TokenKind::Eq => Some(Hint::VariantNumber),
                TokenKind::OpenBrace => Some(Hint::VariantFields),
                _ => None,
            };
            return Err(self.unexpected_hint("`,` or `}`", hint));
        }
        Ok(NodeKind::Variant)
    }

    pub(super) fn contract(&mut self) -> Parsed<NodeKind> {
        self.bump();
        self.name("the contract's name")?;
        let open = self.span();
        self.braced(|parser| parser.member(open, Self::contract_member))?;
        Ok(NodeKind::Contract)
    }

    fn contract_member(&mut self) -> Parsed<NodeKind> {
        self.attributes()?;
        if self.is_later_member() {
            return Err(self.later());
        }
        let end = self.type_end(self.at, 0);
        let embeds = end.is_some_and(|end| {
            let name = self.tokens.kind(end);
            name != TokenKind::Name && !name.is_word()
                || !matches!(
                    self.tokens.kind(end + 1),
                    TokenKind::OpenParen | TokenKind::Less | TokenKind::Semicolon
                )
        });
        if embeds && self.at(TokenKind::Name) {
            self.path("a contract")?;
            if !self.eat(TokenKind::Semicolon)
                && !matches!(self.peek(), TokenKind::CloseBrace | TokenKind::Name)
            {
                return Err(self.unexpected("`;`"));
            }
            return Ok(NodeKind::Embedding);
        }
        if self.at(TokenKind::Pub) {
            return Err(self.unexpected_hint("a result type", Some(Hint::PublicMethod)));
        }
        self.type_ref("a result type")?;
        self.name("the method's name")?;
        self.params()?;
        if let TokenKind::OpenBrace | TokenKind::Arrow = self.peek() {
            return Err(self.unexpected_hint("`;`", Some(Hint::NoBody)));
        }
        self.expect(TokenKind::Semicolon)?;
        Ok(NodeKind::ContractMethod)
    }
}
