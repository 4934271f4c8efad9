//! Patterns.

use super::ids::LocalId;

/// Index of a pattern in its body.
pub(crate) type PatternId = u32;

/// Patterns that lie side by side in [`Body::pattern_lists`](super::Body).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patterns {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pattern {
    Any,
    /// Anything, which becomes the value of a local.
    Bind(LocalId),
    /// An integer, bool or character.
    Scalar(i64),
    /// A float, by its bits; compared as floats are.
    Float(u64),
    /// Index into the body's texts.
    Text(u32),
    /// A variant of an enum, and its payload.
    Variant(u32, Patterns),
}
