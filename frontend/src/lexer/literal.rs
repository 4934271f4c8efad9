//! Number, character and string literals.

use super::{Lexer, StrPart, TokenKind, is_name_part};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::span::Span;

const ESCAPES: &str = "the escapes are \\\" \\' \\\\ \\$ \\n \\t \\r \\0";

impl Lexer<'_> {
    pub(super) fn number(&mut self) -> TokenKind {
        let start = self.offset;
        self.skip_bytes(|byte| byte.is_ascii_digit() || byte == b'_');
        let plain = &self.text[start..self.offset];
        if !matches!(self.byte(0), b'.' | b'_' | b'a'..=b'z' | b'A'..=b'Z')
            && let Ok(value) = plain.parse()
        {
            return TokenKind::Int(value);
        }
        let mut chars = self.rest().chars();
        let fraction =
            chars.next() == Some('.') && chars.next().is_some_and(|c| c.is_ascii_digit());
        if fraction {
            self.offset += 1;
            self.eat_while(|c| c.is_ascii_digit() || c == '_');
        }
        let exponent = self.exponent();
        let digits = self.text[start..self.offset].replace('_', "");
        let junk = self.eat_while(is_name_part).to_owned();
        if !junk.is_empty() {
            self.report(
                codes::BAD_LITERAL,
                format!("`{junk}` after a number"),
                start,
            );
        }
        if fraction || exponent {
            return TokenKind::Float(digits.parse().unwrap_or(f64::NAN));
        }
        match digits.parse() {
            Ok(value) => TokenKind::Int(value),
            Err(_) => {
                let message = format!("the integer {digits} does not fit 64 bits");
                self.report(codes::OUT_OF_RANGE, message, start);
                TokenKind::Int(0)
            }
        }
    }

    fn exponent(&mut self) -> bool {
        let rest = self.rest().as_bytes();
        let sign = usize::from(matches!(rest.get(1), Some(b'+' | b'-')));
        let is_exponent = matches!(rest.first(), Some(b'e' | b'E'))
            && rest.get(1 + sign).is_some_and(u8::is_ascii_digit);
        if is_exponent {
            self.offset += 1 + sign;
            self.eat_while(|c| c.is_ascii_digit());
        }
        is_exponent
    }

    pub(super) fn character(&mut self) -> TokenKind {
        let start = self.offset;
        self.bump();
        let value = match self.peek() {
            Some('\\') => self.escape(),
            Some('\'' | '\n') | None => None,
            Some(_) => self.bump(),
        };
        match (value, self.eat("'")) {
            (Some(value), true) => TokenKind::Char(value),
            (value, closed) => {
                if !closed {
                    self.eat_while(|c| !matches!(c, '\'' | '\n' | ';'));
                    self.eat("'");
                    let message = "a character literal is one character between `'`";
                    self.report(codes::BAD_LITERAL, message, start);
                } else if value.is_none() {
                    self.report(codes::BAD_LITERAL, "an empty character literal", start);
                }
                TokenKind::Char('\0')
            }
        }
    }

    /// Reads `\` and what follows. `None` was reported.
    fn escape(&mut self) -> Option<char> {
        let start = self.offset;
        self.bump();
        match self.bump() {
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some('r') => Some('\r'),
            Some('0') => Some('\0'),
            Some(c @ ('"' | '\\' | '$' | '\'')) => Some(c),
            other => {
                let shown = other.map_or_else(String::new, |c| c.escape_default().to_string());
                let message = format!("`\\{shown}` is not an escape");
                self.report(codes::BAD_ESCAPE, message, start)
                    .diagnostic
                    .help = Some(ESCAPES.into());
                Some(char::REPLACEMENT_CHARACTER)
            }
        }
    }

    pub(super) fn string(&mut self) -> TokenKind {
        let start = self.offset;
        self.bump();
        let mut parts = Vec::new();
        let mut text = String::new();
        loop {
            match self.peek() {
                Some('"') => {
                    self.bump();
                    break;
                }
                Some('\\') => text.extend(self.escape()),
                Some('$') if self.eat("${") => {
                    if !text.is_empty() {
                        parts.push(StrPart::Text(std::mem::take(&mut text)));
                    }
                    let code = self.offset;
                    if !self.skip_code(0) {
                        self.unterminated(start);
                        break;
                    }
                    parts.push(StrPart::Code(Span::new(code, self.offset - 1)));
                }
                Some(c) => {
                    self.bump();
                    text.push(c);
                }
                None => {
                    self.unterminated(start);
                    break;
                }
            }
        }
        if !text.is_empty() || parts.is_empty() {
            parts.push(StrPart::Text(text));
        }
        self.strings.push(parts);
        TokenKind::Str(self.strings.len() as u32 - 1)
    }

    fn unterminated(&mut self, start: usize) {
        let span = Span::new(start, start + 1);
        self.diagnostics.push(
            SourceDiagnostic::new(
                codes::UNTERMINATED,
                "this string does not end",
                span,
                "starts here",
            )
            .help("close it with `\"`"),
        );
    }

    /// Skips to after the `}` that closes a `${`. Strings in between may hold
    /// braces and interpolations of their own.
    fn skip_code(&mut self, nesting: usize) -> bool {
        const DEEPEST: usize = 32;
        let mut depth = 1_usize;
        while let Some(c) = self.bump() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                '"' if nesting < DEEPEST && !self.skip_string(nesting + 1) => return false,
                _ => {}
            }
            if depth == 0 {
                return true;
            }
        }
        false
    }

    fn skip_string(&mut self, nesting: usize) -> bool {
        loop {
            if self.eat("${") {
                if !self.skip_code(nesting) {
                    return false;
                }
                continue;
            }
            match self.bump() {
                Some('"') => return true,
                Some('\\') => {
                    self.bump();
                }
                Some(_) => {}
                None => return false,
            }
        }
    }
}
