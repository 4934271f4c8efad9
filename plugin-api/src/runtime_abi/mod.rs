//! Placeholder until the tables arrive.
#![allow(missing_docs)]
pub const BESKID_RUNTIME_ABI_VERSION: u32 = 2;
pub enum ParamKind {
    Ptr,
    I64,
}
pub enum ReturnKind {
    Void,
    Ptr,
    I64,
    I32,
    Never,
}
pub struct BuiltinSpec {
    pub symbol: &'static str,
    pub params: &'static [ParamKind],
    pub returns: ReturnKind,
}
pub fn builtin_spec(_: &str) -> Option<&'static BuiltinSpec> {
    None
}
pub const RUNTIME_EXPORT_SYMBOLS: &[&str] = &[];
