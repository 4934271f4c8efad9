//! Braces that are missing, and those that are too many: the others of the text tell.

use super::{Parsed, Parser};
use crate::error::{ErrorKind, SyntaxError};
use crate::kinds::TokenKind;
use crate::span::Span;

/// Widest begin of a line in which its indentation is sought.
const WIDEST: usize = 200;

impl Parser<'_> {
    /// Expects a `{`. Where it is missing before what it opens, that is told, and parsing
    /// goes on as if it were there.
    pub(super) fn open_brace(&mut self, begins: impl Fn(TokenKind) -> bool) -> Parsed {
        if !begins(self.peek()) || !self.takes_excess(-1) {
            return self.expect(TokenKind::OpenBrace);
        }
        self.unexpected("`{`");
        Ok(())
    }

    /// Whether the text has more braces of a kind than of the other that nothing has
    /// explained: `1` of those that open, `-1` of those that close. Then one of them is
    /// explained now.
    pub(super) fn takes_excess(&mut self, sign: i64) -> bool {
        let has = self.has_excess(sign);
        if has {
            self.excess = self.excess.map(|excess| excess - sign);
        }
        has
    }

    /// Whether the text has more braces of a kind than of the other that nothing has
    /// explained.
    pub(super) fn has_excess(&mut self, sign: i64) -> bool {
        let excess = match self.excess {
            Some(known) => known,
            None => {
                let all = self.tokens.kinds(0..self.tokens.len());
                let braces = all.map(|kind| match kind {
                    TokenKind::OpenBrace => 1,
                    TokenKind::CloseBrace => -1,
                    _ => 0,
                });
                braces.sum()
            }
        };
        self.excess = Some(excess);
        excess * sign > 0
    }

    /// Takes the `}` that is here, if it is one: whether it closes the brace at a span. One
    /// does not where the text has too many of them and what follows has the indentation of
    /// what is in the braces; that is told.
    pub(super) fn closes(&mut self, open: Span) -> bool {
        if !self.eat(TokenKind::CloseBrace) {
            return false;
        }
        let is_early = self.is_within(open) && self.takes_excess(-1);
        if is_early {
            let span = self.previous_span();
            self.report(SyntaxError::new(ErrorKind::StrayBrace, span));
        }
        !is_early
    }

    /// Whether the next token begins a line, farther in than the line of a span begins.
    fn is_within(&self, open: Span) -> bool {
        if self.at(TokenKind::End) || !self.begins_line(self.at) {
            return false;
        }
        let width = |offset| self.line_before(offset).map(blanks);
        match (width(self.span().start), width(open.start)) {
            (Some(inner), Some(outer)) => inner > outer,
            _ => false,
        }
    }

    /// What is before an offset on its line; `None` if that is very wide.
    fn line_before(&self, offset: u32) -> Option<&[u8]> {
        let before = self.text.as_bytes().get(..offset as usize)?;
        let near = before.get(before.len().saturating_sub(WIDEST)..)?;
        match memchr::memrchr(b'\n', near) {
            Some(end) => near.get(end + 1..),
            None => (near.len() == before.len()).then_some(near),
        }
    }
}

/// The width of the blanks with which a line begins.
fn blanks(line: &[u8]) -> usize {
    let blanks = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
    blanks.count()
}
