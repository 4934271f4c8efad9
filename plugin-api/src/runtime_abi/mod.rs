//! The runtime ABI: the symbols that programs import, and the layouts that
//! programs and runtime share.
//!
//! A change of a layout, or of a symbol's name, arity, kinds or meaning, bumps
//! [`BESKID_RUNTIME_ABI_VERSION`] (ABI-004); a new symbol that no older
//! artifact imports does not (ABI-005).

mod layout;
mod symbols;

pub use layout::*;
pub use symbols::{
    ADDITIVE_EXPORT_SYMBOLS, BUILTIN_SPECS, BuiltinSpec, ParamKind, RUNTIME_EXPORT_SYMBOLS,
    ReturnKind, builtin_spec, is_runtime_symbol,
};
