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

/// The words with which statements and members begin, and that are not too short to tell.
pub(super) const PARTS: &[TokenKind] = &[
    TokenKind::Let,
    TokenKind::Mut,
    TokenKind::While,
    TokenKind::For,
    TokenKind::Return,
    TokenKind::Match,
    TokenKind::Else,
    TokenKind::Event,
    TokenKind::Pub,
];

/// The word that a name is but for one letter, or for two that are swapped.
pub(super) fn meant(name: &str, words: &[TokenKind]) -> Option<TokenKind> {
    let near = |word: &&TokenKind| {
        let word = word.spelling().unwrap_or_default();
        is_near(name.as_bytes(), word.as_bytes())
    };
    words.iter().find(near).copied()
}

fn is_near(name: &[u8], word: &[u8]) -> bool {
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
        ([_], [_]) | ([_], []) | ([], [_]) => true,
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
        ] {
            assert_eq!(meant(name, PARTS), Some(word), "{name}");
        }
        assert_eq!(meant("typ", ITEMS), Some(TokenKind::Type));
        for name in ["return", "retnru", "x", "typ", "value"] {
            assert_eq!(meant(name, PARTS), None, "{name}");
        }
    }
}
