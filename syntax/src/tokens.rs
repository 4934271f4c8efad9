//! The tokens of a text, in one flat array.

use crate::kinds::TokenKind;
use crate::span::Span;

/// Tokens; the last one is [`TokenKind::End`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tokens {
    stored: Vec<Stored>,
    /// Where each token ends whose length is not stored with it.
    long: Vec<(u32, u32)>,
    /// A bit for each `(` whose `)` stands before a `=>` (SYN-4).
    arrows: Vec<u64>,
}

/// A token as it is stored: in eight bytes, since there are many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stored {
    start: u32,
    len: u16,
    kind: TokenKind,
}

/// The length of tokens whose end is listed.
const LONG: u16 = u16::MAX;

impl Tokens {
    pub(crate) fn with_capacity(count: usize) -> Self {
        Self {
            stored: Vec::with_capacity(count),
            long: Vec::new(),
            arrows: Vec::new(),
        }
    }

    /// The tokens of an empty text.
    pub(crate) fn none() -> Self {
        let mut tokens = Self::with_capacity(1);
        tokens.push(TokenKind::End, Span::new(0, 0));
        tokens
    }

    #[inline]
    pub(crate) fn push(&mut self, kind: TokenKind, span: Span) {
        let len = match span.end - span.start {
            len if len < u32::from(LONG) => len as u16,
            _ => self.list(span.end),
        };
        let start = span.start;
        self.stored.push(Stored { start, len, kind });
    }

    /// Lists where the next token ends.
    #[cold]
    fn list(&mut self, end: u32) -> u16 {
        self.long.push((self.len() as u32, end));
        LONG
    }

    /// How many there are, with the end.
    #[inline]
    pub(crate) const fn len(&self) -> usize {
        self.stored.len()
    }

    pub(crate) fn mark_arrow(&mut self, token: u32) {
        let word = token as usize / 64;
        if self.arrows.len() <= word {
            self.arrows.resize(word + 1, 0);
        }
        self.arrows[word] |= 1 << (token % 64);
    }

    pub(crate) fn is_arrow(&self, token: usize) -> bool {
        let word = self.arrows.get(token / 64);
        word.is_some_and(|word| word & (1 << (token % 64)) != 0)
    }

    /// The kind of a token; after the last, the end.
    #[inline]
    pub(crate) fn kind(&self, token: usize) -> TokenKind {
        self.stored
            .get(token)
            .map_or(TokenKind::End, |stored| stored.kind)
    }

    /// The kind of the last one.
    pub(crate) fn last_kind(&self) -> Option<TokenKind> {
        self.stored.last().map(|stored| stored.kind)
    }

    /// The kinds of the tokens of a range.
    pub(crate) fn kinds(
        &self,
        range: std::ops::Range<usize>,
    ) -> impl DoubleEndedIterator<Item = TokenKind> {
        let end = range.end.min(self.stored.len());
        let stored = self.stored.get(range.start..end).unwrap_or_default();
        stored.iter().map(|stored| stored.kind)
    }

    /// Where a token is; after the last, the end.
    #[inline]
    pub(crate) fn span(&self, token: usize) -> Span {
        match self.stored.get(token) {
            Some(stored) if stored.len < LONG => {
                Span::new(stored.start, stored.start + u32::from(stored.len))
            }
            _ => self.listed(token),
        }
    }

    /// Where one token begins and another ends.
    #[inline]
    pub(crate) fn between(&self, first: usize, last: usize) -> Span {
        match (self.stored.get(first), self.stored.get(last)) {
            (Some(first), Some(last)) if last.len < LONG => {
                Span::new(first.start, last.start + u32::from(last.len))
            }
            _ => self.span(first).to(self.listed(last)),
        }
    }

    /// Where a token is whose end is listed, or which is after the last.
    #[cold]
    #[inline(never)]
    fn listed(&self, token: usize) -> Span {
        let last = self.stored.last().map_or(0, |stored| stored.start);
        let start = self.stored.get(token).map_or(last, |stored| stored.start);
        let found = self
            .long
            .binary_search_by_key(&token, |(token, _)| *token as usize);
        Span::new(start, found.map_or(start, |index| self.long[index].1))
    }

    /// What stands before a token and belongs to none.
    pub(crate) fn gap(&self, token: usize) -> Span {
        let before = token.checked_sub(1).map_or(0, |token| self.span(token).end);
        Span::new(before, self.span(token).start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_any_length_are_where_they_were_put() {
        let mut tokens = Tokens::with_capacity(0);
        let mut at = 0;
        let mut put = Vec::new();
        for len in [1, 65_534, 65_535, 0, 65_536, 7, 1 << 30, 3] {
            let span = Span::new(at, at + len);
            tokens.push(TokenKind::Text, span);
            put.push(span);
            at = span.end + 1;
        }
        tokens.push(TokenKind::End, Span::new(at, at));
        for (index, span) in put.iter().enumerate() {
            assert_eq!(tokens.span(index), *span);
        }
        assert_eq!(tokens.span(put.len() + 5), Span::new(at, at));
        assert_eq!(tokens.len(), put.len() + 1);
    }
}
