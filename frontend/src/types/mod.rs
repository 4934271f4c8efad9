//! The language's types: small numbers, each type once.

mod declared;
mod kind;
mod layout;
mod names;
mod table;

pub(crate) use declared::{Contract, Enum, Event, Field, Form, Signature, Struct, VIEWS, Variant};
pub(crate) use kind::{EnumId, Kind, SignatureId, StructId, Ty};
pub(crate) use layout::{CELL_ADDRESS, CELL_OWNER, Layout, WORD};
pub(crate) use table::Types;
