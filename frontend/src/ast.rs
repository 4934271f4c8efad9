//! The syntax tree, as the programmer wrote it.

use crate::span::Span;

/// A name and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// The items of a source.
#[derive(Debug, Default)]
pub(crate) struct Source {
    pub(crate) functions: Vec<Function>,
    pub(crate) contracts: Vec<Contract>,
    pub(crate) structs: Vec<Struct>,
    /// Names of enums, which are not supported yet.
    pub(crate) enums: Vec<Name>,
}

/// A type where it is used.
#[derive(Debug)]
pub(crate) struct TypeName {
    pub(crate) kind: TypeKind,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum TypeKind {
    Named(String),
    Ref(Box<TypeName>),
    Array,
    /// Result and parameters.
    Function(Box<TypeName>, Vec<TypeName>),
}

/// `[Name(argument: value, ...)]`.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: Name,
    pub(crate) args: Vec<(Name, Argument)>,
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

impl Attribute {
    /// Of a contract: its methods are foreign functions.
    pub(crate) const EXTERN: &str = "Extern";
    /// Of a function: others call it.
    pub(crate) const EXPORT: &str = "Export";
    /// Of a contract: its methods are functions that the host registers.
    pub(crate) const CALLBACK: &str = "Callback";
    /// Of a type: its layout is C's.
    pub(crate) const LAYOUT: &str = "CLayout";
}

/// `type Name { T field, ... }`.
#[derive(Debug)]
pub(crate) struct Struct {
    pub(crate) name: Name,
    /// The attribute `CLayout`.
    pub(crate) layout: Option<Attribute>,
    pub(crate) fields: Vec<Param>,
}

/// A foreign interface.
#[derive(Debug)]
pub(crate) struct Contract {
    pub(crate) name: Name,
    /// The attribute `Extern` or `Callback`.
    pub(crate) foreign: Attribute,
    pub(crate) methods: Vec<Method>,
}

#[derive(Debug)]
pub(crate) struct Method {
    /// The attribute `Extern`, which may name another symbol.
    pub(crate) foreign: Option<Attribute>,
    pub(crate) result: TypeName,
    pub(crate) name: Name,
    pub(crate) params: Vec<Param>,
}

#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) public: bool,
    /// The attribute `Export`.
    pub(crate) export: Option<Attribute>,
    pub(crate) result: TypeName,
    pub(crate) name: Name,
    pub(crate) params: Vec<Param>,
    pub(crate) body: Block,
}

#[derive(Debug)]
pub(crate) struct Param {
    pub(crate) ty: TypeName,
    pub(crate) name: Name,
}

#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) statements: Vec<Statement>,
    /// From `{` to `}`.
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum Statement {
    Let {
        /// `None`: inferred.
        ty: Option<TypeName>,
        mutable: bool,
        name: Name,
        value: Expr,
    },
    Assign {
        target: Expr,
        op: AssignOp,
        value: Expr,
    },
    /// `if` and its `else if`s.
    If {
        arms: Vec<(Expr, Block)>,
        otherwise: Option<Block>,
    },
    While {
        condition: Expr,
        body: Block,
    },
    For {
        variable: Name,
        from: Expr,
        to: Expr,
        body: Block,
    },
    Return {
        value: Option<Expr>,
        span: Span,
    },
    Break(Span),
    Continue(Span),
    Expr(Expr),
    Block(Block),
    /// Could not be parsed, and was reported.
    Broken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AssignOp {
    Set,
    Add,
    Sub,
}

#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum ExprKind {
    Int(u64),
    Float(f64),
    Char(char),
    Bool(bool),
    Unit,
    Str(Vec<StrPiece>),
    Name(String),
    /// Boxed, like every large kind: the parser's frames hold expressions, and
    /// nesting costs stack.
    Call(Box<Call>),
    Unary(UnaryOp, Box<Expr>),
    New(Box<Literal>),
    /// `value.field.field`, as a list for the same reason as a chain.
    Field(Box<Expr>, Vec<Name>),
    /// `ref place`.
    Ref(Box<Expr>),
    /// Operands of one precedence level, left to right. A list, because
    /// programs write long chains, and a tree would be as deep as they are
    /// long.
    Chain(Box<Expr>, Vec<(BinaryOp, Expr)>),
}

/// `Name { field: value, ... }`.
#[derive(Debug)]
pub(crate) struct Literal {
    pub(crate) name: Name,
    pub(crate) fields: Vec<(Name, Expr)>,
}

/// `callee(args)`, or `receiver.callee(args)`.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) receiver: Option<Name>,
    pub(crate) callee: Name,
    pub(crate) args: Vec<Expr>,
}

#[derive(Debug)]
pub(crate) enum StrPiece {
    Text(String),
    Code(Expr),
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
