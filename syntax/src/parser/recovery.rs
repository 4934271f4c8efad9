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

    /// Whether a word of a later version stands before a member or a parameter that has
    /// its own type and name: `inject Log log`.
    pub(super) fn is_later_member(&mut self) -> bool {
        if !self.is_later_word(self.at) {
            return false;
        }
        let end = self.type_end(self.at + 1, 0);
        end.is_some_and(|end| self.tokens.kind(end) == TokenKind::Name)
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
        if self.ends_with_cut(start) {
            return;
        }
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
                TokenKind::CloseBrace if depth == 0 && open == 0 => {
                    // One too many, where no block ends.
                    let stray = self.ahead(1) == TokenKind::Semicolon && self.takes_excess(-1);
                    if !stray {
                        return;
                    }
                }
                TokenKind::CloseBrace if depth == 0 => open -= 1,
                TokenKind::CloseBrace => {
                    depth -= 1;
                    if depth == 0 && open == 0 && self.ends_after_brace() {
                        self.bump();
                        self.eat(TokenKind::Semicolon);
                        return;
                    }
                }
                kind if depth == 0
                    && self.at > start
                    && begins_statement(kind)
                    && !self.wants_more() =>
                {
                    return;
                }
                _ if depth == 0 && self.at > start && self.at_item() => return,
                _ => {}
            }
            self.bump();
        }
    }

    /// Whether the `;` of the broken part, which starts at a token, is in a string before that
    /// was not closed.
    fn ends_with_cut(&self, start: usize) -> bool {
        if self.at == start {
            return false;
        }
        let before = self.text.get(..self.previous_span().end as usize);
        self.is_after_cut() && before.is_some_and(|before| before.trim_end().ends_with(';'))
    }

    /// Whether the statement ends with the brace that is here.
    fn ends_after_brace(&self) -> bool {
        !matches!(
            self.ahead(1),
            TokenKind::Else
                | TokenKind::Comma
                | TokenKind::CloseParen
                | TokenKind::CloseBracket
                | TokenKind::OpenBrace
                | TokenKind::Dot
        )
    }

    /// Skips the rest of a member: to after its `,`, `;` or `}`, or to before the
    /// `}` around it, or the next item.
    pub(super) fn skip_member(&mut self, start: usize) {
        if self.at == start && self.skip_stray() {
            return;
        }
        let mut depth = self.depth_since(start);
        let mut lists = self.tokens.kinds(start..self.at).fold(0_usize, lists_after);
        loop {
            lists = lists_after(lists, self.peek());
            match self.peek() {
                TokenKind::End => return,
                TokenKind::Comma if depth == 0 && lists == 0 => {
                    self.bump();
                    return;
                }
                TokenKind::Semicolon if depth == 0 => {
                    self.bump();
                    return;
                }
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

    /// Skips a token that begins no member and ends nothing, if one is here.
    fn skip_stray(&mut self) -> bool {
        let stray = match self.peek() {
            TokenKind::CloseParen
            | TokenKind::CloseBracket
            | TokenKind::Greater
            | TokenKind::Comma
            | TokenKind::Semicolon => true,
            TokenKind::OpenBrace => self.takes_excess(1),
            _ => false,
        };
        if stray {
            self.bump();
        }
        stray
    }

    /// Skips the rest of an item: to after its `}` or a `;` outside of braces, or
    /// to before the next item that a word tells.
    pub(super) fn skip_item(&mut self, start: usize) {
        if self.ends_with_cut(start) {
            return;
        }
        let mut depth = self.depth_since(start);
        loop {
            let kind = self.peek();
            match kind {
                TokenKind::End => return,
                TokenKind::OpenBrace => depth += 1,
                TokenKind::CloseBrace if depth == 0 && self.at > start && self.depth > 0 => return,
                TokenKind::CloseBrace => depth = depth.saturating_sub(1),
                TokenKind::Pub if depth == 0 && self.at > start && self.begins_part() => return,
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

    /// Skips the rest of the code in a string that starts at a token, to before the next
    /// part of the string; whether there is one.
    pub(super) fn skip_hole(&mut self, start: usize) -> bool {
        let mut depth = self.tokens.kinds(start..self.at).fold(0_usize, strings);
        loop {
            match self.peek() {
                TokenKind::End => return false,
                TokenKind::TextMiddle | TokenKind::TextEnd if depth == 0 => return true,
                kind => depth = strings(depth, kind),
            }
            self.bump();
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
                | TokenKind::Semicolon => return,
                TokenKind::Pub if self.at_public() => return,
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

/// How many lists in parentheses, and of types, are open after a token.
const fn lists_after(open: usize, kind: TokenKind) -> usize {
    match kind {
        TokenKind::OpenParen | TokenKind::Less => open + 1,
        TokenKind::CloseParen | TokenKind::Greater => open.saturating_sub(1),
        _ => open,
    }
}

/// How many strings are open after a token.
const fn strings(depth: usize, kind: TokenKind) -> usize {
    match kind {
        TokenKind::TextStart => depth + 1,
        TokenKind::TextEnd => depth.saturating_sub(1),
        _ => depth,
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
