//! Operators.

use super::ids::ExprId;
use crate::span::Span;
use crate::types::Ty;

/// An operator of two operands. `&&` and `||` are kinds of expressions of their
/// own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BinaryOp {
    /// Also of strings.
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    /// Structural (EQ-1), for every type but functions and contracts.
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    /// Identity of heap objects.
    Same,
    NotSame,
}

impl BinaryOp {
    /// Whether the result is a bool.
    pub(crate) const fn compares(self) -> bool {
        !matches!(
            self,
            Self::Add | Self::Subtract | Self::Multiply | Self::Divide | Self::Remainder
        )
    }
}

/// One operator of a chain, applied to what is left of it: `left op right`. The
/// right operand has the type `operands`; the left one becomes it first, if it is
/// another integer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) op: BinaryOp,
    pub(crate) right: ExprId,
    pub(crate) operands: Ty,
    /// From the first operand of the chain to this one's right, for messages at
    /// run time.
    pub(crate) span: Span,
}

/// Steps of a body, in order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Steps {
    pub(crate) start: u32,
    pub(crate) len: u32,
}
