//! The comments before a token, and where they stand among the lines.

use crate::tree::Token;
use crate::trivia::TriviaKind;

/// A comment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comment<'t> {
    pub(super) text: &'t str,
    /// Line ends before it, since the token or comment before.
    pub(super) before: usize,
    /// Line ends after it, to the comment or token after.
    pub(super) after: usize,
    pub(super) kind: TriviaKind,
}

impl Comment<'_> {
    /// Whether nothing else can be on its line after it.
    pub(super) fn ends_line(&self) -> bool {
        self.kind != TriviaKind::BlockComment
    }

    /// Whether it has its lines for itself.
    pub(super) fn is_alone(&self) -> bool {
        self.kind == TriviaKind::DocLine || (self.before > 0 && self.after > 0)
    }
}

/// What stands before a token: comments, and line ends.
pub(super) struct Gap<'t> {
    pub(super) comments: Vec<Comment<'t>>,
    /// How many of the comments are on the line of the token before, with a line
    /// end after them.
    pub(super) trailing: usize,
    /// Line ends after the last comment.
    after: usize,
}

impl<'t> Gap<'t> {
    pub(super) fn before(token: Token<'t>, text: &'t str) -> Self {
        let mut comments = Vec::<Comment<'t>>::new();
        // The begin of the text is the begin of a line.
        let mut newlines = usize::from(token.span().start == 0 || token.id().0 == 0);
        for piece in token.trivia() {
            let here = piece.span.text(text);
            if piece.kind == TriviaKind::Blank {
                newlines += here.matches('\n').count();
                continue;
            }
            if let Some(last) = comments.last_mut() {
                last.after = newlines;
            }
            let shown = match piece.kind {
                TriviaKind::DocLine => here.trim_end_matches('\r'),
                TriviaKind::LineComment => here.trim_end(),
                _ => here,
            };
            comments.push(Comment {
                text: shown,
                before: newlines,
                after: 0,
                kind: piece.kind,
            });
            newlines = 0;
        }
        // The end of the text is the end of a line.
        let ends = usize::from(token.next().id() == token.id());
        if let Some(last) = comments.last_mut() {
            last.after = newlines + ends;
        }
        let same_line =
            |comment: &&Comment<'_>| comment.before == 0 && comment.kind != TriviaKind::DocLine;
        let count = comments.iter().take_while(same_line).count();
        let ended = comments[..count]
            .last()
            .is_some_and(|last| last.after > 0 || last.ends_line());
        Self {
            trailing: if ended { count } else { 0 },
            comments,
            after: newlines,
        }
    }

    /// Whether an empty line stands after the trailing comments.
    pub(super) fn has_empty_line(&self) -> bool {
        let newlines = match self.comments.get(self.trailing) {
            Some(comment) => comment.before,
            None => self.after,
        };
        newlines > 1
    }
}
