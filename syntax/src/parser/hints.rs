//! What people mean who write something else than the grammar wants.

use super::lookahead::begins_item;
use super::{Parser, misspelt};
use crate::error::{ErrorKind, Hint};
use crate::kinds::TokenKind;
use crate::other_words;

/// Words of other languages that stand behind something.
const JOINING: [&str; 8] = [
    "and",
    "or",
    "as",
    "is",
    "instanceof",
    "then",
    "extends",
    "implements",
];

impl Parser<'_> {
    /// What people mean who write this here.
    pub(super) fn hint(&self, wanted: &str, found: TokenKind) -> Option<Hint> {
        let before = self.at.checked_sub(1)?;
        if self.is_other_word(before) {
            return Some(Hint::OtherWord(self.tokens.span(before)));
        }
        match (self.tokens.kind(before), found) {
            (TokenKind::Question, found) if goes_on(found) => Some(Hint::Conditional),
            (TokenKind::Dot, TokenKind::Dot) => Some(Hint::Range),
            (TokenKind::Name, TokenKind::OpenBrace) if wanted == "`=>`" => Some(Hint::FieldPattern),
            (TokenKind::Name, TokenKind::OpenBrace) => {
                Some(Hint::StructValue(self.tokens.span(before)))
            }
            (TokenKind::Name, _) if matches!(self.spelled(before), "ref" | "out") => {
                Some(Hint::Modifier)
            }
            (TokenKind::Name, TokenKind::Colon) if self.is_untyped(before) => Some(Hint::ValueType),
            (TokenKind::Minus, TokenKind::Greater) if wanted == "an expression" => {
                Some(Hint::MemberArrow)
            }
            (TokenKind::Minus, TokenKind::Greater) => Some(Hint::FunctionType),
            (TokenKind::Star | TokenKind::Slash | TokenKind::Percent, TokenKind::Eq) => {
                Some(Hint::CompoundAssignment)
            }
            (TokenKind::Plus, TokenKind::Plus) => Some(Hint::Increment),
            (_, TokenKind::Plus) if self.ahead(1) == TokenKind::Plus => Some(Hint::Increment),
            (TokenKind::CloseBracket, TokenKind::Name) if self.is_length(before) => {
                Some(Hint::ArrayLength)
            }
            (TokenKind::Less, TokenKind::Less) | (TokenKind::Greater, TokenKind::Greater) => {
                Some(Hint::Shift)
            }
            (_, TokenKind::Minus) if self.ahead(1) == TokenKind::Greater => {
                Some(Hint::FunctionType)
            }
            (_, TokenKind::Name) if JOINING.contains(&self.spelled(self.at)) => {
                Some(Hint::OtherWord(self.span()))
            }
            _ => None,
        }
    }

    /// Whether a name and a `:` begin the fields of a value whose type is missing.
    fn is_untyped(&self, name: usize) -> bool {
        let before = |count| name.checked_sub(count).map(|token| self.tokens.kind(token));
        before(1) == Some(TokenKind::OpenBrace)
            && matches!(
                before(2),
                Some(
                    TokenKind::Eq
                        | TokenKind::Arrow
                        | TokenKind::Return
                        | TokenKind::OpenParen
                        | TokenKind::OpenBracket
                        | TokenKind::Comma
                )
            )
    }

    /// A word with which items begin, where a name or a value is wanted and no item is.
    pub(super) fn reserved(&self, wanted: &str) -> Option<Hint> {
        let word = self.peek();
        let is_word = begins_item(word) || word == TokenKind::Pub;
        let is_lost = is_word && !wanted.starts_with('`') && wanted != "an item";
        let is_alias = word == TokenKind::Type
            && (self.ahead(1), self.ahead(2)) == (TokenKind::Name, TokenKind::Eq);
        match is_lost && !self.at_item() {
            true if self.at_public() => Some(Hint::Public),
            true if is_alias => Some(Hint::TypeAlias),
            true => Some(Hint::Reserved(word)),
            false => None,
        }
    }

    /// Whether a `]` ends a number in brackets.
    fn is_length(&self, close: usize) -> bool {
        let before = self.tokens.kinds(close.saturating_sub(2)..close);
        before.eq([TokenKind::OpenBracket, TokenKind::Integer])
    }

    /// Whether a token is a word with which something begins in other languages, and
    /// stands before what follows such words there.
    fn is_other_word(&self, token: usize) -> bool {
        let next = self.tokens.kind(token + 1);
        self.tokens.kind(token) == TokenKind::Name
            && (next == TokenKind::OpenBrace || is_name_or_literal(next) || next.is_word())
            && other_words::is_beginning(self.spelled(token))
    }

    /// Says of the first error since some what the word means here with which the broken
    /// part begins, if it is one of other languages, or which of those it is that begin
    /// such parts.
    pub(super) fn explain_word(&mut self, start: usize, reported: usize, words: &[TokenKind]) {
        let start = match self.tokens.kind(start) {
            TokenKind::Pub | TokenKind::Let => start + 1,
            _ => start,
        };
        let hint = match self.is_other_word(start) {
            true => Hint::OtherWord(self.tokens.span(start)),
            false => match self.misspelt(start, words) {
                Some(word) => Hint::Misspelt(word),
                None => return,
            },
        };
        if let Some(error) = self.errors.get_mut(reported)
            && matches!(error.kind, ErrorKind::Expected { .. })
        {
            error.hint = Some(hint);
        }
    }

    /// The word that a name is to be that stands before what follows no name.
    fn misspelt(&self, token: usize, words: &[TokenKind]) -> Option<TokenKind> {
        let next = self.tokens.kind(token + 1);
        let is_strange = next.is_word()
            || is_name_or_literal(next)
            || matches!(next, TokenKind::OpenBrace | TokenKind::Not)
            || self.is_head(token + 1);
        let is_name = self.tokens.kind(token) == TokenKind::Name;
        let name = Some(self.spelled(token)).filter(|_| is_name && is_strange)?;
        misspelt::meant_word(name, words)
    }

    /// Whether parentheses begin at a token before a block: no call has one.
    fn is_head(&self, open: usize) -> bool {
        let end = || self.params_end(open);
        self.tokens.kind(open) == TokenKind::OpenParen
            && end().is_some_and(|end| self.tokens.kind(end) == TokenKind::OpenBrace)
    }
}

/// Whether a value that is no operand of the token before begins so, or `? :` goes on.
const fn goes_on(kind: TokenKind) -> bool {
    is_name_or_literal(kind)
        || matches!(kind, TokenKind::True | TokenKind::False | TokenKind::Colon)
}

/// Whether a token is a name or begins a literal that is no word.
const fn is_name_or_literal(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Name
            | TokenKind::Integer
            | TokenKind::Float
            | TokenKind::Char
            | TokenKind::Text
            | TokenKind::TextStart
    )
}
