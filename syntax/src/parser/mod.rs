//! From tokens to nodes: the grammar of section 2 of the language's reference, with
//! recovery at statements, members and items.
//!
//! A node is opened before what is in it, and closed after. Where only later
//! tokens tell what something is (an operand of a chain, a type before `[]`), the
//! node is put before the nodes that it has: they are few, and nesting is limited.

mod braces;
mod expressions;
mod functions;
mod hints;
mod items;
mod lookahead;
mod members;
mod misspelt;
mod nodes;
mod paths;
mod patterns;
mod primary;
mod recovery;
mod statements;
mod types;

use std::collections::HashSet;

pub use misspelt::meant_word;

use crate::error::{DEEPEST, ErrorKind, Hint, SyntaxError};
use crate::kinds::TokenKind;
use crate::lexer::{self, Lexed};
use crate::span::Span;
use crate::tokens::Tokens;
use crate::tree::NodeData;

/// Why something has not been parsed. It was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// It is broken; the next statement, member or item may be right.
    Broken,
    /// A brace is not closed; the next item may be right.
    Unclosed,
}

type Parsed<T = ()> = Result<T, Stop>;

/// What the parser made of a text.
pub(crate) struct Output {
    pub(crate) nodes: Vec<NodeData>,
    pub(crate) errors: Vec<SyntaxError>,
}

impl Output {
    /// Whether a reading in which strings end with their lines explains more than another,
    /// which read the text to where something swallows the rest.
    ///
    /// A string that is ended so is followed by what follows no string, in both readings.
    pub(crate) fn is_better(&self, other: &Self, swallowed: Option<u32>) -> bool {
        let end = swallowed.unwrap_or(u32::MAX);
        let errors = self
            .errors
            .iter()
            .filter(|error| error.span.start < end && error.kind != ErrorKind::UnterminatedText);
        let (count, others) = (errors.count(), other.errors.len());
        count < others || swallowed.is_some() && count == others
    }
}

/// Parses a text that the lexer has read.
pub(crate) fn parse(text: &str, lexed: &Lexed) -> Output {
    let mut parser = Parser {
        text,
        tokens: &lexed.tokens,
        at: 0,
        nodes: Vec::with_capacity(lexed.tokens.len()),
        errors: lexed.errors.clone(),
        unclosed: HashSet::new(),
        swallowed: lexed.swallowed,
        cuts: &lexed.cuts,
        excess: None,
        broken: false,
        depth: 0,
        head: false,
        bare: false,
    };
    parser.file();
    let mut errors = parser.errors;
    errors.sort_by_key(|error| error.span);
    Output {
        nodes: parser.nodes,
        errors,
    }
}

struct Parser<'t> {
    text: &'t str,
    tokens: &'t Tokens,
    /// The next token.
    at: usize,
    nodes: Vec<NodeData>,
    errors: Vec<SyntaxError>,
    /// Each `<` in other lists of types that opens none, as a look ahead found.
    unclosed: HashSet<usize>,
    /// Where a string or a comment begins that does not end.
    swallowed: Option<u32>,
    /// The tokens that end strings whose quotes are missing, and those before and after code
    /// in strings whose brace is.
    cuts: &'t [u32],
    /// How many more braces open than close of those that nothing explains; counted when
    /// something is broken.
    excess: Option<i64>,
    /// Whether the item before is broken.
    broken: bool,
    depth: u32,
    /// Whether a `{}` belongs to a statement, and not to the expression before it
    /// (SYN-2).
    head: bool,
    /// Whether a `=>` ends the expression (SYN-4).
    bare: bool,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> TokenKind {
        self.tokens.kind(self.at)
    }

    fn ahead(&self, count: usize) -> TokenKind {
        self.tokens.kind(self.at + count)
    }

    fn span(&self) -> Span {
        self.tokens.span(self.at)
    }

    fn previous_kind(&self) -> TokenKind {
        self.tokens.kind(self.at.saturating_sub(1))
    }

    fn previous_span(&self) -> Span {
        self.tokens.span(self.at.saturating_sub(1))
    }

    /// The text of a token.
    fn spelled(&self, token: usize) -> &'t str {
        self.tokens.span(token).text(self.text)
    }

    /// Whether the next token is the name that is a word where it stands (LEX-5).
    fn at_contextual(&self, word: &str) -> bool {
        self.peek() == TokenKind::Name && self.spelled(self.at) == word
    }

    fn at(&self, kind: TokenKind) -> bool {
        self.peek() == kind
    }

    fn bump(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }

    fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.at(kind);
        if found {
            self.bump();
        }
        found
    }

    fn expect(&mut self, kind: TokenKind) -> Parsed {
        if self.eat(kind) {
            return Ok(());
        }
        Err(self.unexpected(quoted(kind)))
    }

    fn name(&mut self, what: &'static str) -> Parsed {
        match self.eat(TokenKind::Name) {
            true => Ok(()),
            false => Err(self.no_name(what)),
        }
    }

    #[cold]
    fn no_name(&mut self, what: &'static str) -> Stop {
        let stop = self.unexpected(what);
        let is_name = match self.ahead(1) {
            TokenKind::Eq | TokenKind::Comma | TokenKind::CloseParen | TokenKind::Colon => true,
            TokenKind::Semicolon => !self.begins_line(self.at),
            _ => false,
        };
        if self.peek().is_word() && is_name {
            // The word was to be a name, and begins nothing.
            self.bump();
        }
        stop
    }

    /// Says that something else is wanted here.
    fn unexpected(&mut self, wanted: &'static str) -> Stop {
        self.unexpected_hint(wanted, None)
    }

    fn unexpected_hint(&mut self, wanted: &'static str, hint: Option<Hint>) -> Stop {
        let found = self.peek();
        // The lexer has said what is wrong here.
        let swallowed = self
            .swallowed
            .is_some_and(|start| start <= self.span().start);
        if found == TokenKind::Unknown || swallowed || self.is_after_cut() {
            return Stop::Broken;
        }
        // What is missing at the end of the text belongs after its last token.
        let span = match found {
            TokenKind::End => self.previous_span(),
            _ => self.span(),
        };
        let hint = hint.or_else(|| self.hint(wanted, found));
        let hint = hint.or_else(|| self.reserved(wanted));
        self.report(SyntaxError {
            hint,
            ..SyntaxError::new(ErrorKind::Expected { wanted, found }, span)
        })
    }

    /// Whether the token before ends a string that was not closed.
    fn is_after_cut(&self) -> bool {
        self.at > 0 && lexer::is_cut(self.cuts, self.at - 1)
    }

    fn report(&mut self, error: SyntaxError) -> Stop {
        self.errors.push(error);
        Stop::Broken
    }

    /// Parses something that may contain itself.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEEPEST {
            return Err(self.too_deep());
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    #[cold]
    fn too_deep(&mut self) -> Stop {
        let span = self.span();
        self.report(SyntaxError::new(ErrorKind::TooDeep, span))
    }

    /// Parses with another meaning of `{}` and `=>`.
    fn within<T>(&mut self, head: bool, bare: bool, parse: impl FnOnce(&mut Self) -> T) -> T {
        let before = (self.head, self.bare);
        (self.head, self.bare) = (head, bare);
        let parsed = parse(self);
        (self.head, self.bare) = before;
        parsed
    }

    /// Things with commas between them and perhaps one after the last, to after
    /// what closes them.
    fn list(&mut self, close: TokenKind, mut part: impl FnMut(&mut Self) -> Parsed) -> Parsed {
        while !self.at(close) {
            part(self)?;
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        self.expect(close)
    }
}

/// A token's spelling as a message quotes it.
const fn quoted(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::OpenParen => "`(`",
        TokenKind::CloseParen => "`)`",
        TokenKind::OpenBrace => "`{`",
        TokenKind::CloseBrace => "`}`",
        TokenKind::CloseBracket => "`]`",
        TokenKind::Greater => "`>`",
        TokenKind::Semicolon => "`;`",
        TokenKind::Colon => "`:`",
        TokenKind::Eq => "`=`",
        TokenKind::Arrow => "`=>`",
        TokenKind::In => "`in`",
        TokenKind::PathSeparator => "`::`",
        _ => kind.describe(),
    }
}
