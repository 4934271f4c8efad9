//! The machine's types of the language's values.

use cranelift_codegen::ir::{self, types};

use crate::types::Type;

/// The machine type of a value; unit has none.
pub(super) fn machine_type(ty: Type) -> Option<ir::Type> {
    match ty {
        Type::Bool | Type::U8 => Some(types::I8),
        Type::I32 | Type::Char => Some(types::I32),
        Type::I64 | Type::Str | Type::RefU8 | Type::Struct(_) | Type::Function(_) => {
            Some(types::I64)
        }
        Type::F64 => Some(types::F64),
        Type::Unit | Type::Never | Type::Error => None,
    }
}
