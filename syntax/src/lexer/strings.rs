//! Characters and strings (LEX-11 to LEX-13).

use super::{Lexer, Open};
use crate::error::{ErrorKind, SyntaxError};
use crate::kinds::TokenKind;
use crate::span::Span;

impl Lexer<'_> {
    pub(super) fn character(&mut self) -> TokenKind {
        let start = self.at;
        let reported = self.errors.len();
        self.at += 1;
        let found = match self.char() {
            Some('\\') => {
                self.escape();
                true
            }
            // A line break is a character too, if it is the only one.
            Some('\n') if self.byte(1) != b'\'' => false,
            Some('\'') | None => false,
            Some(_) => self.bump().is_some(),
        };
        if self.byte(0) == b'\'' && self.at < self.bytes.len() {
            self.at += 1;
            if !found {
                self.report(ErrorKind::EmptyCharacter, start);
            }
        } else {
            while self.char().is_some_and(|c| !matches!(c, '\'' | '\n' | ';')) {
                self.bump();
            }
            if (self.byte(0), self.byte(1)) == (b'\n', b'\'') && self.at == start + 2 {
                // A line break of two characters.
                self.at += 1;
            }
            let is_closed = self.byte(0) == b'\'';
            if is_closed {
                self.at += 1;
            }
            // An escape that does not exist was told.
            if !is_closed || self.errors.len() == reported {
                self.report(ErrorKind::BadCharacter, start);
            }
        }
        TokenKind::Char
    }

    /// A backslash and what follows.
    fn escape(&mut self) {
        let start = self.at;
        self.at += 1;
        let escaped = self.bump();
        if !matches!(
            escaped,
            Some('n' | 't' | 'r' | '0' | '"' | '\\' | '$' | '\'')
        ) {
            self.report(ErrorKind::BadEscape, start);
        }
    }

    /// The rest of a string, to its quote or its next `${`.
    pub(super) fn text(&mut self, ended: TokenKind, interrupted: TokenKind) -> TokenKind {
        let start = self.at - 1;
        let reported = self.errors.len();
        loop {
            let rest = &self.bytes[self.at..];
            let Some(count) = memchr::memchr3(b'"', b'\\', b'$', rest) else {
                let cut = self.cut_before_end(start);
                self.at = self.bytes.len();
                let span = self.unterminated(start, ended);
                match cut {
                    Some(end) => self.ends_at(end, reported),
                    None => self.swallowed = Some(span.start),
                }
                return ended;
            };
            self.at += count;
            match self.byte(0) {
                b'"' => {
                    if let Some(end) = self.cut_before_quote(start) {
                        self.unterminated(start, ended);
                        self.ends_at(end, reported);
                        return ended;
                    }
                    self.at += 1;
                    return ended;
                }
                b'\\' => self.escape(),
                _ if self.byte(1) == b'{' => {
                    self.at += 2;
                    if !self.cuts_hole() {
                        self.opened(Open::Hole);
                    }
                    return interrupted;
                }
                _ => self.at += 1,
            }
        }
    }

    /// Says that the string does not end of which a part begins at an offset.
    fn unterminated(&mut self, start: usize, ended: TokenKind) -> Span {
        // Of a string that goes on after code, what is open is its begin.
        let start = match ended {
            TokenKind::TextEnd => self.first_part(start),
            _ => start,
        };
        let span = Span::of(start..start + 1);
        self.errors
            .push(SyntaxError::new(ErrorKind::UnterminatedText, span));
        span
    }

    /// Ends the string at the end of its line. What was reported after that is read again.
    fn ends_at(&mut self, end: usize, reported: usize) {
        self.at = end;
        self.cuts.push(self.tokens.len() as u32);
        let mut index = 0;
        self.errors.retain(|error| {
            index += 1;
            index <= reported || error.span.start < end as u32
        });
    }

    /// Where the string starts that goes on at an offset.
    fn first_part(&self, start: usize) -> usize {
        let mut depth = 0_usize;
        for token in (0..self.tokens.len()).rev() {
            match self.tokens.kind(token) {
                TokenKind::TextEnd => depth += 1,
                TokenKind::TextStart if depth == 0 => {
                    return self.tokens.span(token).start as usize;
                }
                TokenKind::TextStart => depth -= 1,
                _ => {}
            }
        }
        start
    }
}
