//! The language's types.

mod declared;
mod kind;
pub(crate) mod structs;

pub(crate) use declared::{FunctionType, Types};
pub(crate) use kind::{StructId, Type};
