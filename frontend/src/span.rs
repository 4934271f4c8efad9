//! Positions in a source text.

pub use beskid_syntax::{LineIndex, Span};
