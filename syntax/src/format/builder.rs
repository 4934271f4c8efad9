//! Making pieces: tokens with the comments before them.

use std::borrow::Cow;

use super::comments::{Comment, Gap};
use super::piece::Piece;
use super::spacing;
use crate::kinds::TokenKind;
use crate::tree::{Token, TokenId, Tree};
use crate::trivia::TriviaKind;

/// What is wanted before the next token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sep {
    None,
    Space,
    Soft,
    SoftSpace,
    Line,
    /// A line end, and an empty line where there is one.
    Keep,
    Empty,
}

impl Sep {
    const fn is_line(self) -> bool {
        !matches!(self, Self::None | Self::Space)
    }

    /// Whether a group around decides about the line end.
    const fn is_soft(self) -> bool {
        matches!(self, Self::Soft | Self::SoftSpace)
    }
}

pub(super) struct Builder<'t> {
    tree: &'t Tree,
    pieces: Vec<Piece<'t>>,
    sep: Sep,
    /// The first token whose comments are not among the pieces yet.
    next: TokenId,
    last: Option<Token<'t>>,
}

impl<'t> Builder<'t> {
    pub(super) const fn new(tree: &'t Tree) -> Self {
        Self {
            tree,
            pieces: Vec::new(),
            sep: Sep::None,
            next: TokenId(0),
            last: None,
        }
    }

    pub(super) fn finish(self) -> Vec<Piece<'t>> {
        self.pieces
    }

    pub(super) fn sep(&mut self, sep: Sep) {
        self.sep = sep;
    }

    /// The token before the next one.
    pub(super) const fn last(&self) -> Option<Token<'t>> {
        self.last
    }

    pub(super) fn push(&mut self, piece: Piece<'t>) {
        self.pieces.push(piece);
    }

    /// What is added to the text.
    pub(super) fn text(&mut self, text: &'static str) {
        self.last = None;
        self.push(Piece::Text(Cow::Borrowed(text)));
    }

    /// Number of pieces.
    pub(super) fn mark(&self) -> usize {
        self.pieces.len()
    }

    /// The pieces since a mark become one text, if they can be on one line; else the
    /// text as it was written.
    pub(super) fn flatten(&mut self, mark: usize, written: &'t str) {
        let mut flat = String::new();
        let mut fits = true;
        for piece in self.pieces.drain(mark..) {
            fits &= !piece.is_hard();
            match piece {
                Piece::Text(text) => flat.push_str(&text),
                Piece::Space | Piece::SoftSpace => flat.push(' '),
                _ => {}
            }
        }
        let text = match fits {
            true => Cow::Owned(flat),
            false => Cow::Borrowed(written),
        };
        self.push(Piece::Text(text));
    }

    /// A token, after what is wanted before it and its comments.
    pub(super) fn token(&mut self, token: Token<'t>) {
        let fuses = self.last.is_some_and(|last| spacing::fuse(last, token));
        if self.sep == Sep::None && fuses {
            self.sep = Sep::Space;
        }
        self.comments(token);
        if token.kind() != TokenKind::End {
            self.push(Piece::Text(Cow::Borrowed(token.text())));
            self.last = Some(token);
        }
    }

    /// The comments of a token that is not printed itself.
    pub(super) fn leave_out(&mut self, token: Token<'t>) {
        self.sep = Sep::None;
        self.comments(token);
    }

    /// Whether there are comments before a token.
    pub(super) fn has_comments(&self, token: Token<'t>) -> bool {
        token.trivia().any(|piece| piece.kind != TriviaKind::Blank)
    }

    /// What is wanted before a token, and its comments.
    pub(super) fn comments(&mut self, token: Token<'t>) {
        if token.id() < self.next {
            self.between(self.sep, false);
            self.sep = Sep::None;
            return;
        }
        self.next = TokenId(token.id().0 + 1);
        let gap = Gap::before(token, self.tree.text());
        let sep = std::mem::replace(&mut self.sep, Sep::None);
        if !sep.is_line() {
            self.inline(&gap.comments, sep, token);
            return;
        }
        let demands = |comment: &Comment<'_>| comment.ends_line() || comment.is_alone();
        let soft = sep.is_soft() && !gap.comments.iter().any(demands);
        let trailing = match spacing::closes(token.kind()) {
            _ if !soft => gap.trailing,
            true => gap.comments.len(),
            false => 0,
        };
        let (trailing, leading) = gap.comments.split_at(trailing);
        for comment in trailing {
            self.push(Piece::Space);
            self.comment(comment);
        }
        self.between(sep, gap.has_empty_line());
        let begins = trailing.is_empty() && self.last.is_some_and(opens_lines);
        for (index, comment) in leading.iter().enumerate() {
            if soft {
                self.comment(comment);
                self.push(Piece::Space);
                continue;
            }
            if comment.is_alone() || comment.before > 0 {
                self.push(match comment.before {
                    0 | 1 => Piece::Line,
                    _ if begins && index == 0 => Piece::Line,
                    _ => Piece::Empty,
                });
            }
            self.comment(comment);
            let documents = comment.kind == TriviaKind::DocLine;
            match comment.after {
                0 if !comment.ends_line() => self.push(Piece::Space),
                0 | 1 => self.push(Piece::Line),
                _ if documents => self.push(Piece::Line),
                _ => self.push(Piece::Empty),
            }
        }
    }

    fn between(&mut self, sep: Sep, has_empty_line: bool) {
        let piece = match sep {
            Sep::None => return,
            Sep::Space => Piece::Space,
            Sep::Soft => Piece::Soft,
            Sep::SoftSpace => Piece::SoftSpace,
            Sep::Line => Piece::Line,
            Sep::Keep if !has_empty_line => Piece::Line,
            Sep::Keep | Sep::Empty => Piece::Empty,
        };
        self.push(piece);
    }

    /// Comments within a line, broken only where they demand it.
    fn inline(&mut self, comments: &[Comment<'t>], sep: Sep, token: Token<'t>) {
        let opens = self.last.is_none_or(|last| spacing::opens(last.kind()));
        for (index, comment) in comments.iter().enumerate() {
            if comment.is_alone() {
                self.push(Piece::Break);
            } else if index > 0 || sep == Sep::Space || !opens {
                self.push(Piece::Space);
            }
            self.comment(comment);
            if comment.is_alone() {
                self.push(Piece::Break);
            }
        }
        let tight = sep == Sep::None && (comments.is_empty() || spacing::closes(token.kind()));
        if !tight {
            self.push(Piece::Space);
        }
    }

    fn comment(&mut self, comment: &Comment<'t>) {
        self.push(Piece::Text(Cow::Borrowed(comment.text)));
        if comment.ends_line() {
            self.push(Piece::Break);
        }
    }
}

/// Whether no empty line stands after a token.
fn opens_lines(token: Token<'_>) -> bool {
    token.kind() == TokenKind::OpenBrace || spacing::opens(token.kind())
}
