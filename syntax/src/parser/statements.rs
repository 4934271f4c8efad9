//! Blocks and statements.

use super::{Parsed, Parser, Stop};
use crate::error::Hint;
use crate::kinds::{NodeKind, TokenKind};
use crate::span::Span;

/// Most tokens of the three parts of a loop of other languages.
const LONGEST_LOOP: usize = 256;

impl Parser<'_> {
    pub(super) fn block(&mut self) -> Parsed {
        self.block_of(&mut false)
    }

    /// A block of a statement, of which it was told or not that it has no braces.
    fn block_of(&mut self, told: &mut bool) -> Parsed {
        self.node(NodeKind::Block, |parser| {
            let open = parser.span();
            parser.nested(|parser| {
                if parser.is_single_statement() && !parser.has_excess(-1) {
                    // The block ends with it.
                    if !std::mem::replace(told, true) {
                        parser.unexpected("`{`");
                    }
                    return parser.statement(open);
                }
                parser.open_brace(begins_statement)?;
                parser.rest_of_block(open)
            })
        })
    }

    /// A statement of the block that opens at a span. What is wrong in one ends
    /// with it.
    pub(super) fn statement(&mut self, open: Span) -> Parsed {
        if self.at_item() || self.at_public() || self.at_function() {
            // What stands in a function has its indentation.
            if self.has_excess(1) || self.is_outermost(self.at) {
                return Err(self.unclosed(open));
            }
            return self.part(|parser| Err(parser.nested_item()), Self::skip_item);
        }
        self.part(Self::whole_statement, Self::skip_statement)
    }

    fn whole_statement(&mut self) -> Parsed<NodeKind> {
        match self.peek() {
            TokenKind::If => self.if_statement(),
            TokenKind::While => {
                self.bump();
                self.head()?;
                self.block()?;
                Ok(NodeKind::While)
            }
            TokenKind::For => self.for_statement(),
            TokenKind::Return => {
                self.bump();
                if !self.at(TokenKind::Semicolon) {
                    self.expression()?;
                }
                self.expect(TokenKind::Semicolon)?;
                Ok(NodeKind::Return)
            }
            TokenKind::Break | TokenKind::Continue => {
                let kind = match self.peek() {
                    TokenKind::Break => NodeKind::Break,
                    _ => NodeKind::Continue,
                };
                self.bump();
                self.expect(TokenKind::Semicolon)?;
                Ok(kind)
            }
            TokenKind::OpenBrace => {
                self.braces_of_statement()?;
                Ok(NodeKind::Block)
            }
            TokenKind::Let => {
                self.bump();
                self.eat(TokenKind::Mut);
                self.local()
            }
            TokenKind::Name if self.is_later_statement() => Err(self.later()),
            _ if self.starts_local() => {
                self.eat(TokenKind::Mut);
                self.type_ref("a type")?;
                self.eat(TokenKind::Mut);
                self.local()
            }
            _ => self.expression_statement(),
        }
    }

    /// Whether a function is here, and no local.
    fn at_function(&mut self) -> bool {
        matches!(self.peek(), TokenKind::Name | TokenKind::OpenParen)
            && !self.is_later_statement()
            && self.starts_local()
            && self.starts_function()
    }

    /// Says that an item stands in a function: the braces around it are closed.
    fn nested_item(&mut self) -> Stop {
        self.unexpected_hint("`}`", Some(Hint::NestedItem))
    }

    /// A block whose node is the statement's.
    fn braces_of_statement(&mut self) -> Parsed {
        let open = self.span();
        self.nested(|parser| parser.braced(|parser| parser.statement(open)))
    }

    /// A word of a later version, before what only it explains: a name that no `=`
    /// follows, or a block.
    fn is_later_statement(&self) -> bool {
        self.is_later_word(self.at)
            && match self.ahead(1) {
                TokenKind::Name => !matches!(self.ahead(2), TokenKind::Eq),
                TokenKind::OpenBrace => self.ahead(3) != TokenKind::Colon,
                _ => false,
            }
    }

    /// The part of a local from its name on.
    fn local(&mut self) -> Parsed<NodeKind> {
        self.name("the local's name")?;
        if self.at(TokenKind::Colon) {
            return Err(self.unexpected_hint("`=`", Some(Hint::TypeFirst)));
        }
        if let TokenKind::Semicolon | TokenKind::Comma = self.peek() {
            return Err(self.unexpected_hint("`=`", Some(Hint::LocalValue)));
        }
        self.expect(TokenKind::Eq)?;
        self.expression()?;
        self.expect(TokenKind::Semicolon)?;
        Ok(NodeKind::Local)
    }

    /// An expression before the block of a statement (SYN-2).
    pub(super) fn head(&mut self) -> Parsed {
        self.within(true, false, Self::expression)
    }

    fn if_statement(&mut self) -> Parsed<NodeKind> {
        let mut told = false;
        self.bump();
        self.head()?;
        self.block_of(&mut told)?;
        while self.eat(TokenKind::Else) {
            if self.eat(TokenKind::If) {
                self.head()?;
                self.block_of(&mut told)?;
            } else {
                self.block_of(&mut told)?;
                break;
            }
        }
        Ok(NodeKind::If)
    }

    fn for_statement(&mut self) -> Parsed<NodeKind> {
        self.bump();
        if self.at(TokenKind::OpenParen) {
            let stop = self.unexpected_hint("the loop's variable", Some(Hint::ForLoop));
            self.skip_parts_of_loop();
            return Err(stop);
        }
        self.name("the loop's variable")?;
        self.expect(TokenKind::In)?;
        self.head()?;
        self.block()?;
        Ok(NodeKind::For)
    }

    /// Skips `(i64 i = 0; i < n; i++)`, if a block follows.
    fn skip_parts_of_loop(&mut self) {
        let mut depth = 0_usize;
        for token in self.at..self.at + LONGEST_LOOP {
            match self.tokens.kind(token) {
                TokenKind::OpenParen => depth += 1,
                TokenKind::CloseParen => depth -= 1,
                TokenKind::OpenBrace | TokenKind::CloseBrace | TokenKind::End => return,
                _ => {}
            }
            if depth == 0 {
                self.at = token;
                return;
            }
        }
    }

    fn expression_statement(&mut self) -> Parsed<NodeKind> {
        let is_match = self.at(TokenKind::Match);
        self.expression()?;
        if self.eat(TokenKind::Semicolon) {
            return Ok(NodeKind::ExpressionStatement);
        }
        let hint = match self.peek() {
            _ if is_match => Some(Hint::MatchStatement),
            TokenKind::CloseBrace => Some(Hint::TailExpression),
            _ => None,
        };
        Err(self.unexpected_hint("`;`", hint))
    }
}

/// Whether a token begins a statement, and no expression that follows another.
const fn begins_statement(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Let
            | TokenKind::Mut
            | TokenKind::If
            | TokenKind::While
            | TokenKind::For
            | TokenKind::Return
            | TokenKind::Break
            | TokenKind::Continue
            | TokenKind::Match
            | TokenKind::Name
    )
}
