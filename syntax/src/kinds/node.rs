//! Kinds of nodes.

macro_rules! node_kinds {
    ($($(#[$meta:meta])* $kind:ident,)+) => {
        /// What a node is. The grammar of the language's reference names the
        /// parts; in brackets stand the children, in their order.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum NodeKind { $($(#[$meta])* $kind,)+ }

        impl NodeKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];
        }
    };
}

node_kinds! {
    /// The whole text: \[items\].
    File,
    /// What does not follow the grammar, and was reported; what is in it may be
    /// incomplete.
    Error,

    // Items. Each begins with its attributes, and `pub`.
    /// `[Name(argument: value)]`: \[Path, AttributeArgument…\].
    Attribute,
    /// `name: value`: \[expression\].
    AttributeArgument,
    /// `use a.b as c;`: \[Path\].
    Use,
    /// `mod a.b;`: \[Path\].
    ModuleDeclaration,
    /// `mod Name { … }`: \[items\].
    Module,
    /// `type Name<T> : Contract { … }`: \[Generics?, Path…, members\].
    Type,
    /// `i32 name`: \[type\].
    Field,
    /// `event{4} Name(i32 x)`: \[Params\].
    Event,
    /// `enum Name<T> { … }`: \[Generics?, Variant…\].
    Enum,
    /// `Name(T value)`: \[VariantField…\].
    Variant,
    /// `T value`, `T`: \[type\].
    VariantField,
    /// `contract Name { … }`: \[ContractMethod or Embedding…\].
    Contract,
    /// `i32 Name(i32 x);`: \[type, Params\].
    ContractMethod,
    /// `Other.Contract;`: \[Path\].
    Embedding,
    /// `attribute Name(Target) { … }`: \[AttributeTargets?, AttributeParameter…\].
    AttributeDeclaration,
    /// `(TypeDeclaration, FieldDeclaration)`.
    AttributeTargets,
    /// `name: T = value`: \[type, expression?\].
    AttributeParameter,
    /// `impl T { … }`: \[type, Function…\].
    Impl,
    /// A function or a method: \[type, Generics?, Params, Block or ExpressionBody\].
    Function,
    /// `<T, U>`.
    Generics,
    /// `(T name, …)`: \[Param…\].
    Params,
    /// `mut T name`: \[Attribute…, type\].
    Param,
    /// `=> value;`: \[expression\].
    ExpressionBody,
    /// `test Name { … }`: \[Meta, Skip and statements\].
    Test,
    /// `meta { … }`: \[Entry…\].
    Meta,
    /// `skip { … }`: \[Entry…\].
    Skip,
    /// `key = value;`: \[expression\].
    Entry,

    // Names and types.
    /// `a.b<T>.c`: \[TypeArguments…\].
    Path,
    /// `<T, U>` where it is used: \[types\].
    TypeArguments,
    /// A type that is a path: \[Path\].
    NamedType,
    /// `ref T`: \[type\].
    RefType,
    /// `T[]`: \[type\].
    ArrayType,
    /// `R(P, Q)`: \[type, TypeList\].
    FunctionType,
    /// `(P, Q) => R`: \[TypeList, type\].
    ArrowType,
    /// `(P, Q)`: \[types\].
    TypeList,

    // Statements.
    /// `{ … }`, also as an expression: \[statements\].
    Block,
    /// `T mut x = value;`, `let x = value;`: \[type?, expression\].
    Local,
    /// `return value;`: \[expression?\].
    Return,
    /// `break;`
    Break,
    /// `continue;`
    Continue,
    /// `if a { } else if b { } else { }`: \[(expression, Block)…, Block?\].
    If,
    /// `while a { }`: \[expression, Block\].
    While,
    /// `for x in a { }`: \[expression, Block\].
    For,
    /// `value;`: \[expression\].
    ExpressionStatement,

    // Expressions.
    /// `a => b`: \[LambdaParam…, expression or Block\].
    Lambda,
    /// `T x`, `x`: \[type?\].
    LambdaParam,
    /// `a = b`, `a += b`: \[expression, expression\].
    Assign,
    /// Operands of one level of precedence, left to right: \[expression,
    /// expression…\]. A list, since programs write long ones, and a tree of pairs
    /// would be as deep as they are long.
    Chain,
    /// `-a`, `!a`, `ref a`, `out a`: \[expression\].
    Unary,
    /// What is called, and the like: \[expression, (Arguments, Member, Index or
    /// Try)…\]. A list for the same reason.
    Postfix,
    /// `(a, b)` after what is called: \[expressions\].
    Arguments,
    /// `.name<T>`: \[TypeArguments?\].
    Member,
    /// `[a]`: \[expression\].
    Index,
    /// `?`.
    Try,
    /// A number, a character, a string without code, `true`, `false`.
    Literal,
    /// A string with code in it: \[expressions\].
    Interpolation,
    /// `name<T>`: \[TypeArguments?\].
    Name,
    /// `(a)`: \[expression\].
    Paren,
    /// `()`.
    Unit,
    /// `[a, b]`: \[expressions\].
    Array,
    /// `E::V(a)`: \[Path, Arguments?\].
    EnumValue,
    /// `T { x: a }`: \[Path, FieldValue…\].
    StructValue,
    /// `x: a`: \[expression\].
    FieldValue,
    /// `match a { … }`: \[expression, Arm…\].
    Match,
    /// `P when a => b`: \[pattern, Guard?, expression or Block\].
    Arm,
    /// `when a`: \[expression\].
    Guard,

    // Patterns.
    /// `_`.
    AnyPattern,
    /// `x`.
    NamePattern,
    /// `-1`, `"a"`, `'a'`, `true`.
    LiteralPattern,
    /// `E::V(p)`: \[Path, patterns\].
    VariantPattern,
}
