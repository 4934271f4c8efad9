//! What the checker knows of a source: a part of the language, without tokens.

use beskid_syntax::Node;
use beskid_syntax::literal::Suffix;

use crate::span::Span;

/// A name and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Name<'a> {
    pub(crate) text: &'a str,
    pub(crate) span: Span,
}

/// The items of a source.
#[derive(Debug, Default)]
pub(crate) struct Source<'a> {
    pub(crate) functions: Vec<Function<'a>>,
    pub(crate) contracts: Vec<Contract<'a>>,
    pub(crate) structs: Vec<Struct<'a>>,
    /// Names of enums, which are not supported yet.
    pub(crate) enums: Vec<Name<'a>>,
}

/// A type where it is used.
#[derive(Debug)]
pub(crate) struct TypeName<'a> {
    pub(crate) kind: TypeKind<'a>,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum TypeKind<'a> {
    Named(&'a str),
    Ref(Box<TypeName<'a>>),
    Array,
    /// Result and parameters.
    Function(Box<TypeName<'a>>, Vec<TypeName<'a>>),
    /// Was reported.
    Broken,
}

/// `[Name(argument: value, ...)]`.
#[derive(Debug)]
pub(crate) struct Attribute<'a> {
    pub(crate) name: Name<'a>,
    pub(crate) args: Vec<(Name<'a>, Argument)>,
    pub(crate) span: Span,
}

/// The value of an attribute's argument.
#[derive(Debug)]
pub(crate) struct Argument {
    pub(crate) value: ArgumentValue,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum ArgumentValue {
    /// A string literal without code in it.
    Text(String),
    Int(u64),
}

impl Attribute<'_> {
    /// Of a contract: its methods are foreign functions.
    pub(crate) const EXTERN: &'static str = "Extern";
    /// Of a function: others call it.
    pub(crate) const EXPORT: &'static str = "Export";
    /// Of a contract: its methods are functions that the host registers.
    pub(crate) const CALLBACK: &'static str = "Callback";
    /// Of a type: its layout is C's.
    pub(crate) const LAYOUT: &'static str = "CLayout";
}

/// `type Name { T field, ... }`.
#[derive(Debug)]
pub(crate) struct Struct<'a> {
    pub(crate) name: Name<'a>,
    /// The attribute `CLayout`.
    pub(crate) layout: Option<Attribute<'a>>,
    pub(crate) fields: Vec<Param<'a>>,
}

/// A foreign interface.
#[derive(Debug)]
pub(crate) struct Contract<'a> {
    pub(crate) name: Name<'a>,
    /// The attribute `Extern` or `Callback`.
    pub(crate) foreign: Attribute<'a>,
    pub(crate) methods: Vec<Method<'a>>,
}

#[derive(Debug)]
pub(crate) struct Method<'a> {
    /// The attribute `Extern`, which may name another symbol.
    pub(crate) foreign: Option<Attribute<'a>>,
    pub(crate) result: TypeName<'a>,
    pub(crate) name: Name<'a>,
    pub(crate) params: Vec<Param<'a>>,
}

#[derive(Debug)]
pub(crate) struct Function<'a> {
    pub(crate) public: bool,
    /// The attribute `Export`.
    pub(crate) export: Option<Attribute<'a>>,
    pub(crate) result: TypeName<'a>,
    pub(crate) name: Name<'a>,
    pub(crate) params: Vec<Param<'a>>,
    /// Its body, to be read when it is checked.
    pub(crate) body: Node<'a>,
}

#[derive(Debug)]
pub(crate) struct Param<'a> {
    pub(crate) mutable: bool,
    pub(crate) ty: TypeName<'a>,
    pub(crate) name: Name<'a>,
}

#[derive(Debug)]
pub(crate) struct Block<'a> {
    pub(crate) statements: Vec<Statement<'a>>,
    /// From `{` to `}`.
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum Statement<'a> {
    Let {
        /// `None`: inferred.
        ty: Option<TypeName<'a>>,
        mutable: bool,
        name: Name<'a>,
        value: Expr<'a>,
    },
    Assign {
        target: Expr<'a>,
        op: AssignOp,
        value: Expr<'a>,
    },
    /// `if` and its `else if`s.
    If {
        arms: Vec<(Expr<'a>, Block<'a>)>,
        otherwise: Option<Block<'a>>,
    },
    While {
        condition: Expr<'a>,
        body: Block<'a>,
    },
    For {
        variable: Name<'a>,
        from: Expr<'a>,
        to: Expr<'a>,
        body: Block<'a>,
    },
    Return {
        value: Option<Expr<'a>>,
        span: Span,
    },
    Break(Span),
    Continue(Span),
    Expr(Expr<'a>),
    Block(Block<'a>),
    /// Was reported.
    Broken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AssignOp {
    Set,
    Add,
    Sub,
}

#[derive(Debug)]
pub(crate) struct Expr<'a> {
    pub(crate) kind: ExprKind<'a>,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum ExprKind<'a> {
    Int(u64, Option<Suffix>),
    Float(f64),
    Char(char),
    Bool(bool),
    Unit,
    /// Was reported.
    Broken,
    Str(Vec<StrPiece<'a>>),
    Name(&'a str),
    /// Boxed, like every large kind: frames hold expressions, and nesting costs
    /// stack.
    Call(Box<Call<'a>>),
    Unary(UnaryOp, Box<Expr<'a>>),
    New(Box<Literal<'a>>),
    /// `value.field.field`, as a list for the same reason as a chain.
    Field(Box<Expr<'a>>, Vec<Name<'a>>),
    /// `ref place`.
    Ref(Box<Expr<'a>>),
    /// Operands of one precedence level, left to right. A list, because
    /// programs write long chains, and a tree would be as deep as they are
    /// long.
    Chain(Box<Expr<'a>>, Vec<(BinaryOp, Expr<'a>)>),
}

/// `Name { field: value, ... }`.
#[derive(Debug)]
pub(crate) struct Literal<'a> {
    pub(crate) name: Name<'a>,
    pub(crate) fields: Vec<(Name<'a>, Expr<'a>)>,
}

/// `callee(args)`, or `receiver.callee(args)`.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) receiver: Option<Name<'a>>,
    pub(crate) callee: Name<'a>,
    pub(crate) args: Vec<Expr<'a>>,
}

#[derive(Debug)]
pub(crate) enum StrPiece<'a> {
    Text(String),
    Code(Expr<'a>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnaryOp {
    Negate,
    Not,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BinaryOp {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl BinaryOp {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }

    pub(crate) const fn is_comparison(self) -> bool {
        matches!(
            self,
            Self::Equal
                | Self::NotEqual
                | Self::Less
                | Self::LessEqual
                | Self::Greater
                | Self::GreaterEqual
        )
    }
}
