//! What types there are.

/// A type, by its number in [`Types`](super::Types): equal types have equal numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ty(pub(crate) u32);

/// Index of a struct with its type arguments.
pub(crate) type StructId = u32;
/// Index of an enum with its type arguments.
pub(crate) type EnumId = u32;
/// Index of a contract.
pub(crate) type ContractId = u32;
/// Index of what a function takes and returns.
pub(crate) type SignatureId = u32;

/// What a type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Bool,
    I32,
    I64,
    U8,
    F64,
    Char,
    Str,
    Unit,
    /// Of an expression that does not return.
    Never,
    /// Of an expression that was reported; it fits everywhere.
    Error,
    /// `ref u8`: the address of a byte.
    RefU8,
    /// A variable of another function: what `ref` and `out` parameters are.
    Cell(Ty),
    /// What an `out` parameter takes, in the type of the function: `ref` is no `out`.
    Out(Ty),
    Array(Ty),
    Struct(StructId),
    Enum(EnumId),
    Contract(ContractId),
    /// A closure.
    Function(SignatureId),
    /// Code that C calls or is called by.
    Code(SignatureId),
    /// A type parameter, by a number that no other one has. Lowering never
    /// meets it.
    Param(u32),
}

impl Ty {
    pub(crate) const BOOL: Self = Self(0);
    pub(crate) const I32: Self = Self(1);
    pub(crate) const I64: Self = Self(2);
    pub(crate) const U8: Self = Self(3);
    pub(crate) const F64: Self = Self(4);
    pub(crate) const CHAR: Self = Self(5);
    pub(crate) const STR: Self = Self(6);
    pub(crate) const UNIT: Self = Self(7);
    pub(crate) const NEVER: Self = Self(8);
    pub(crate) const ERROR: Self = Self(9);
    pub(crate) const REF_U8: Self = Self(10);
    /// `u8[]`.
    pub(crate) const BYTES: Self = Self(11);

    /// The types that have constants, in the order of their numbers.
    pub(super) const PLAIN: [Kind; 12] = [
        Kind::Bool,
        Kind::I32,
        Kind::I64,
        Kind::U8,
        Kind::F64,
        Kind::Char,
        Kind::Str,
        Kind::Unit,
        Kind::Never,
        Kind::Error,
        Kind::RefU8,
        Kind::Array(Self::U8),
    ];

    /// The types that have names of the language (TYP-1).
    pub(crate) const NAMED: [(&'static str, Self); 8] = [
        ("bool", Self::BOOL),
        ("i32", Self::I32),
        ("i64", Self::I64),
        ("u8", Self::U8),
        ("f64", Self::F64),
        ("char", Self::CHAR),
        ("string", Self::STR),
        ("unit", Self::UNIT),
    ];

    pub(crate) fn named(name: &str) -> Option<Self> {
        let found = Self::NAMED.iter().find(|(text, _)| *text == name);
        found.map(|(_, ty)| *ty)
    }

    pub(crate) const fn is_integer(self) -> bool {
        matches!(self, Self::I32 | Self::I64 | Self::U8)
    }

    pub(crate) const fn is_number(self) -> bool {
        self.is_integer() || matches!(self, Self::F64)
    }

    /// The values of an integer type.
    pub(crate) const fn range(self) -> (i128, i128) {
        match self {
            Self::U8 => (0, u8::MAX as i128),
            Self::I64 => (i64::MIN as i128, i64::MAX as i128),
            _ => (i32::MIN as i128, i32::MAX as i128),
        }
    }
}
