//! The tree of a generated program. It says what is meant: each name is a number, each
//! conversion is written down, and what may be left out in a text is a choice of the node.

/// The integer types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Width {
    /// `u8`.
    U8,
    /// `i32`.
    I32,
    /// `i64`.
    I64,
}

impl Width {
    /// The low bits of a value, read as this type.
    pub const fn wrap(self, value: i128) -> i64 {
        match self {
            Self::U8 => value as u8 as i64,
            Self::I32 => value as i32 as i64,
            Self::I64 => value as i64,
        }
    }

    /// The name in the language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::I32 => "i32",
            Self::I64 => "i64",
        }
    }
}

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// `unit`, only as a result.
    Unit,
    /// An integer.
    Int(Width),
    /// `f64`.
    Float,
    /// `bool`.
    Bool,
    /// `char`.
    Char,
    /// `string`.
    Text,
    /// `T[]`.
    Array(Box<Self>),
    /// A struct with its type arguments.
    Struct(usize, Vec<Self>),
    /// An enum with its type arguments.
    Enum(usize, Vec<Self>),
    /// A contract.
    Contract(usize),
    /// `R(P, …)`.
    Function(Vec<Self>, Box<Self>),
    /// The type parameter of this number of the item around.
    Param(usize),
}

impl Type {
    /// The type with arguments for its parameters.
    pub fn with(&self, args: &[Self]) -> Self {
        let all = |types: &[Self]| types.iter().map(|one| one.with(args)).collect();
        match self {
            Self::Param(at) => args.get(*at).unwrap_or(self).clone(),
            Self::Array(item) => Self::Array(Box::new(item.with(args))),
            Self::Struct(at, own) => Self::Struct(*at, all(own)),
            Self::Enum(at, own) => Self::Enum(*at, all(own)),
            Self::Function(params, result) => {
                Self::Function(all(params), Box::new(result.with(args)))
            }
            _ => self.clone(),
        }
    }

    /// Whether a type parameter occurs.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Param(_) => true,
            Self::Array(item) => item.is_open(),
            Self::Struct(_, own) | Self::Enum(_, own) => own.iter().any(Self::is_open),
            Self::Function(params, result) => params.iter().any(Self::is_open) || result.is_open(),
            _ => false,
        }
    }
}

/// A local: its number in the function.
pub type Local = usize;

/// Binary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `+`, of text too.
    Add,
    /// `-`.
    Sub,
    /// `*`.
    Mul,
    /// `/`.
    Div,
    /// `%`.
    Rem,
    /// `<`.
    Less,
    /// `<=`.
    LessEqual,
    /// `>`.
    More,
    /// `>=`.
    MoreEqual,
    /// `==`.
    Equal,
    /// `!=`.
    Unequal,
    /// `===`.
    Same,
    /// `!==`.
    Other,
    /// `&&`.
    And,
    /// `||`.
    Or,
}

/// An expression.
#[derive(Debug, Clone)]
pub enum Expr {
    /// An integer; `bare` without a suffix.
    Int {
        value: i64,
        width: Width,
        bare: bool,
    },
    /// A float.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// A character.
    Char(char),
    /// A text without holes.
    Text(String),
    /// A text with holes.
    Holes(Vec<Piece>),
    /// A local or parameter.
    Local(Local),
    /// `this`.
    This,
    /// A field; of `this` perhaps without saying so.
    Field {
        object: Box<Self>,
        of: usize,
        field: usize,
        bare: bool,
    },
    /// An element.
    Index(Box<Self>, Box<Self>),
    /// The length; `builtin` by the builtin's name.
    Length {
        of: Box<Self>,
        text: bool,
        builtin: bool,
    },
    /// `-e`.
    Negate(Box<Self>),
    /// `!e`.
    Not(Box<Self>),
    /// Two operands.
    Binary(Op, Box<Self>, Box<Self>),
    /// An integer of another type, which no text shows.
    Convert(Width, Box<Self>),
    /// A function by name; `types` if they are written.
    Call {
        function: usize,
        types: Vec<Type>,
        args: Vec<Self>,
    },
    /// A method of a struct; `bare` without `this`.
    Method {
        object: Box<Self>,
        of: usize,
        method: usize,
        args: Vec<Self>,
        bare: bool,
    },
    /// A method of a contract.
    Dispatch {
        object: Box<Self>,
        contract: usize,
        method: usize,
        args: Vec<Self>,
    },
    /// A value of function type.
    CallValue(Box<Self>, Vec<Self>),
    /// A new struct; fields in the order written.
    New {
        of: usize,
        types: Vec<Type>,
        fields: Vec<(usize, Self)>,
    },
    /// A new enum value.
    Variant {
        of: usize,
        types: Vec<Type>,
        variant: usize,
        args: Vec<Self>,
    },
    /// A new array.
    Array(Vec<Self>),
    /// A closure; parameters with their types if they are written.
    Lambda(Box<Lambda>),
    /// A function as a value.
    Function(usize),
    /// A choice.
    Match(Box<Match>),
    /// `e?`.
    Try(Box<Self>),
    /// An assignment as a value.
    Assign(Box<Self>, Box<Self>),
}

/// Part of a text with holes.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Text.
    Text(String),
    /// `${e}`.
    Hole(Expr),
}

/// A closure's code.
#[derive(Debug, Clone)]
pub struct Lambda {
    /// Parameters.
    pub params: Vec<(Local, Type)>,
    /// Whether their types are written.
    pub typed: bool,
    /// The body.
    pub body: Body,
}

/// The body of a function or closure.
#[derive(Debug, Clone)]
pub enum Body {
    /// `=> e`.
    Value(Expr),
    /// `{ … }`.
    Block(Vec<Stmt>),
}

/// A match.
#[derive(Debug, Clone)]
pub struct Match {
    /// What is matched.
    pub of: Expr,
    /// The arms.
    pub arms: Vec<Arm>,
}

/// An arm.
#[derive(Debug, Clone)]
pub struct Arm {
    /// The pattern.
    pub pattern: Pattern,
    /// The guard.
    pub guard: Option<Expr>,
    /// The value, or statements.
    pub body: Body,
}

/// A pattern.
#[derive(Debug, Clone)]
pub enum Pattern {
    /// `_`.
    Any,
    /// A name.
    Bind(Local),
    /// A literal.
    Literal(Expr),
    /// A variant.
    Variant(usize, usize, Vec<Self>),
}

/// A statement.
#[derive(Debug, Clone)]
pub enum Stmt {
    /// A local; with its type if that is written.
    Let {
        local: Local,
        ty: Option<Type>,
        mutable: bool,
        value: Expr,
    },
    /// `place = e`.
    Assign(Expr, Expr),
    /// `place += e` and `place -= e`, in the type of the place.
    Compound(Expr, Op, Expr),
    /// A value that is dropped.
    Expr(Expr),
    /// A line of output.
    Say(Vec<Piece>),
    /// `if`, with `else if`, and `else`.
    If(Vec<(Expr, Vec<Self>)>, Option<Vec<Self>>),
    /// `while`.
    While(Expr, Vec<Self>),
    /// `for x in range(a, b)`.
    Range(Local, Expr, Expr, Vec<Self>),
    /// `for x in e` with an array or something with `Next`.
    Each(Local, Expr, Vec<Self>),
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `return`.
    Return(Option<Expr>),
    /// `{ … }`.
    Block(Vec<Self>),
    /// `place.Event += h` and `-=`.
    Subscribe {
        object: Expr,
        of: usize,
        event: usize,
        handler: Expr,
        add: bool,
    },
    /// An event of `this`.
    Raise {
        of: usize,
        event: usize,
        args: Vec<Expr>,
    },
    /// `panic(text)`.
    Panic(Expr),
}

/// A function or method.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The inline module that it is in.
    pub module: Option<usize>,
    /// The number of type parameters.
    pub generics: usize,
    /// Its parameters; the last says whether they can be assigned.
    pub params: Vec<(Local, Type, bool)>,
    /// Its result.
    pub result: Type,
    /// Its body.
    pub body: Body,
    /// The names of its locals.
    pub locals: Vec<String>,
}

/// A struct.
#[derive(Debug, Clone)]
pub struct Struct {
    /// Its name.
    pub name: String,
    /// The inline module that it is in.
    pub module: Option<usize>,
    /// The number of type parameters.
    pub generics: usize,
    /// Its fields.
    pub fields: Vec<(String, Type)>,
    /// Its events: name, capacity if written, parameters.
    pub events: Vec<(String, Option<usize>, Vec<Type>)>,
    /// Its methods.
    pub methods: Vec<Function>,
    /// Whether the methods stand in an `impl`.
    pub apart: bool,
    /// The contracts that it names.
    pub contracts: Vec<usize>,
}

/// An enum.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Its name.
    pub name: String,
    /// The inline module that it is in.
    pub module: Option<usize>,
    /// The number of type parameters.
    pub generics: usize,
    /// Its variants.
    pub variants: Vec<(String, Vec<Type>)>,
}

/// A contract.
#[derive(Debug, Clone)]
pub struct Contract {
    /// Its name.
    pub name: String,
    /// The contract that it embeds.
    pub embeds: Option<usize>,
    /// All its methods, those of the embedded one first: name, parameters, result.
    pub methods: Vec<(String, Vec<Type>, Type)>,
}

/// A program. `main` is the last function.
#[derive(Debug, Clone, Default)]
pub struct Program {
    /// The inline modules.
    pub modules: Vec<String>,
    /// The enums; the first two are `Option` and `Result`.
    pub enums: Vec<Enum>,
    /// The contracts.
    pub contracts: Vec<Contract>,
    /// The structs.
    pub structs: Vec<Struct>,
    /// The functions.
    pub functions: Vec<Function>,
}
