//! What a call and the import that it calls must agree on.

use super::super::module::{ImportSource, Linkage, Module, SignatureId, Symbol, SymbolKind};
use super::super::types::{AbiParam, CallConv, Signature};

/// Conventions that pass a call's values in the same way wherever all of them
/// are known.
const ALIKE: [CallConv; 3] = [CallConv::Platform, CallConv::SystemV, CallConv::Fast];

/// ABI-002, EXT-002: what has a signature outside the program is called with
/// the values of that signature, passed as it says, which backends check.
pub(super) fn check(module: &Module, symbol: &Symbol, called: SignatureId) -> Result<(), String> {
    let SymbolKind::Function { signature } = symbol.kind else {
        return Ok(());
    };
    let Linkage::Import(ImportSource::Runtime | ImportSource::Extern { .. }) = symbol.linkage
    else {
        return Ok(());
    };
    let values = |id: SignatureId| {
        let Signature {
            params,
            returns,
            call_conv,
        } = &module.signatures[id as usize];
        let passed = |value: &AbiParam| (value.ty, value.purpose);
        let passed = |values: &[AbiParam]| values.iter().map(passed).collect::<Vec<_>>();
        let special = Some(call_conv).filter(|conv| !ALIKE.contains(conv));
        (passed(params), passed(returns), special)
    };
    if signature == called || values(signature) == values(called) {
        return Ok(());
    }
    let name = symbol.name.as_deref().unwrap_or_default();
    Err(format!(
        "calls `{name}` with another signature than it is imported with"
    ))
}
