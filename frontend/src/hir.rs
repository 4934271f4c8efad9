//! The typed tree: names resolved, conversions explicit.

use crate::ast::BinaryOp;
use crate::span::Span;
use crate::types::Type;

/// A checked program.
#[derive(Debug)]
pub struct Program {
    /// The functions, in source order.
    pub(crate) functions: Vec<Function>,
    /// The foreign functions, each symbol once.
    pub(crate) externs: Vec<Extern>,
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
    pub(crate) params: Vec<LocalId>,
    pub(crate) result: Type,
    /// Types of all locals, parameters first.
    pub(crate) locals: Vec<Type>,
    pub(crate) body: Vec<Statement>,
}

/// A foreign function (FFI-1).
#[derive(Debug)]
pub(crate) struct Extern {
    pub(crate) symbol: String,
    pub(crate) library: String,
    pub(crate) params: Vec<Type>,
    pub(crate) result: Type,
}

/// Index into the program's foreign functions.
pub(crate) type ExternId = usize;
/// Index into a function's locals.
pub(crate) type LocalId = usize;
/// Index into the program's functions.
pub(crate) type FunctionId = usize;

#[derive(Debug)]
pub(crate) enum Statement {
    /// Initialises or assigns a local.
    Set(LocalId, Expr),
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
    Foreign(ExternId, Vec<Expr>),
    Builtin(Builtin, Vec<Expr>),
    Negate(Box<Expr>),
    Not(Box<Expr>),
    /// `i32` to `i64`.
    Widen(Box<Expr>),
    Chain(Box<Expr>, Vec<Step>),
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

/// Functions of the low level that programs may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Builtin {
    StrLen,
    SyscallWrite,
    SyscallRead,
    PanicStr,
    Yield,
    NowMillis,
}

impl Builtin {
    /// Name, parameters and result of each.
    pub(crate) const ALL: [(&'static str, Self, &'static [Type], Type); 6] = [
        ("__str_len", Self::StrLen, &[Type::Str], Type::I64),
        (
            "__syscall_write",
            Self::SyscallWrite,
            &[Type::I64, Type::Str],
            Type::I64,
        ),
        (
            "__syscall_read",
            Self::SyscallRead,
            &[Type::I64, Type::I64],
            Type::Str,
        ),
        ("__panic_str", Self::PanicStr, &[Type::Str], Type::Never),
        ("__rt_yield", Self::Yield, &[], Type::Unit),
        ("__rt_now_millis", Self::NowMillis, &[], Type::I64),
    ];
}
