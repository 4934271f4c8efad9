//! Types as a debugger shows them.

use serde::{Deserialize, Serialize};

/// A type. Types name one another by their index in
/// [`DebugInfo::types`](super::DebugInfo::types), later ones too.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DebugType {
    /// As it is shown; empty for pointers, arrays and subroutines without a name.
    pub name: String,
    /// Bytes that a value takes in memory; 0 for a [`TypeKind::Subroutine`] and for
    /// an array of unknown length.
    pub size: u64,
    /// What it is.
    pub kind: TypeKind,
}

/// What a type is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TypeKind {
    /// A number or the like, of 1, 2, 4, 8 or 16 bytes.
    Base(Encoding),
    /// An address of pointer width.
    Pointer {
        /// Of what; `None` for an address of anything.
        to: Option<u32>,
    },
    /// Fields at their offsets.
    Struct {
        /// The fields.
        fields: Vec<Field>,
    },
    /// One of several variants at a time.
    Variants {
        /// Where the number stands that says which; its type is an integer or a pointer.
        /// `None` if there is one variant at most.
        discriminant: Option<Field>,
        /// The variants.
        variants: Vec<Variant>,
    },
    /// Elements one after the other.
    Array {
        /// Type of the elements.
        element: u32,
        /// Number of the elements; `None` if it is not known.
        count: Option<u64>,
        /// Bytes from one element to the next.
        stride: u64,
    },
    /// Another name of a type.
    Alias {
        /// The type, which has the same size.
        of: u32,
    },
    /// Code, to which a pointer may point.
    Subroutine {
        /// Types of the parameters.
        params: Vec<u32>,
        /// Type of the result, if it has any.
        result: Option<u32>,
    },
}

/// How the bytes of a base type are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Encoding {
    /// 0 or 1.
    Bool,
    /// Integer of two's complement.
    Signed,
    /// Integer without sign.
    Unsigned,
    /// IEEE 754 number.
    Float,
    /// Unicode character: UTF-8, UTF-16 or UTF-32 by its size.
    Char,
    /// A byte of text or of anything.
    Byte,
}

/// Part of a struct or a variant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Field {
    /// Name; may be empty.
    pub name: String,
    /// Bytes from the begin of the type.
    pub offset: u64,
    /// Its type.
    pub ty: u32,
}

/// One of the things that a value of [`TypeKind::Variants`] can be.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Variant {
    /// Name.
    pub name: String,
    /// The discriminant of this variant; `None` for every number that no other one has.
    pub value: Option<u64>,
    /// The fields, at offsets from the begin of the whole type.
    pub fields: Vec<Field>,
}
