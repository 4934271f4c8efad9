//! What `?` looks at: the variants of a `Result`.

use crate::hir::ExprId;
use crate::span::Span;
use crate::types::Ty;

/// The variants of a `Result`, and what they carry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outcome {
    pub(super) ok: u32,
    pub(super) error: u32,
    pub(super) value: Ty,
    pub(super) failure: Ty,
}

/// A `?` in a lambda of which nothing has said yet what it returns.
#[derive(Debug, Clone, Copy)]
pub(super) struct PendingTry {
    /// What is done on an error; nothing yet.
    pub(super) leave: ExprId,
    /// The error.
    pub(super) fail: ExprId,
    /// The `Result` that has it, and what that is.
    pub(super) ty: Ty,
    pub(super) outcome: Outcome,
    pub(super) span: Span,
}
