//! From text to tokens.

mod literal;
mod token;

pub(crate) use token::{Punct, StrPart, Token, TokenKind, Word};

use beskid_plugin_api::codes::Code;

use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::span::Span;

/// Splits a part of a text into tokens; the last one is [`TokenKind::End`].
pub(crate) fn tokens(
    text: &str,
    part: Span,
    diagnostics: &mut Vec<SourceDiagnostic>,
) -> Vec<Token> {
    let mut lexer = Lexer {
        text,
        offset: part.start,
        end: part.end,
        diagnostics,
    };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next_token() {
        tokens.push(token);
    }
    tokens.push(Token {
        kind: TokenKind::End,
        span: Span::new(part.end, part.end),
    });
    tokens
}

struct Lexer<'a> {
    text: &'a str,
    offset: usize,
    end: usize,
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

    fn next_token(&mut self) -> Option<Token> {
        loop {
            self.skip_blank();
            let start = self.offset;
            let first = self.peek()?;
            let kind = match first {
                '0'..='9' => self.number(),
                '"' => self.string(),
                '\'' => self.character(),
                c if is_name_start(c) => self.name(),
                _ => match self.punctuation() {
                    Some(punct) => TokenKind::Punct(punct),
                    None => {
                        self.bump();
                        let message = format!("`{}` starts no token", first.escape_default());
                        self.report(codes::BAD_CHARACTER, message, start);
                        continue;
                    }
                },
            };
            let span = Span::new(start, self.offset);
            return Some(Token { kind, span });
        }
    }

    fn skip_blank(&mut self) {
        loop {
            self.eat_while(char::is_whitespace);
            if self.eat("//") {
                self.eat_while(|c| c != '\n');
            } else if self.rest().starts_with("/*") {
                self.block_comment();
            } else {
                return;
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
        let text = self.eat_while(is_name_part);
        match Word::ALL.iter().find(|(spelling, _)| *spelling == text) {
            Some((_, word)) => TokenKind::Word(*word),
            None => TokenKind::Name(text.to_owned()),
        }
    }

    fn punctuation(&mut self) -> Option<Punct> {
        let rest = self.rest();
        let (text, punct) = Punct::ALL.iter().find(|(text, _)| rest.starts_with(text))?;
        self.offset += text.len();
        Some(*punct)
    }
}

fn is_name_start(c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic()
}

fn is_name_part(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}
