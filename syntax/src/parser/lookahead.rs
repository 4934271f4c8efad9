//! What can be read from a place on, without making anything of it (SYN-1, SYN-3).
//!
//! A look ahead is bounded: it ends at the first token that no type has, and at the limit
//! of nesting. A list in others that does not close is looked at once, so that reading a
//! text stays linear.

use super::Parser;
use super::expressions::level;
use crate::error::DEEPEST;
use crate::kinds::TokenKind;

/// Most tokens of parameters that are looked through.
const LONGEST_PARAMS: usize = 256;

/// Most tokens of a block in a head that are looked through.
const LONGEST_HEAD: usize = 4096;

impl Parser<'_> {
    /// Whether the next token begins an item, and nothing else: so something
    /// before it is not closed.
    pub(super) fn at_item(&self) -> bool {
        let word = match self.peek() {
            TokenKind::Pub => self.at + 1,
            _ => self.at,
        };
        begins_item(self.tokens.kind(word))
            && match self.tokens.kind(word + 1) {
                TokenKind::Name => {
                    let is_named = match self.tokens.kind(word + 2) {
                        TokenKind::Comma | TokenKind::CloseParen => false,
                        TokenKind::Eq => {
                            self.tokens.kind(word) == TokenKind::Type && self.depth == 0
                        }
                        _ => true,
                    };
                    is_named && self.begins_part()
                }
                TokenKind::OpenBrace | TokenKind::End => self.begins_line(self.at),
                next => next.is_word() && self.begins_line(self.at),
            }
    }

    /// Whether `pub` is here before what others may use.
    pub(super) fn at_public(&self) -> bool {
        let next = self.ahead(1);
        self.at(TokenKind::Pub)
            && (next.is_word() || matches!(next, TokenKind::Name | TokenKind::OpenParen))
    }

    /// Whether nothing stands before the next token that goes on there.
    pub(super) fn begins_part(&self) -> bool {
        let ends = matches!(
            self.previous_kind(),
            TokenKind::Semicolon
                | TokenKind::CloseBrace
                | TokenKind::OpenBrace
                | TokenKind::CloseBracket
        );
        ends || self.begins_line(self.at)
    }

    /// Whether a token is the first one on its line.
    pub(super) fn begins_line(&self, token: usize) -> bool {
        let Some(before) = token.checked_sub(1) else {
            return true;
        };
        let (before, here) = (self.tokens.span(before).end, self.tokens.span(token).start);
        let gap = self.text.get(before as usize..here as usize);
        gap.is_some_and(|gap| gap.contains('\n'))
    }

    /// Whether the token before wants something behind it on its line.
    pub(super) fn wants_more(&self) -> bool {
        let wants = match self.previous_kind() {
            TokenKind::Eq
            | TokenKind::PlusEq
            | TokenKind::MinusEq
            | TokenKind::Arrow
            | TokenKind::OpenParen
            | TokenKind::OpenBracket
            | TokenKind::Comma
            | TokenKind::Colon
            | TokenKind::Dot
            | TokenKind::PathSeparator
            | TokenKind::Not => true,
            TokenKind::Else | TokenKind::True | TokenKind::False => false,
            kind if is_whole_statement(kind) => kind == TokenKind::Return,
            kind => kind.is_word() || level(kind).is_some(),
        };
        wants && !self.begins_line(self.at)
    }

    /// Whether the tokens from here on are `T x` or `T mut x` (SYN-3).
    pub(super) fn starts_local(&mut self) -> bool {
        match (self.peek(), self.ahead(1)) {
            (TokenKind::Mut | TokenKind::Let, _)
            | (TokenKind::Name, TokenKind::Name | TokenKind::Mut) => true,
            // A reserved word as the name, which is told where it is read.
            (TokenKind::Name, word) if word.is_word() => match self.ahead(2) {
                TokenKind::Eq => true,
                TokenKind::Semicolon => !is_whole_statement(word) && !self.begins_line(self.at + 1),
                _ => false,
            },
            (
                TokenKind::Name,
                TokenKind::OpenParen | TokenKind::OpenBracket | TokenKind::Less | TokenKind::Dot,
            )
            | (TokenKind::OpenParen, _) => self.type_end(self.at, 0).is_some_and(|end| {
                matches!(self.tokens.kind(end), TokenKind::Name | TokenKind::Mut)
            }),
            _ => false,
        }
    }

    /// Whether the local from here on is a function with its body, so that a block
    /// before it is not closed.
    pub(super) fn starts_function(&mut self) -> bool {
        let Some(name) = self.type_end(self.at, 0) else {
            return false;
        };
        if (self.tokens.kind(name), self.tokens.kind(name + 1))
            != (TokenKind::Name, TokenKind::OpenParen)
        {
            return false;
        }
        let after = self.params_end(name + 1).map(|end| self.tokens.kind(end));
        matches!(after, Some(TokenKind::OpenBrace | TokenKind::Arrow))
    }

    /// The token behind what the `(` at a token opens.
    pub(super) fn params_end(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for token in open..open + LONGEST_PARAMS {
            match self.tokens.kind(token) {
                TokenKind::OpenParen => depth += 1,
                TokenKind::CloseParen if depth == 1 => return Some(token + 1),
                TokenKind::CloseParen => depth -= 1,
                TokenKind::End | TokenKind::Semicolon => return None,
                _ => {}
            }
        }
        None
    }

    /// Whether a statement is here that is the whole block of another, without braces.
    pub(super) fn is_single_statement(&self) -> bool {
        match (self.peek(), self.ahead(1)) {
            (TokenKind::Return | TokenKind::Break | TokenKind::Continue | TokenKind::Let, _)
            | (
                TokenKind::Name,
                TokenKind::OpenParen
                | TokenKind::Dot
                | TokenKind::Eq
                | TokenKind::PlusEq
                | TokenKind::MinusEq,
            ) => {}
            _ => return false,
        }
        let mut rest = self.tokens.kinds(self.at..self.at + LONGEST_PARAMS);
        let end = rest.find(|kind| {
            matches!(
                kind,
                TokenKind::Semicolon | TokenKind::OpenBrace | TokenKind::CloseBrace
            )
        });
        end == Some(TokenKind::Semicolon)
    }

    /// Whether an arm of a `match` begins here, which no statement begins like. One whose
    /// pattern is a single name looks like a lambda, and is not told.
    pub(super) fn at_arm(&self) -> bool {
        let mut token = self.at;
        match self.peek() {
            TokenKind::Name if self.spelled(token) == "_" => token += 1,
            TokenKind::Name => match self.variant_end(token) {
                Some(end) => token = end,
                None => return false,
            },
            TokenKind::Minus => token += 2,
            TokenKind::Integer
            | TokenKind::Float
            | TokenKind::Char
            | TokenKind::Text
            | TokenKind::True
            | TokenKind::False => token += 1,
            _ => return false,
        }
        matches!(self.tokens.kind(token), TokenKind::Arrow | TokenKind::When)
    }

    /// The token behind a variant's path with what its parentheses enclose.
    fn variant_end(&self, start: usize) -> Option<usize> {
        let mut token = start;
        let mut is_variant = false;
        while let TokenKind::Dot | TokenKind::PathSeparator = self.tokens.kind(token + 1) {
            is_variant |= self.tokens.kind(token + 1) == TokenKind::PathSeparator;
            if self.tokens.kind(token + 2) != TokenKind::Name {
                return None;
            }
            token += 2;
        }
        token += 1;
        if !is_variant || self.tokens.kind(token) != TokenKind::OpenParen {
            return is_variant.then_some(token);
        }
        self.params_end(token)
    }

    /// Whether the block that opens here is a part of a head, since the block of the
    /// statement follows. If none does, the expression was forgotten.
    pub(super) fn is_head_block(&self) -> bool {
        let mut depth = 0_usize;
        for token in self.at..self.at + LONGEST_HEAD {
            match self.tokens.kind(token) {
                TokenKind::OpenBrace => depth += 1,
                TokenKind::CloseBrace if depth == 1 => {
                    let after = self.tokens.kind(token + 1);
                    return after == TokenKind::OpenBrace || level(after).is_some();
                }
                TokenKind::CloseBrace => depth -= 1,
                TokenKind::End => return false,
                _ => {}
            }
        }
        false
    }

    /// Whether the `<` after the name at a token opens type arguments of an
    /// expression (SYN-1); then, the token after its `>`.
    pub(super) fn arguments_end(&mut self, less: usize) -> Option<usize> {
        let end = self.type_arguments_end(less, 0)?;
        let follows = matches!(
            self.tokens.kind(end),
            TokenKind::OpenParen | TokenKind::OpenBrace | TokenKind::Dot | TokenKind::PathSeparator
        );
        follows.then_some(end)
    }

    /// The token after the type that starts at a token, if there is one.
    pub(super) fn type_end(&mut self, start: usize, depth: u32) -> Option<usize> {
        if depth > DEEPEST {
            return None;
        }
        let mut at = start;
        match self.tokens.kind(at) {
            TokenKind::OpenParen => {
                at = self.type_list_end(at + 1, TokenKind::CloseParen, depth)?;
                if self.tokens.kind(at) != TokenKind::Arrow {
                    return None;
                }
                return self.type_end(at + 1, depth + 1);
            }
            TokenKind::Name if self.is_modifier(at, "ref") => {
                return self.type_end(at + 1, depth + 1);
            }
            _ => at = self.path_end(at, depth)?,
        }
        loop {
            match (self.tokens.kind(at), self.tokens.kind(at + 1)) {
                (TokenKind::OpenBracket, TokenKind::CloseBracket) => at += 2,
                (TokenKind::OpenParen, _) => {
                    at = self.type_list_end(at + 1, TokenKind::CloseParen, depth)?;
                }
                _ => return Some(at),
            }
        }
    }

    fn type_arguments_end(&mut self, less: usize, depth: u32) -> Option<usize> {
        if self.tokens.kind(less + 1) == TokenKind::Greater || self.unclosed.contains(&less) {
            return None;
        }
        let end = self.type_list_end(less + 1, TokenKind::Greater, depth);
        if end.is_none() && depth > 0 {
            self.unclosed.insert(less);
        }
        end
    }

    /// The token after what closes a list of types.
    fn type_list_end(&mut self, start: usize, close: TokenKind, depth: u32) -> Option<usize> {
        let mut at = start;
        while self.tokens.kind(at) != close {
            at = self.type_end(at, depth + 1)?;
            match self.tokens.kind(at) {
                TokenKind::Comma => at += 1,
                kind if kind == close => {}
                _ => return None,
            }
        }
        Some(at + 1)
    }

    fn path_end(&mut self, start: usize, depth: u32) -> Option<usize> {
        let mut at = start;
        loop {
            if self.tokens.kind(at) != TokenKind::Name {
                return None;
            }
            at += 1;
            if self.tokens.kind(at) == TokenKind::Less {
                at = self.type_arguments_end(at, depth)?;
            }
            if self.tokens.kind(at) != TokenKind::Dot {
                return Some(at);
            }
            at += 1;
        }
    }

    /// The token after the path of an expression that starts here, where `<` is
    /// decided by SYN-1.
    pub(super) fn value_path_end(&mut self) -> usize {
        let mut at = self.at + 1;
        loop {
            if self.tokens.kind(at) == TokenKind::Less {
                match self.arguments_end(at) {
                    Some(end) => at = end,
                    None => return at,
                }
            }
            if (self.tokens.kind(at), self.tokens.kind(at + 1)) != (TokenKind::Dot, TokenKind::Name)
            {
                return at;
            }
            at += 2;
        }
    }

    /// Whether a token is a word that is a modifier before a name (LEX-5).
    #[inline]
    pub(super) fn is_modifier(&self, token: usize, word: &str) -> bool {
        self.tokens.kind(token) == TokenKind::Name
            && self.tokens.kind(token + 1) == TokenKind::Name
            && self.spelled(token) == word
    }
}

/// Whether a token is a word with which items begin, `pub` aside.
pub(super) const fn begins_item(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Use
            | TokenKind::Mod
            | TokenKind::Type
            | TokenKind::Enum
            | TokenKind::Contract
            | TokenKind::Attribute
            | TokenKind::Impl
            | TokenKind::Test
    )
}

/// Whether a word and a `;` are a statement.
const fn is_whole_statement(word: TokenKind) -> bool {
    matches!(
        word,
        TokenKind::Return | TokenKind::Break | TokenKind::Continue
    )
}
