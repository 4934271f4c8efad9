//! The typed tree: names resolved, conversions explicit.

use crate::ast::BinaryOp;
use crate::builtins::Builtin;
use crate::span::Span;
use crate::types::{FunctionType, StructId, Type, Types};

/// A checked program.
#[derive(Debug)]
pub struct Program {
    /// The functions, in source order.
    pub(crate) functions: Vec<Function>,
    /// The foreign functions, each symbol once.
    pub(crate) foreign: Vec<ForeignFunction>,
    /// The functions that the host registers, in the order of their table.
    pub(crate) callbacks: Vec<Callback>,
    /// The types that it declares, and the views.
    pub(crate) types: Types,
    /// File name of the source, for messages at run time.
    pub(crate) file: String,
    /// Line and column of each place that may fail at run time.
    pub(crate) lines: crate::span::LineIndex,
}

#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// The symbol by which others call it; `None`: they do not.
    pub(crate) symbol: Option<String>,
    /// Whether C calls it, with C's layout of its values (FFI-5).
    pub(crate) foreign: bool,
    pub(crate) params: Vec<LocalId>,
    pub(crate) result: Type,
    /// All locals, parameters first.
    pub(crate) locals: Vec<Local>,
    pub(crate) body: Vec<Statement>,
}

impl Function {
    pub(crate) fn signature(&self) -> FunctionType {
        let params = self.params.iter().map(|id| self.locals[*id].ty);
        FunctionType {
            params: params.collect(),
            result: self.result,
        }
    }
}

/// A foreign function (FFI-1).
#[derive(Debug)]
pub(crate) struct ForeignFunction {
    pub(crate) symbol: String,
    pub(crate) library: String,
    pub(crate) signature: FunctionType,
}

/// A function that a foreign host registers (FFI-5).
#[derive(Debug)]
pub(crate) struct Callback {
    pub(crate) name: String,
    pub(crate) signature: FunctionType,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Local {
    pub(crate) ty: Type,
    /// Whether its address is taken, so that it must be in memory.
    pub(crate) addressed: bool,
}

/// Index into the program's foreign functions.
pub(crate) type ForeignId = usize;
/// Index into a function's locals.
pub(crate) type LocalId = usize;
/// Index into the program's functions.
pub(crate) type FunctionId = usize;

#[derive(Debug)]
pub(crate) enum Statement {
    /// Initialises or assigns a local.
    Set(LocalId, Expr),
    /// Writes the field of this index of an object.
    SetField(Expr, usize, Expr),
    /// Writes a `u8` through a reference.
    Store(Expr, Expr),
    If {
        arms: Vec<(Expr, Vec<Statement>)>,
        otherwise: Vec<Statement>,
    },
    While {
        condition: Expr,
        body: Vec<Statement>,
    },
    /// Counts `variable` from `from` up to before `to`.
    For {
        variable: LocalId,
        from: Expr,
        to: Expr,
        body: Vec<Statement>,
    },
    Return(Option<Expr>),
    Break,
    Continue,
    Expr(Expr),
    Block(Vec<Statement>),
}

#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) ty: Type,
}

#[derive(Debug)]
pub(crate) enum ExprKind {
    /// An integer, bool or character, by its value.
    Scalar(i64),
    Float(f64),
    Unit,
    Str(String),
    /// Values as text, one after the other.
    Interpolation(Vec<Expr>),
    Local(LocalId),
    Call(FunctionId, Vec<Expr>),
    Foreign(ForeignId, Vec<Expr>),
    Callback(Box<CallbackCall>),
    Builtin(&'static Builtin, Vec<Expr>),
    Negate(Box<Expr>),
    Not(Box<Expr>),
    /// `i32` to `i64`.
    Widen(Box<Expr>),
    Chain(Box<Expr>, Vec<Step>),
    /// An object, from the values of its fields by their index, in the order
    /// of evaluation.
    New(StructId, Vec<(usize, Expr)>),
    /// The fields of these indices, each of the one before.
    Field(Box<Expr>, Vec<usize>),
    /// The address of a local.
    Address(LocalId),
    /// The byte that a reference is to.
    Load(Box<Expr>),
    /// The address of a function's code.
    Code(FunctionId),
}

/// A call of a function that the host registers. Boxed, like every large kind:
/// expressions are on the stack while they are checked.
#[derive(Debug)]
pub(crate) struct CallbackCall {
    /// Index into the program's callbacks.
    pub(crate) index: usize,
    pub(crate) args: Vec<Expr>,
    /// The call, for messages at run time.
    pub(crate) span: Span,
}

/// One operator of a chain, applied to what is left of it.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) op: BinaryOp,
    /// The left side is an `i32` that becomes an `i64` first.
    pub(crate) widen_left: bool,
    /// Type of the operands.
    pub(crate) operands: Type,
    pub(crate) right: Expr,
    /// The operator and its operands, for messages at run time.
    pub(crate) span: Span,
}
