//! Files, modules and items.

use super::{Parsed, Parser, Stop, misspelt};
use crate::error::{ErrorKind, Hint, SyntaxError};
use crate::kinds::{NodeKind, TokenKind};
use crate::span::Span;

impl Parser<'_> {
    pub(super) fn file(&mut self) {
        let file = self.open(NodeKind::File);
        while !self.at(TokenKind::End) {
            // What is not closed was reported.
            let _ = self.item();
        }
        // The end is of the file, so that every byte is.
        self.close(file);
        if let Some(root) = self.nodes.first_mut() {
            root.end = self.tokens.len() as u32;
        }
    }

    /// An item. What is wrong in one ends with it, unless the text does.
    fn item(&mut self) -> Parsed {
        let mark = self.open(NodeKind::Error);
        let reported = self.errors.len();
        let parsed = self.whole_item();
        match parsed {
            Ok(kind) => self.set_kind(mark, kind),
            Err(Stop::Broken) => {
                self.explain_word(mark.token(), reported, misspelt::ITEMS);
                self.skip_item(mark.token());
            }
            Err(Stop::Unclosed) => {}
        }
        self.broken = self
            .nodes
            .get(mark.node())
            .is_some_and(|node| node.kind == NodeKind::Error);
        if self.at == mark.token() {
            self.bump();
        }
        self.close(mark);
        match parsed {
            Err(Stop::Unclosed) if self.at(TokenKind::End) => Err(Stop::Unclosed),
            _ => Ok(()),
        }
    }

    fn whole_item(&mut self) -> Parsed<NodeKind> {
        self.attributes()?;
        self.eat(TokenKind::Pub);
        match self.peek() {
            TokenKind::Use => self.import(),
            TokenKind::Mod => self.module(),
            TokenKind::Type => self.type_declaration(),
            TokenKind::Enum => self.enum_declaration(),
            TokenKind::Contract => self.contract(),
            TokenKind::Attribute => self.attribute_declaration(),
            TokenKind::Impl => self.implementation(),
            TokenKind::Test => self.test(),
            TokenKind::Name | TokenKind::OpenParen => {
                if self.is_later_item() {
                    return Err(self.later());
                }
                self.function()?;
                Ok(NodeKind::Function)
            }
            TokenKind::Meta if self.ahead(1) == TokenKind::Name => {
                let span = self.span();
                Err(self.report(SyntaxError::new(ErrorKind::MetaBlock, span)))
            }
            // What is left of something broken is no error of its own.
            _ if self.is_left(self.at) => Err(Stop::Broken),
            TokenKind::Let | TokenKind::Mut => {
                Err(self.unexpected_hint("an item", Some(Hint::Global)))
            }
            _ => Err(self.unexpected("an item")),
        }
    }

    /// Whether a token is left of something broken, and no item of its own: those begin
    /// lines.
    pub(super) fn is_left(&self, token: usize) -> bool {
        let ends = matches!(self.tokens.kind(token), TokenKind::CloseBrace);
        self.broken && (ends || !self.is_outermost(token))
    }

    /// Whether a token begins its line, without indentation.
    pub(super) fn is_outermost(&self, token: usize) -> bool {
        let before = self.text.get(..self.tokens.span(token).start as usize);
        before.is_some_and(|before| before.ends_with('\n'))
    }

    /// Says that a word is of a later version (LEX-7).
    pub(super) fn later(&mut self) -> Stop {
        let span = self.span();
        self.report(SyntaxError::new(ErrorKind::Later, span))
    }

    /// `Type name` where a function's parameters do not follow.
    fn is_later_item(&self) -> bool {
        self.is_later_word(self.at)
            && match self.ahead(1) {
                TokenKind::OpenBrace => true,
                TokenKind::Name => {
                    !matches!(self.ahead(2), TokenKind::OpenParen | TokenKind::Less)
                        || self.ahead(1) == TokenKind::Type
                }
                kind => kind.is_word(),
            }
    }

    fn import(&mut self) -> Parsed<NodeKind> {
        self.bump();
        let reported = self.errors.len();
        if let Err(stop) = self.path("a module") {
            let is_list = matches!(self.peek(), TokenKind::Star | TokenKind::OpenBrace);
            if let Some(error) = self.errors.get_mut(reported).filter(|_| is_list) {
                error.hint = Some(Hint::OneImport);
            }
            return Err(stop);
        }
        if self.at_contextual("as") {
            self.bump();
            self.name("the import's name")?;
        }
        self.expect(TokenKind::Semicolon)?;
        Ok(NodeKind::Use)
    }

    fn module(&mut self) -> Parsed<NodeKind> {
        self.bump();
        if self.ahead(1) != TokenKind::OpenBrace {
            self.path("the module's name")?;
            self.expect(TokenKind::Semicolon)?;
            return Ok(NodeKind::ModuleDeclaration);
        }
        self.name("the module's name")?;
        self.nested(|parser| parser.braced(Self::item))?;
        Ok(NodeKind::Module)
    }

    /// What is between braces, part by part.
    pub(super) fn braced(&mut self, mut part: impl FnMut(&mut Self) -> Parsed) -> Parsed {
        let open = self.span();
        self.expect(TokenKind::OpenBrace)?;
        self.rest_of_braces(open, &mut part)
    }

    /// What is before the brace that closes the one at a span.
    fn rest_of_braces(&mut self, open: Span, part: &mut impl FnMut(&mut Self) -> Parsed) -> Parsed {
        self.within(false, false, |parser| {
            while !parser.closes(open) {
                if parser.at(TokenKind::End) {
                    return Err(parser.unclosed(open));
                }
                let goes_on = parser.at_arm() || parser.at(TokenKind::Else);
                if goes_on && parser.takes_excess(1) {
                    parser.unclosed(open);
                    return Ok(());
                }
                part(parser)?;
            }
            Ok(())
        })
    }

    /// The statements of a block without its `{`, and its `}`.
    pub(super) fn rest_of_block(&mut self, open: Span) -> Parsed {
        self.rest_of_braces(open, &mut |parser: &mut Self| parser.statement(open))
    }

    /// Says that a brace is not closed.
    pub(super) fn unclosed(&mut self, open: Span) -> Stop {
        let count = self.errors.len();
        self.unexpected("`}`");
        if let Some(error) = self.errors.get_mut(count) {
            error.related = Some(open);
        }
        Stop::Unclosed
    }

    fn implementation(&mut self) -> Parsed<NodeKind> {
        self.bump();
        self.type_ref("a type")?;
        let open = self.span();
        self.braced(|parser| parser.member(open, Self::method))?;
        Ok(NodeKind::Impl)
    }

    fn method(&mut self) -> Parsed<NodeKind> {
        self.attributes()?;
        self.eat(TokenKind::Pub);
        if self.is_later_member() {
            return Err(self.later());
        }
        self.result_type()?;
        self.type_ref("a method")?;
        self.name("the method's name")?;
        self.receiver();
        self.signature_and_body()?;
        Ok(NodeKind::Function)
    }

    /// METH-1: a method has no parameter `self`.
    pub(super) fn receiver(&mut self) {
        let mut token = self.at;
        while !matches!(
            self.tokens.kind(token),
            TokenKind::CloseParen | TokenKind::OpenBrace | TokenKind::Semicolon | TokenKind::End
        ) {
            let next = self.tokens.kind(token + 1);
            if matches!(next, TokenKind::Comma | TokenKind::CloseParen)
                && self.tokens.kind(token) == TokenKind::Name
                && self.spelled(token) == "self"
            {
                let span = self.tokens.span(token);
                self.report(SyntaxError::new(ErrorKind::Receiver, span));
            }
            token += 1;
        }
    }

    fn attribute_declaration(&mut self) -> Parsed<NodeKind> {
        self.bump();
        self.name("the attribute's name")?;
        match (self.peek(), self.ahead(1)) {
            (TokenKind::OpenParen, TokenKind::CloseParen) => {
                // It is told, and the attribute is for everything (ATT-1).
                self.bump();
                self.unexpected("a target");
                self.bump();
            }
            (TokenKind::OpenParen, _) => self.node(NodeKind::AttributeTargets, |parser| {
                parser.bump();
                parser.list(TokenKind::CloseParen, |parser| parser.name("a target"))
            })?,
            _ => {}
        }
        self.expect(TokenKind::OpenBrace)?;
        self.list(TokenKind::CloseBrace, |parser| {
            parser.node(NodeKind::AttributeParameter, |parser| {
                parser.name("the parameter's name")?;
                parser.expect(TokenKind::Colon)?;
                parser.type_ref("the parameter's type")?;
                if parser.eat(TokenKind::Eq) {
                    parser.expression()?;
                }
                Ok(())
            })
        })?;
        Ok(NodeKind::AttributeDeclaration)
    }

    fn test(&mut self) -> Parsed<NodeKind> {
        self.bump();
        if self.at(TokenKind::Text) {
            return Err(self.unexpected_hint("the test's name", Some(Hint::TestName)));
        }
        self.name("the test's name")?;
        if self.at(TokenKind::OpenParen) {
            return Err(self.unexpected_hint("`{`", Some(Hint::TestName)));
        }
        let open = self.span();
        self.nested(|parser| {
            parser.braced(|parser| match parser.peek() {
                TokenKind::Meta => parser.entries(NodeKind::Meta),
                TokenKind::Skip => parser.entries(NodeKind::Skip),
                _ => parser.statement(open),
            })
        })?;
        Ok(NodeKind::Test)
    }

    /// `meta { key = value; }`
    fn entries(&mut self, kind: NodeKind) -> Parsed {
        self.node(kind, |parser| {
            parser.bump();
            parser.braced(|parser| parser.part(Self::entry, Self::skip_statement))
        })
    }

    fn entry(&mut self) -> Parsed<NodeKind> {
        self.name("a key")?;
        self.expect(TokenKind::Eq)?;
        self.expression()?;
        self.expect(TokenKind::Semicolon)?;
        Ok(NodeKind::Entry)
    }

    /// Attributes before something. What is wrong in one ends with it.
    pub(super) fn attributes(&mut self) -> Parsed {
        while self.at(TokenKind::OpenBracket) {
            let mark = self.open(NodeKind::Attribute);
            let parsed = self.attribute();
            if parsed.is_err() {
                self.set_kind(mark, NodeKind::Error);
                self.skip_attribute(mark.token());
            }
            self.close(mark);
        }
        Ok(())
    }

    fn attribute(&mut self) -> Parsed {
        self.bump();
        self.path("the attribute's name")?;
        if self.eat(TokenKind::OpenParen) {
            self.list(TokenKind::CloseParen, |parser| {
                parser.node(NodeKind::AttributeArgument, |parser| {
                    parser.name("the argument's name")?;
                    parser.expect(TokenKind::Colon)?;
                    parser.expression()
                })
            })?;
        }
        self.expect(TokenKind::CloseBracket)
    }

    pub(super) fn type_alias(&mut self) -> Stop {
        self.unexpected_hint("`{`", Some(Hint::TypeAlias))
    }
}
