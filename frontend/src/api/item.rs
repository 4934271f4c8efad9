//! An item of a program as documentation has it.

use super::doc::Doc;
use crate::span::Span;

/// An item of a program, or a member of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name with those around it: `Shop::Price::cents`.
    pub qualified: String,
    /// The last part of that.
    pub name: String,
    /// The qualified name of its module; a module's own.
    pub module: String,
    /// What it is.
    pub kind: Kind,
    /// Whether other modules see it.
    pub public: bool,
    /// Where it is, among all texts.
    pub span: Span,
    /// Its declaration without what is in it.
    pub signature: String,
    /// Its documentation.
    pub doc: Option<Doc>,
}

macro_rules! kinds {
    ($($(#[$meta:meta])* $kind:ident = $name:literal,)+) => {
        /// What an item is (API-2).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind { $($(#[$meta])* $kind,)+ }

        impl Kind {
            /// As `api.json` says it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $name,)+ }
            }
        }
    };
}

kinds! {
    /// A file, or a module in one.
    Module = "module",
    /// An import.
    Use = "use",
    /// A type with fields.
    Type = "type",
    /// A field or an event.
    Field = "field",
    /// A function of a type.
    Method = "method",
    /// An enum.
    Enum = "enum",
    /// One of its variants.
    Variant = "enum_variant",
    /// A contract.
    Contract = "contract",
    /// A method that it asks for.
    ContractMethod = "contract_method",
    /// A contract in it.
    Embedding = "contract_embedding",
    /// An attribute.
    Attribute = "attribute",
    /// A function.
    Function = "function",
    /// A parameter of what is called, or of an attribute.
    Parameter = "parameter",
    /// A test.
    Test = "test",
}
