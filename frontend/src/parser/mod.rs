//! From tokens to the syntax tree, with recovery at statements and items.

mod contracts;
mod expressions;
mod items;
mod statements;
mod types;

use std::ops::Range;

use crate::ast;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::lexer::{self, Punct, TokenKind, Tokens, Word};
use crate::span::Span;

/// Deepest nesting of blocks and expressions.
const DEEPEST: usize = 256;

/// The reason has been reported.
struct Reported;

type Parsed<T> = Result<T, Reported>;

/// Parses a source: its items first, and the bodies of its functions when they are
/// checked, so that not all of them are in memory at once.
pub(crate) struct Parser<'a> {
    text: &'a str,
    tokens: Tokens,
    next: usize,
    depth: usize,
    /// Whether bodies wait.
    waits: bool,
    /// What was reported so far.
    pub(crate) diagnostics: Vec<SourceDiagnostic>,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let mut diagnostics = Vec::new();
        let whole = Span::new(0, text.len());
        Self {
            text,
            tokens: lexer::tokens(text, whole, &mut diagnostics),
            next: 0,
            depth: 0,
            waits: false,
            diagnostics,
        }
    }

    /// The items, without the bodies of functions; `None` if something is wrong.
    pub(crate) fn declarations(&mut self) -> Option<ast::Source<'a>> {
        self.waits = true;
        let source = self.items();
        self.waits = false;
        self.diagnostics.is_empty().then_some(source)
    }

    /// The items and all that is in them. What could not be parsed is left out and
    /// reported.
    pub(crate) fn source(&mut self) -> ast::Source<'a> {
        *self = Self::new(self.text);
        self.items()
    }

    /// A body that waits; `None` if something is wrong with it.
    pub(crate) fn waiting(&mut self, tokens: &Range<usize>) -> Option<ast::Block<'a>> {
        self.next = tokens.start;
        self.depth = 0;
        let block = self.block().ok()?;
        (self.next == tokens.end && self.diagnostics.is_empty()).then_some(block)
    }

    /// The body of a function.
    fn body(&mut self) -> Parsed<ast::Body<'a>> {
        let start = self.next;
        if self.waits && self.skip_braces() {
            return Ok(ast::Body::Waiting(start..self.next));
        }
        self.next = start;
        self.block().map(ast::Body::Parsed)
    }

    /// Skips to after the brace that closes the one that is here, if it is closed.
    fn skip_braces(&mut self) -> bool {
        let mut depth = 0_usize;
        for token in &self.tokens.list[self.next..] {
            self.next += 1;
            match token.kind {
                TokenKind::Punct(Punct::OpenBrace) => depth += 1,
                TokenKind::Punct(Punct::CloseBrace) if depth == 1 => return true,
                TokenKind::Punct(Punct::CloseBrace) => depth = depth.saturating_sub(1),
                _ if depth == 0 => return false,
                _ => {}
            }
        }
        false
    }

    fn peek(&self) -> &TokenKind {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> &TokenKind {
        let token = self.tokens.list.get(self.next + ahead);
        token.map_or(&TokenKind::End, |token| &token.kind)
    }

    fn span(&self) -> Span {
        let last = self.tokens.list.len() - 1;
        self.tokens.list[self.next.min(last)].span()
    }

    fn text(&self, span: Span) -> &'a str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    fn previous_span(&self) -> Span {
        self.tokens.list[self.next.saturating_sub(1)].span()
    }

    fn bump(&mut self) {
        if self.next < self.tokens.list.len() - 1 {
            self.next += 1;
        }
    }

    fn at(&self, punct: Punct) -> bool {
        *self.peek() == TokenKind::Punct(punct)
    }

    fn at_word(&self, word: Word) -> bool {
        *self.peek() == TokenKind::Word(word)
    }

    fn eat(&mut self, punct: Punct) -> bool {
        let found = self.at(punct);
        if found {
            self.bump();
        }
        found
    }

    fn eat_word(&mut self, word: Word) -> bool {
        let found = self.at_word(word);
        if found {
            self.bump();
        }
        found
    }

    fn expect(&mut self, punct: Punct) -> Parsed<()> {
        if self.eat(punct) {
            return Ok(());
        }
        let wanted = format!("`{}`", punct.text());
        Err(self.unexpected(&wanted))
    }

    fn name(&mut self, what: &str) -> Parsed<ast::Name<'a>> {
        let span = self.span();
        match self.peek() {
            TokenKind::Name => {
                self.bump();
                let text = self.text(span);
                Ok(ast::Name { text, span })
            }
            TokenKind::Word(word) => {
                let message = format!("`{}` is a reserved word", word.text());
                let label = format!("expected {what}");
                self.report(SourceDiagnostic::new(
                    codes::UNEXPECTED,
                    message,
                    span,
                    label,
                ));
                Err(Reported)
            }
            _ => Err(self.unexpected(what)),
        }
    }

    fn unexpected(&mut self, wanted: &str) -> Reported {
        let found = match self.peek() {
            TokenKind::Name => format!("`{}`", self.text(self.span())),
            other => other.to_string(),
        };
        let message = format!("expected {wanted}, found {found}");
        // What is missing at the end of a line belongs after its last token.
        let span = match self.peek() {
            TokenKind::End => self.previous_span(),
            _ => self.span(),
        };
        let label = format!("expected {wanted}");
        let mut diagnostic = SourceDiagnostic::new(codes::UNEXPECTED, message, span, label);
        let before = &self.tokens.list[self.next.saturating_sub(1)];
        if before.kind == TokenKind::Name && self.at(Punct::OpenBrace) {
            let name = self.text(before.span());
            let help = format!("a value of a type is written `{name} {{ field: value }}`");
            diagnostic = diagnostic.help(help);
        }
        self.report(diagnostic)
    }

    fn unsupported(&mut self, what: &str, span: Span) -> Reported {
        let message = format!("{what} are not supported yet");
        self.report(
            SourceDiagnostic::new(codes::UNSUPPORTED, message, span, "").help(
                "functions, locals, control flow, the builtin types, and types with fields are",
            ),
        )
    }

    fn report(&mut self, diagnostic: SourceDiagnostic) -> Reported {
        self.diagnostics.push(diagnostic);
        Reported
    }

    /// Parses something that may contain itself.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == DEEPEST {
            let message = format!("nested more than {DEEPEST} levels deep");
            let span = self.span();
            return Err(self.report(
                SourceDiagnostic::new(codes::TOO_DEEP, message, span, "")
                    .help("move inner parts into functions or locals of their own"),
            ));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    /// Skips the rest of the statement that starts at the token `start`: to
    /// after the next `;`, or to before the `}` of the enclosing block.
    fn skip_statement(&mut self, start: usize) {
        let parsed = self.tokens.list[start..self.next].iter();
        // Of literals that are not closed yet.
        let mut open = parsed.fold(0_usize, |open, token| match token.kind {
            TokenKind::Punct(Punct::OpenBrace) => open + 1,
            TokenKind::Punct(Punct::CloseBrace) => open.saturating_sub(1),
            _ => open,
        });
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                TokenKind::End => return,
                TokenKind::Punct(Punct::Semicolon) if depth == 0 => {
                    self.bump();
                    return;
                }
                TokenKind::Punct(Punct::OpenBrace) => depth += 1,
                TokenKind::Punct(Punct::CloseBrace) => {
                    if depth == 0 && open == 0 {
                        return;
                    }
                    if depth == 0 {
                        open -= 1;
                        self.bump();
                        continue;
                    }
                    depth -= 1;
                    if depth == 0 && open == 0 {
                        self.bump();
                        self.eat(Punct::Semicolon);
                        return;
                    }
                }
                _ => {}
            }
            self.bump();
        }
    }
}
