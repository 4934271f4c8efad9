//! What types there are.

/// A type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    Bool,
    I32,
    I64,
    U8,
    F64,
    Char,
    Str,
    Unit,
    /// `ref u8`: the address of a byte.
    RefU8,
    /// A declared type, or a view (FFI-3).
    Struct(StructId),
    /// A foreign code pointer.
    Function(FunctionTypeId),
    /// Of an expression that does not return.
    Never,
    /// Of an expression that was reported; it fits everywhere.
    Error,
}

impl Type {
    /// The types that have names.
    pub(crate) const NAMED: [(&'static str, Self); 8] = [
        ("bool", Self::Bool),
        ("i32", Self::I32),
        ("i64", Self::I64),
        ("u8", Self::U8),
        ("f64", Self::F64),
        ("char", Self::Char),
        ("string", Self::Str),
        ("unit", Self::Unit),
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

/// Index into the structs of [`Types`].
pub(crate) type StructId = u32;
/// Index into the function types of [`Types`].
pub(crate) type FunctionTypeId = u32;
