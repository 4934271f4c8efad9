//! The text of a whole artifact.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use beskid_plugin_api::artifact::{CodegenArtifact, SymbolKind};
use beskid_plugin_api::backend::{CompileRequest, EntryPlan};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tree::{LIBCALLS, Trees};

use crate::names::{attributes, label};
use crate::scalar::{function_type, results, unsupported};
use crate::{data, entry, function};

/// C text that defines what the artifact defines.
pub fn text(
    artifact: &CodegenArtifact,
    request: &CompileRequest,
    entry: Option<&EntryPlan<'_>>,
) -> Result<String, Diagnostic> {
    let mut text = include_str!("prelude.h").to_owned();
    for routine in LIBCALLS {
        let (name, symbol) = (routine.name, routine.symbol);
        let _ = writeln!(text, "extern void l_{name}(void) __asm__(\"{symbol}\");");
    }
    let module = artifact.module();
    let several = module
        .signatures
        .iter()
        .map(|signature| signature.returns.as_slice());
    let several = several.filter(|returns| returns.len() > 1);
    // One for each list of types, however many signatures have it.
    let structures = several.map(results).collect::<Result<BTreeSet<_>, _>>()?;
    for (_, definition) in structures {
        let _ = writeln!(text, "{definition}");
    }
    for (id, symbol) in (0..).zip(&module.symbols) {
        if let SymbolKind::Function { signature } = symbol.kind {
            let signature = module.signatures.get(signature as usize);
            let signature = signature.ok_or_else(|| unsupported("a function without a type"))?;
            let (result, params) = function_type(signature)?;
            let _ = writeln!(text, "typedef {result} r{id};");
            let attributes = attributes(symbol, request);
            let label = label(symbol);
            let _ = writeln!(text, "{attributes} r{id} s{id}{params}{label};");
        }
    }
    data::declare(artifact, request, &mut text)?;
    data::define(artifact, request, &mut text)?;
    for tree in Trees::of(artifact)? {
        function::define(artifact, &tree, request, &mut text)?;
    }
    if let Some(plan) = entry {
        entry::define(plan, &mut text);
    }
    Ok(text)
}
