//! What a program declares, with its type arguments put in.

use super::kind::{StructId, Ty};

/// What a function takes and returns.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Signature {
    pub(crate) params: Box<[Ty]>,
    pub(crate) result: Ty,
}

/// A struct with its type arguments.
#[derive(Debug)]
pub(crate) struct Struct {
    /// As messages say it: `Box<i32>`.
    pub(crate) name: String,
    /// The item that declares it; views have none.
    pub(crate) item: Option<u32>,
    pub(crate) args: Box<[Ty]>,
    pub(crate) fields: Vec<Field>,
    pub(crate) events: Vec<Event>,
    pub(crate) form: Form,
    /// The functions behind the methods of contracts: by the method's number, in
    /// ascending order. Filled in for what becomes a contract's value.
    pub(crate) methods: Vec<(u32, usize)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) ty: Ty,
}

#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) name: String,
    /// The handlers' type: a function.
    pub(crate) handler: Ty,
    pub(crate) capacity: u32,
}

/// Who may see a struct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The language alone.
    Managed,
    /// C, by value, with at least this alignment (FFI-4).
    CLayout { align: u32 },
    /// C, by value: one of the views (FFI-3).
    View,
}

/// An enum with its type arguments.
#[derive(Debug)]
pub(crate) struct Enum {
    pub(crate) name: String,
    pub(crate) item: u32,
    pub(crate) args: Box<[Ty]>,
    pub(crate) variants: Vec<Variant>,
}

#[derive(Debug, Clone)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) payload: Vec<Ty>,
    /// The names of the payload's parts, which need not have any.
    pub(crate) names: Vec<Option<String>>,
}

/// A contract.
#[derive(Debug)]
pub(crate) struct Contract {
    pub(crate) name: String,
    pub(crate) item: u32,
    /// What it asks for, by the numbers of the methods.
    pub(crate) methods: Vec<u32>,
}

impl Struct {
    /// Index of the field of a name.
    pub(crate) fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// Index of the event of a name.
    pub(crate) fn event(&self, name: &str) -> Option<usize> {
        self.events.iter().position(|event| event.name == name)
    }

    /// Whether C knows it.
    pub(crate) fn crosses(&self) -> bool {
        self.form != Form::Managed
    }
}

impl Enum {
    /// Index of the variant of a name.
    pub(crate) fn variant(&self, name: &str) -> Option<usize> {
        self.variants
            .iter()
            .position(|variant| variant.name == name)
    }
}

/// The views (FFI-3), by their numbers: they are the first structs.
pub(crate) const VIEWS: [&str; 3] = ["CStringView", "CBuffer", "CArrayView"];

impl Struct {
    /// One of the views.
    pub(super) fn view(id: StructId) -> Self {
        let field = |name: &str, ty| Field {
            name: name.to_owned(),
            ty,
        };
        let mut fields = vec![field("ptr", Ty::REF_U8), field("len", Ty::I64)];
        if id == 2 {
            fields.push(field("cap", Ty::I64));
        }
        Self {
            name: VIEWS[id as usize].to_owned(),
            item: None,
            args: Box::default(),
            fields,
            events: Vec::new(),
            form: Form::View,
            methods: Vec::new(),
        }
    }
}
