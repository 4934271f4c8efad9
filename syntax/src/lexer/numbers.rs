//! Numbers (LEX-8 to LEX-10).

use super::Lexer;
use crate::error::ErrorKind;
use crate::kinds::TokenKind;

impl Lexer<'_> {
    pub(super) fn number(&mut self) -> TokenKind {
        let start = self.at;
        self.skip(|byte| byte.is_ascii_digit());
        if !matches!(self.byte(0), b'.' | b'_' | b'a'..=b'z' | b'A'..=b'Z') {
            return TokenKind::Integer;
        }
        self.digits();
        let mut kind = TokenKind::Integer;
        let mut suffixes = ["i32", "i64", "u8"].as_slice();
        let mut last = self.at;
        if self.byte(0) == b'.' {
            match self.byte(1) {
                b'0'..=b'9' => {
                    self.at += 1;
                    self.digits();
                    last = self.at;
                    kind = TokenKind::Float;
                    suffixes = &["f64"];
                }
                // A member of a number, or the range of another language.
                b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'.' => {}
                _ => {
                    self.at += 1;
                    self.report(ErrorKind::BadNumber, start);
                    return TokenKind::Float;
                }
            }
        }
        self.skip(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        // The exponent of another language is one thing, with its sign.
        let exponent = matches!(&self.text[last..self.at], "e" | "E");
        if exponent && matches!(self.byte(0), b'+' | b'-') && self.byte(1).is_ascii_digit() {
            self.at += 1;
            self.digits();
        }
        let digits = &self.text[start..last];
        let suffix = &self.text[last..self.at];
        let separated = digits.ends_with('_') || digits.contains("_.");
        let right = match suffix.is_empty() {
            true => !separated,
            false => digits.ends_with('_') && suffixes.contains(&suffix),
        };
        // Between digits stand single separators or several; none stands beside the
        // point or, without a suffix, at the end.
        if !right || digits.contains("_.") || digits.ends_with("__") {
            self.report(ErrorKind::BadNumber, start);
        }
        kind
    }

    fn digits(&mut self) {
        self.skip(|byte| byte.is_ascii_digit() || byte == b'_');
    }

    /// Whether a point is the begin of a number without digits before it: not
    /// after something that has members.
    pub(super) fn starts_fraction(&self) -> bool {
        let has_members = matches!(
            self.tokens.last_kind(),
            Some(
                TokenKind::Name
                    | TokenKind::Integer
                    | TokenKind::Float
                    | TokenKind::Text
                    | TokenKind::TextEnd
                    | TokenKind::Char
                    | TokenKind::CloseParen
                    | TokenKind::CloseBracket
                    | TokenKind::CloseBrace
                    | TokenKind::Question
                    | TokenKind::Dot
            )
        );
        !has_members && self.byte(1).is_ascii_digit()
    }

    pub(super) fn fraction_only(&mut self) -> TokenKind {
        let start = self.at;
        self.at += 1;
        self.skip(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        self.report(ErrorKind::BadNumber, start);
        TokenKind::Float
    }
}
