//! From an artifact to CLIF text.

use std::fmt::Write;

use beskid_plugin_api::artifact::{CodegenArtifact, SymbolId};
use cranelift_codegen::ir::{ExternalName, GlobalValueData, UserExternalName, UserFuncName};
use cranelift_codegen::isa::CallConv;
use target_lexicon::Triple;

use crate::decode::Decoder;
use crate::error::ClifError;

/// The functions of an artifact as CLIF text. Names become `%name`, with `_`
/// for what CLIF's names cannot hold; the target's own calling convention is
/// shown as this machine's. Data objects have no form in CLIF and
/// are left out.
///
/// # Errors
/// As for [`Decoder::new`] and [`Decoder::function`].
pub fn print(artifact: &CodegenArtifact) -> Result<String, ClifError> {
    let platform = CallConv::triple_default(&Triple::host());
    let decoder = Decoder::new(artifact, platform)?;
    let mut text = String::new();
    for function in artifact.functions() {
        let external = |symbol: SymbolId| UserExternalName::new(0, symbol);
        let mut func = decoder.function(function, &external)?;
        let names = func.params.user_named_funcs().clone();
        let rename = |name: &mut ExternalName| {
            if let ExternalName::User(reference) = name {
                let symbol = names[*reference].index;
                *name = ExternalName::testcase(clif_name(&decoder, symbol));
            }
        };
        func.dfg
            .ext_funcs
            .values_mut()
            .for_each(|callee| rename(&mut callee.name));
        for value in func.global_values.values_mut() {
            if let GlobalValueData::Symbol { name, .. } = value {
                rename(name);
            }
        }
        func.name = UserFuncName::testcase(clif_name(&decoder, function.body.symbol));
        let separator = if text.is_empty() { "" } else { "\n" };
        // Writing to a string does not fail.
        let _ = write!(text, "{separator}{func}");
    }
    Ok(text)
}

fn clif_name(decoder: &Decoder<'_>, symbol: SymbolId) -> String {
    let name = decoder.symbol_name(symbol);
    let allowed = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    name.chars().map(allowed).collect()
}
