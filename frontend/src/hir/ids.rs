//! Numbers of what a program and its functions have.

/// Index of an expression in its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExprId(pub(crate) u32);

/// Index into the program's foreign functions.
pub(crate) type ForeignId = u32;
/// Index into a function's locals.
pub(crate) type LocalId = u32;
/// Index into the program's functions.
pub(crate) type FunctionId = u32;
