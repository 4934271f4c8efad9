//! The language's types.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::structs::{Form, Struct};

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

/// The types that a program declares.
#[derive(Debug)]
pub(crate) struct Types {
    /// The views, then the program's own.
    pub(crate) structs: Vec<Struct>,
    struct_names: HashMap<String, StructId>,
    pub(crate) functions: Vec<FunctionType>,
    function_ids: HashMap<FunctionType, FunctionTypeId>,
    /// Names of enums, which were reported.
    pub(crate) enums: HashSet<String>,
}

/// What a function takes and returns.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct FunctionType {
    pub(crate) params: Vec<Type>,
    pub(crate) result: Type,
}

impl Default for Types {
    /// The views alone.
    fn default() -> Self {
        let (ptr, len, cap) = (("ptr", Type::RefU8), ("len", Type::I64), ("cap", Type::I64));
        let mut types = Self {
            structs: Vec::new(),
            struct_names: HashMap::new(),
            functions: Vec::new(),
            function_ids: HashMap::new(),
            enums: HashSet::new(),
        };
        let mut view = |name, fields: &[_]| types.add(Struct::laid_out(name, fields, Form::View));
        view("CStringView", &[ptr, len]);
        view("CBuffer", &[ptr, len]);
        view("CArrayView", &[ptr, len, cap]);
        types
    }
}

impl Types {
    /// The struct of a number.
    pub(crate) fn get(&self, id: StructId) -> &Struct {
        &self.structs[id as usize]
    }

    /// Adds a struct of a new name.
    pub(crate) fn add(&mut self, new: Struct) -> StructId {
        let id = self.structs.len() as StructId;
        self.struct_names.insert(new.name.clone(), id);
        self.structs.push(new);
        id
    }

    /// The struct of a name.
    pub(crate) fn struct_named(&self, name: &str) -> Option<StructId> {
        self.struct_names.get(name).copied()
    }

    /// The function type of this signature.
    pub(crate) fn function(&mut self, function: FunctionType) -> Type {
        let new = self.functions.len() as FunctionTypeId;
        let id = *self.function_ids.entry(function.clone()).or_insert(new);
        if id == new {
            self.functions.push(function);
        }
        Type::Function(id)
    }

    /// The name of a type, for messages.
    pub(crate) fn name(&self, ty: Type) -> Cow<'_, str> {
        match ty {
            Type::Struct(id) => Cow::Borrowed(&self.get(id).name),
            Type::Function(id) => Cow::Owned(self.function_name(&self.functions[id as usize])),
            Type::RefU8 => Cow::Borrowed("ref u8"),
            ty => {
                let named = Type::NAMED.iter().find(|(_, named)| *named == ty);
                Cow::Borrowed(named.map_or("never", |(name, _)| name))
            }
        }
    }

    /// The name of a function type, for messages.
    pub(crate) fn function_name(&self, function: &FunctionType) -> String {
        let params = function.params.iter().map(|ty| self.name(*ty));
        let params = params.collect::<Vec<_>>().join(", ");
        format!("{}({params})", self.name(function.result))
    }
}
