//! Braces that are missing, and those that are too many: the others of the text tell.

use super::{Parsed, Parser};
use crate::kinds::TokenKind;

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
}
