//! Where parsing goes on after something broken (SYN-8).

use super::Parser;
use crate::kinds::TokenKind;

/// Words of later versions of the language (LEX-7).
const LATER: [&str; 11] = [
    "spawn", "launch", "host", "scope", "with", "inject", "extend", "macro", "async", "await",
    "code",
];

impl Parser<'_> {
    pub(super) fn is_later_word(&self, token: usize) -> bool {
        self.tokens.kind(token) == TokenKind::Name && LATER.contains(&self.spelled(token))
    }

    /// Depth of braces at the next token, of those opened since a token; `None` if
    /// more were closed.
    fn depth_since(&self, start: usize) -> usize {
        let kinds = self.tokens.kinds(start..self.at);
        kinds.fold(0, |depth, kind| match kind {
            TokenKind::OpenBrace => depth + 1,
            TokenKind::CloseBrace => usize::saturating_sub(depth, 1),
            _ => depth,
        })
    }

    /// Skips the rest of the statement that starts at a token: to after its `;` or
    /// its last `}`, or to before the `}` around it, the next statement that a
    /// word tells, or the next item.
    pub(super) fn skip_statement(&mut self, start: usize) {
        // Braces of the broken part may be of a value that it does not end.
        let mut open = self.depth_since(start);
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                TokenKind::End => return,
                TokenKind::Semicolon if depth == 0 => {
                    self.bump();
                    return;
                }
                TokenKind::OpenBrace => depth += 1,
                TokenKind::CloseBrace if depth == 0 && open == 0 => return,
                TokenKind::CloseBrace if depth == 0 => open -= 1,
                TokenKind::CloseBrace => {
                    depth -= 1;
                    if depth == 0 && open == 0 && self.ends_after_brace() {
                        self.bump();
                        self.eat(TokenKind::Semicolon);
                        return;
                    }
                }
                kind if depth == 0 && self.at > start && begins_statement(kind) => return,
                _ if depth == 0 && self.at > start && self.at_item() => return,
                _ => {}
            }
            self.bump();
        }
    }

    /// Whether the statement ends with the brace that is here.
    fn ends_after_brace(&self) -> bool {
        !matches!(
            self.ahead(1),
            TokenKind::Else
                | TokenKind::Comma
                | TokenKind::CloseParen
                | TokenKind::CloseBracket
                | TokenKind::Dot
        )
    }

    /// Skips the rest of a member: to after its `,`, `;` or `}`, or to before the
    /// `}` around it, or the next item.
    pub(super) fn skip_member(&mut self, start: usize) {
        let mut depth = self.depth_since(start);
        let mut parens = 0_usize;
        loop {
            match self.peek() {
                TokenKind::End => return,
                TokenKind::Semicolon | TokenKind::Comma if depth == 0 && parens == 0 => {
                    self.bump();
                    return;
                }
                TokenKind::Semicolon if depth == 0 => {
                    self.bump();
                    return;
                }
                TokenKind::OpenParen => parens += 1,
                TokenKind::CloseParen => parens = parens.saturating_sub(1),
                TokenKind::OpenBrace => depth += 1,
                TokenKind::CloseBrace if depth == 0 => return,
                TokenKind::CloseBrace => {
                    depth -= 1;
                    if depth == 0 {
                        self.bump();
                        let _ = self.eat(TokenKind::Comma) || self.eat(TokenKind::Semicolon);
                        return;
                    }
                }
                _ if depth == 0 && self.at > start && self.at_item() => return,
                _ => {}
            }
            self.bump();
        }
    }

    /// Skips the rest of an item: to after its `}` or a `;` outside of braces, or
    /// to before the next item that a word tells.
    pub(super) fn skip_item(&mut self, start: usize) {
        let mut depth = self.depth_since(start);
        loop {
            let kind = self.peek();
            match kind {
                TokenKind::End => return,
                TokenKind::OpenBrace => depth += 1,
                TokenKind::CloseBrace if depth == 0 && self.at > start && self.depth > 0 => return,
                TokenKind::CloseBrace => depth = depth.saturating_sub(1),
                TokenKind::Pub if depth == 0 && self.at > start => return,
                _ if depth == 0 && self.at > start && self.at_item() => return,
                _ => {}
            }
            self.bump();
            let ends = matches!(kind, TokenKind::CloseBrace | TokenKind::Semicolon);
            if depth == 0 && ends {
                return;
            }
        }
    }

    /// Skips the rest of an attribute: to after its `]`, or to before what no
    /// attribute has.
    pub(super) fn skip_attribute(&mut self, start: usize) {
        let kinds = self.tokens.kinds(start + 1..self.at);
        let mut depth = 1_usize;
        for kind in kinds {
            match kind {
                TokenKind::OpenBracket => depth += 1,
                TokenKind::CloseBracket => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        loop {
            match self.peek() {
                TokenKind::End
                | TokenKind::OpenBrace
                | TokenKind::CloseBrace
                | TokenKind::Semicolon
                | TokenKind::Pub => return,
                TokenKind::OpenBracket => depth += 1,
                TokenKind::CloseBracket => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        self.bump();
                        return;
                    }
                }
                _ if self.at_item() => return,
                _ => {}
            }
            self.bump();
        }
    }
}

const fn begins_statement(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Let
            | TokenKind::Return
            | TokenKind::Break
            | TokenKind::Continue
            | TokenKind::While
            | TokenKind::For
    )
}
