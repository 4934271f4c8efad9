//! From text to tokens.

mod literal;
mod token;

pub(crate) use token::{Punct, StrPart, Token, TokenKind, Tokens, Word};

use beskid_plugin_api::codes::Code;

use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::span::Span;

/// Splits a part of a text into tokens.
pub(crate) fn tokens(text: &str, part: Span, diagnostics: &mut Vec<SourceDiagnostic>) -> Tokens {
    let mut lexer = Lexer {
        text,
        offset: part.start,
        end: part.end,
        strings: Vec::new(),
        diagnostics,
    };
    let mut list = Vec::with_capacity((part.end - part.start) / BYTES_PER_TOKEN + 1);
    while let Some(token) = lexer.next_token() {
        list.push(token);
    }
    let end = Span::new(part.end, part.end);
    list.push(Token::new(TokenKind::End, end));
    Tokens {
        list,
        strings: lexer.strings,
    }
}

/// With the space around them, in sources that people write.
const BYTES_PER_TOKEN: usize = 3;

struct Lexer<'a> {
    text: &'a str,
    offset: usize,
    end: usize,
    strings: Vec<Vec<StrPart>>,
    diagnostics: &'a mut Vec<SourceDiagnostic>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.offset..self.end]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.offset += next.len_utf8();
        Some(next)
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.offset += text.len();
        }
        found
    }

    fn eat_while(&mut self, accept: impl Fn(char) -> bool) -> &str {
        let start = self.offset;
        while self.peek().is_some_and(&accept) {
            self.bump();
        }
        &self.text[start..self.offset]
    }

    fn report(
        &mut self,
        code: Code,
        message: impl Into<String>,
        start: usize,
    ) -> &mut SourceDiagnostic {
        let span = Span::new(start, self.offset);
        self.diagnostics
            .push(SourceDiagnostic::new(code, message, span, ""));
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    /// The byte at an offset from here; 0 at the end.
    fn byte(&self, ahead: usize) -> u8 {
        let at = self.offset + ahead;
        if at < self.end {
            self.text.as_bytes()[at]
        } else {
            0
        }
    }

    /// Skips bytes that are characters by themselves.
    fn skip_bytes(&mut self, accept: impl Fn(u8) -> bool) {
        let bytes = &self.text.as_bytes()[self.offset..self.end];
        let count = bytes.iter().position(|byte| !accept(*byte));
        self.offset += count.unwrap_or(bytes.len());
    }

    fn next_token(&mut self) -> Option<Token> {
        loop {
            self.skip_blank();
            let start = self.offset;
            if start >= self.end {
                return None;
            }
            let kind = match self.byte(0) {
                b'0'..=b'9' => self.number(),
                b'"' => self.string(),
                b'\'' => self.character(),
                b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.name(),
                _ => match self.punctuation() {
                    Some(punct) => TokenKind::Punct(punct),
                    None => {
                        let first = self.bump()?;
                        let message = format!("`{}` starts no token", first.escape_default());
                        self.report(codes::BAD_CHARACTER, message, start);
                        continue;
                    }
                },
            };
            return Some(Token::new(kind, Span::new(start, self.offset)));
        }
    }

    fn skip_blank(&mut self) {
        loop {
            self.skip_bytes(|byte| matches!(byte, b' ' | b'\t'..=b'\r'));
            match (self.byte(0), self.byte(1)) {
                (b'/', b'/') => self.skip_bytes(|byte| byte != b'\n'),
                (b'/', b'*') => self.block_comment(),
                (0x80.., _) if self.peek().is_some_and(char::is_whitespace) => {
                    self.bump();
                }
                _ => return,
            }
        }
    }

    /// Block comments nest.
    fn block_comment(&mut self) {
        let start = self.offset;
        let mut depth = 0_usize;
        loop {
            if self.eat("/*") {
                depth += 1;
            } else if self.eat("*/") {
                depth -= 1;
                if depth == 0 {
                    return;
                }
            } else if self.bump().is_none() {
                let end = (start + 2).min(self.end);
                let span = Span::new(start, end);
                let message = "this comment does not end";
                self.diagnostics.push(
                    SourceDiagnostic::new(codes::UNTERMINATED, message, span, "starts here")
                        .help("close it with `*/`"),
                );
                return;
            }
        }
    }

    fn name(&mut self) -> TokenKind {
        let start = self.offset;
        self.skip_bytes(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
        match Word::spelled(&self.text[start..self.offset]) {
            Some(word) => TokenKind::Word(word),
            None => TokenKind::Name,
        }
    }

    /// The longest punctuation that is here.
    fn punctuation(&mut self) -> Option<Punct> {
        let punct = match (self.byte(0), self.byte(1), self.byte(2)) {
            (b'=', b'=', b'=') => Punct::Identical,
            (b'!', b'=', b'=') => Punct::NotIdentical,
            (b'=', b'=', _) => Punct::EqEq,
            (b'!', b'=', _) => Punct::NotEq,
            (b'<', b'=', _) => Punct::LessEq,
            (b'>', b'=', _) => Punct::GreaterEq,
            (b'&', b'&', _) => Punct::AndAnd,
            (b'|', b'|', _) => Punct::OrOr,
            (b'+', b'=', _) => Punct::PlusEq,
            (b'-', b'=', _) => Punct::MinusEq,
            (b'=', b'>', _) => Punct::Arrow,
            (b':', b':', _) => Punct::Path,
            _ => Punct::spelled(self.rest().get(..1)?)?,
        };
        self.offset += punct.text().len();
        Some(punct)
    }
}

fn is_name_part(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}
