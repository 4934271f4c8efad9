//! The types that a program declares.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::kind::{FunctionTypeId, StructId, Type};
use super::structs::{Form, Struct};

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
