//! What a layout is made of.

use std::borrow::Cow;

/// A piece of a layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// A token, a comment, or what is added.
    Text(Cow<'t, str>),
    /// A blank.
    Space,
    /// The end of a line.
    Line,
    /// The end of a line, and an empty one.
    Empty,
    /// What follows is on another line, deeper if no end of a line was wanted.
    Break,
    /// Nothing, or the end of a line if the group is broken.
    Soft,
    /// A blank, or the end of a line if the group is broken.
    SoftSpace,
    /// A text only if the group is broken.
    IfBroken(&'static str),
    /// Lines from here on are a step deeper.
    Indent,
    /// Lines from here on are a step less deep.
    Dedent,
    /// A group begins: broken, if it does not fit on a line.
    Open,
    /// A group ends.
    Close,
}

impl Piece<'_> {
    /// Whether no group with it fits on a line.
    pub(super) const fn is_hard(&self) -> bool {
        matches!(self, Self::Line | Self::Empty | Self::Break)
    }

    /// Columns that it takes on a line.
    pub(super) fn width(&self) -> usize {
        match self {
            Self::Text(text) => text.lines().next().map_or(0, |line| line.chars().count()),
            Self::Space | Self::SoftSpace => 1,
            _ => 0,
        }
    }
}
