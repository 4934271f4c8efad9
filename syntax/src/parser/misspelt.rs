//! Words of the language that are misspelt where something begins.

use crate::kinds::TokenKind;

/// The words with which items begin.
pub(super) const ITEMS: &[TokenKind] = &[
    TokenKind::Use,
    TokenKind::Mod,
    TokenKind::Type,
    TokenKind::Enum,
    TokenKind::Contract,
    TokenKind::Attribute,
    TokenKind::Impl,
    TokenKind::Test,
    TokenKind::Pub,
];

/// The words with which statements and members begin.
pub(super) const PARTS: &[TokenKind] = &[
    TokenKind::Let,
    TokenKind::Mut,
    TokenKind::While,
    TokenKind::For,
    TokenKind::Return,
    TokenKind::If,
    TokenKind::Match,
    TokenKind::Else,
    TokenKind::Event,
    TokenKind::Pub,
];

/// The one of some words that a name is but for one letter, or for two that are swapped.
pub fn meant_word(name: &str, words: &[TokenKind]) -> Option<TokenKind> {
    let near = |word: &&TokenKind| {
        let word = word.spelling().unwrap_or_default();
        is_near(name.as_bytes(), word.as_bytes())
    };
    words.iter().find(near).copied()
}

fn is_near(name: &[u8], word: &[u8]) -> bool {
    let is_short = word.len() < 3;
    let alike = name
        .iter()
        .zip(word)
        .take_while(|(one, other)| one == other);
    let count = alike.count();
    let (name, word) = (&name[count..], &word[count..]);
    let ends = name.iter().rev().zip(word.iter().rev());
    let count = ends.take_while(|(one, other)| one == other).count();
    let name = &name[..name.len() - count];
    let word = &word[..word.len() - count];
    match (name, word) {
        ([_], []) => true,
        // Too many names are almost a word of two letters.
        ([_], [_]) | ([], [_]) => !is_short,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_or_two_that_are_swapped() {
        for (name, word) in [
            ("retrun", TokenKind::Return),
            ("whlie", TokenKind::While),
            ("retur", TokenKind::Return),
            ("retturn", TokenKind::Return),
            ("lat", TokenKind::Let),
            ("iff", TokenKind::If),
            ("fi", TokenKind::If),
        ] {
            assert_eq!(meant_word(name, PARTS), Some(word), "{name}");
        }
        assert_eq!(meant_word("typ", ITEMS), Some(TokenKind::Type));
        for name in ["return", "retnru", "x", "typ", "value", "i", "is", "of"] {
            assert_eq!(meant_word(name, PARTS), None, "{name}");
        }
    }
}
