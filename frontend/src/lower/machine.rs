//! The machine's types of the language's values.

use cranelift_codegen::ir::{self, types};

use crate::types::{Kind, Ty, Types};

/// The machine type of a value; unit has none.
pub(super) fn machine_type(types: &Types, ty: Ty) -> Option<ir::Type> {
    match types.kind(ty) {
        Kind::Bool | Kind::U8 => Some(types::I8),
        Kind::I32 | Kind::Char => Some(types::I32),
        Kind::F64 => Some(types::F64),
        Kind::Unit | Kind::Never | Kind::Error | Kind::Param(_) => None,
        _ => Some(types::I64),
    }
}
