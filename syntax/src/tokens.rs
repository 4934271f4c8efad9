//! The tokens of a text, in flat arrays.

use crate::kinds::TokenKind;
use crate::span::Span;

/// Tokens; the last one is [`TokenKind::End`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub(crate) kinds: Vec<TokenKind>,
    pub(crate) spans: Vec<Span>,
    /// A bit for each `(` whose `)` stands before a `=>` (SYN-4).
    arrows: Vec<u64>,
}

impl Tokens {
    pub(crate) fn with_capacity(count: usize) -> Self {
        Self {
            kinds: Vec::with_capacity(count),
            spans: Vec::with_capacity(count),
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
        self.kinds.push(kind);
        self.spans.push(span);
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
        self.kinds.get(token).copied().unwrap_or(TokenKind::End)
    }

    /// Where a token is; after the last, the end.
    #[inline]
    pub(crate) fn span(&self, token: usize) -> Span {
        match self.spans.get(token) {
            Some(span) => *span,
            None => self.end(),
        }
    }

    #[cold]
    fn end(&self) -> Span {
        self.spans.last().copied().unwrap_or(Span::new(0, 0))
    }

    /// What stands before a token and belongs to none.
    pub(crate) fn gap(&self, token: usize) -> Span {
        let before = token.checked_sub(1).map_or(0, |token| self.span(token).end);
        Span::new(before, self.span(token).start)
    }
}
