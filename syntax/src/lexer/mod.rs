//! From text to tokens (section 1 of the language's reference).

mod lines;
mod numbers;
mod strings;

pub(crate) use lines::is_cut;

use crate::error::{ErrorKind, SyntaxError};
use crate::kinds::TokenKind;
use crate::span::Span;
use crate::tokens::Tokens;
use crate::trivia::{self, TriviaKind};

/// What the lexer made of a text.
pub(crate) struct Lexed {
    pub(crate) tokens: Tokens,
    pub(crate) errors: Vec<SyntaxError>,
    /// Where something begins that does not end, and has swallowed the rest.
    pub(crate) swallowed: Option<u32>,
    /// The tokens that end strings whose quotes are missing, and those before and after code
    /// in strings whose brace is.
    pub(crate) cuts: Vec<u32>,
}

/// Splits a text into tokens.
pub(crate) fn lex(text: &str) -> Lexed {
    read(text, false)
}

/// Splits a text that is broken into tokens, where strings end with their lines if what
/// follows tells so.
pub(crate) fn lex_by_lines(text: &str) -> Lexed {
    read(text, true)
}

fn read(text: &str, by_lines: bool) -> Lexed {
    let mut lexer = Lexer {
        whole: text,
        text,
        bytes: text.as_bytes(),
        at: 0,
        tokens: Tokens::with_capacity(text.len() / BYTES_PER_TOKEN + 2),
        errors: Vec::new(),
        open: Vec::new(),
        closed: None,
        swallowed: None,
        by_lines,
        cut: None,
        cuts: Vec::new(),
    };
    while lexer.token() || lexer.after_cut() {}
    lexer.end()
}

/// With the space around them, in sources that people write.
const BYTES_PER_TOKEN: usize = 2;

/// What is open at a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Paren,
    Brace,
    /// `${` in a string.
    Hole,
}

struct Lexer<'t> {
    whole: &'t str,
    /// The text to before where code in a string is cut.
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    tokens: Tokens,
    errors: Vec<SyntaxError>,
    /// Each with the token that opened it.
    open: Vec<(Open, u32)>,
    /// The last `)`, and its `(`.
    closed: Option<(usize, u32)>,
    swallowed: Option<u32>,
    /// Whether strings may end with their lines.
    by_lines: bool,
    cut: Option<lines::Cut>,
    cuts: Vec<u32>,
}

impl Lexer<'_> {
    /// The byte at an offset from here; 0 at the end.
    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Skips bytes that are characters by themselves.
    fn skip(&mut self, accept: impl Fn(u8) -> bool) {
        let mut at = self.at;
        while self.bytes.get(at).is_some_and(|byte| accept(*byte)) {
            at += 1;
        }
        self.at = at;
    }

    /// The character that is here.
    fn char(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.char()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn report(&mut self, kind: ErrorKind, start: usize) {
        let span = Span::of(start..self.at);
        self.errors.push(SyntaxError::new(kind, span));
    }

    /// Whether there was another.
    fn token(&mut self) -> bool {
        self.skip_trivia();
        let start = self.at;
        let Some(first) = self.bytes.get(start) else {
            return false;
        };
        let kind = match *first {
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.name(*first),
            b'0'..=b'9' => self.number(),
            b'"' => {
                self.at += 1;
                self.text(TokenKind::Text, TokenKind::TextStart)
            }
            b'\'' => self.character(),
            b'.' if self.starts_fraction() => self.fraction_only(),
            b'(' => {
                self.opened(Open::Paren);
                self.single(TokenKind::OpenParen)
            }
            b')' => self.close_paren(),
            b'{' => {
                self.opened(Open::Brace);
                self.single(TokenKind::OpenBrace)
            }
            b'}' => self.close_brace(),
            b'[' => self.single(TokenKind::OpenBracket),
            b']' => self.single(TokenKind::CloseBracket),
            b',' => self.single(TokenKind::Comma),
            b';' => self.single(TokenKind::Semicolon),
            b'.' => self.single(TokenKind::Dot),
            _ => self.mark(),
        };
        self.tokens
            .push(kind, Span::new(start as u32, self.at as u32));
        true
    }

    /// Skips blanks and comments.
    fn skip_trivia(&mut self) {
        let mut at = self.at;
        loop {
            match self.bytes.get(at) {
                Some(b' ' | b'\n' | b'\t' | b'\r') => at += 1,
                Some(b'/') => match self.comment(at) {
                    Some(end) => at = end,
                    None => break,
                },
                _ => break,
            }
        }
        self.at = at;
    }

    /// The end of the comment that starts at an offset, if one does.
    fn comment(&mut self, start: usize) -> Option<usize> {
        let (kind, end) = trivia::piece(self.bytes, start)?;
        if kind == TriviaKind::BlockComment {
            let comment = &self.bytes[start..end];
            if comment.len() < 4 || !comment.ends_with(b"*/") {
                let span = Span::of(start..start + 2);
                let error = SyntaxError::new(ErrorKind::UnterminatedComment, span);
                self.errors.push(error);
                self.swallowed = Some(span.start);
            }
        }
        Some(end)
    }

    fn name(&mut self, first: u8) -> TokenKind {
        let start = self.at;
        self.skip(|byte| IN_NAME[usize::from(byte)]);
        // Most names are no words, which their first letter and length tell.
        match TokenKind::may_be_word(first, self.at - start) {
            true => TokenKind::word(&self.text[start..self.at]).unwrap_or(TokenKind::Name),
            false => TokenKind::Name,
        }
    }

    /// Punctuation, the longest that is here, or something unknown.
    fn mark(&mut self) -> TokenKind {
        let first = self.byte(0);
        let (second, third) = (self.byte(1), self.byte(2));
        let (kind, len) = match (first, second, third) {
            (b'=', b'=', b'=') => (TokenKind::Identical, 3),
            (b'!', b'=', b'=') => (TokenKind::NotIdentical, 3),
            (b'=', b'>', _) => (TokenKind::Arrow, 2),
            (b'=', b'=', _) => (TokenKind::EqEq, 2),
            (b'!', b'=', _) => (TokenKind::NotEq, 2),
            (b'<', b'=', _) => (TokenKind::LessEq, 2),
            (b'>', b'=', _) => (TokenKind::GreaterEq, 2),
            (b'&', b'&', _) => (TokenKind::AndAnd, 2),
            (b'|', b'|', _) => (TokenKind::OrOr, 2),
            (b'+', b'=', _) => (TokenKind::PlusEq, 2),
            (b'-', b'=', _) => (TokenKind::MinusEq, 2),
            (b':', b':', _) => (TokenKind::PathSeparator, 2),
            _ => match single(first) {
                Some(kind) => (kind, 1),
                None => return self.unknown(),
            },
        };
        self.at += len;
        if kind == TokenKind::Arrow
            && let Some((close, open)) = self.closed
            && close + 1 == self.tokens.len()
        {
            self.tokens.mark_arrow(open);
        }
        kind
    }

    /// A token of the one byte that is here.
    fn single(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 1;
        kind
    }

    fn close_paren(&mut self) -> TokenKind {
        if let Some((_, token)) = self.open.pop_if(|(open, _)| *open == Open::Paren) {
            self.closed = Some((self.tokens.len(), token));
        }
        self.single(TokenKind::CloseParen)
    }

    fn opened(&mut self, open: Open) {
        self.open.push((open, self.tokens.len() as u32));
    }

    /// What a `}` ends: a block, or the code in a string.
    fn close_brace(&mut self) -> TokenKind {
        self.at += 1;
        while self.open.pop_if(|(open, _)| *open == Open::Paren).is_some() {}
        match self.open.pop() {
            Some((Open::Hole, _)) => self.text(TokenKind::TextEnd, TokenKind::TextMiddle),
            _ => TokenKind::CloseBrace,
        }
    }

    /// All characters from here on that start no token, as one.
    fn unknown(&mut self) -> TokenKind {
        let start = self.at;
        while self.bump().is_some() {
            let next = self.byte(0);
            let known = match next {
                b' ' | b'\t' | b'\n' | b'\r' | b'_' | b'"' | b'\'' => true,
                b'&' | b'|' => self.byte(1) == next,
                _ => next.is_ascii_alphanumeric() || single(next).is_some(),
            };
            if known || self.at >= self.bytes.len() {
                break;
            }
        }
        self.report(ErrorKind::UnknownCharacter, start);
        TokenKind::Unknown
    }

    fn end(mut self) -> Lexed {
        let hole = self.open.iter().find(|(open, _)| *open == Open::Hole);
        if let Some((_, token)) = hole
            && self.swallowed.is_none()
        {
            let start = self.tokens.span(*token as usize).start;
            let span = Span::new(start, start + 1);
            self.errors
                .push(SyntaxError::new(ErrorKind::UnterminatedText, span));
            self.swallowed = Some(start);
        }
        let end = self.bytes.len();
        self.tokens.push(TokenKind::End, Span::of(end..end));
        Lexed {
            tokens: self.tokens,
            errors: self.errors,
            swallowed: self.swallowed,
            cuts: self.cuts,
        }
    }
}

/// Whether each byte may stand in a name.
static IN_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = byte as u8 == b'_' || (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

/// Punctuation of one character.
fn single(byte: u8) -> Option<TokenKind> {
    SINGLE[usize::from(byte)]
}

/// Of each byte.
static SINGLE: [Option<TokenKind>; 256] = {
    let mut table = [None; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = single_mark(byte as u8);
        byte += 1;
    }
    table
};

const fn single_mark(byte: u8) -> Option<TokenKind> {
    Some(match byte {
        b'(' => TokenKind::OpenParen,
        b')' => TokenKind::CloseParen,
        b'{' => TokenKind::OpenBrace,
        b'}' => TokenKind::CloseBrace,
        b'[' => TokenKind::OpenBracket,
        b']' => TokenKind::CloseBracket,
        b',' => TokenKind::Comma,
        b';' => TokenKind::Semicolon,
        b':' => TokenKind::Colon,
        b'.' => TokenKind::Dot,
        b'=' => TokenKind::Eq,
        b'<' => TokenKind::Less,
        b'>' => TokenKind::Greater,
        b'+' => TokenKind::Plus,
        b'-' => TokenKind::Minus,
        b'*' => TokenKind::Star,
        b'/' => TokenKind::Slash,
        b'%' => TokenKind::Percent,
        b'!' => TokenKind::Not,
        b'?' => TokenKind::Question,
        _ => return None,
    })
}
