//! The text of a whole artifact.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use beskid_plugin_api::artifact::{
    CodegenArtifact, Linkage, NameRef, Outline, Symbol, SymbolId, SymbolKind,
};
use beskid_plugin_api::backend::{CompileRequest, EntryPlan};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tree::{LIBCALLS, Trees, libcall};

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

/// Storage and visibility of a symbol.
pub fn attributes(symbol: &Symbol, request: &CompileRequest) -> &'static str {
    let stays = |name: &str| {
        let exports = request.exports.as_ref();
        exports.is_none_or(|exports| exports.contains(name))
    };
    match &symbol.linkage {
        Linkage::Import(_) => "extern",
        Linkage::Local => "static",
        Linkage::Hidden => "__attribute__((visibility(\"hidden\")))",
        Linkage::Export | Linkage::Preemptible => match symbol.name.as_deref() {
            Some(name) if !stays(name) => "static",
            _ => "__attribute__((visibility(\"default\")))",
        },
    }
}

/// The linker name of a symbol, which may be no word of C's.
pub fn label(symbol: &Symbol) -> String {
    let name = symbol.name.as_ref();
    name.map_or_else(String::new, |name| {
        let name = name.bytes().map(escaped).collect::<String>();
        format!(" __asm__(\"{name}\")")
    })
}

/// A byte in a C string.
pub fn escaped(byte: u8) -> String {
    match byte {
        b'"' | b'\\' | b'?' => format!("\\{:03o}", byte),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\{byte:03o}"),
    }
}

/// The address of a name, as a pointer to bytes.
pub fn address(outline: &Outline, name: &NameRef) -> Result<String, Diagnostic> {
    match name {
        NameRef::Symbol(symbol) => Ok(symbol_address(outline, *symbol)),
        NameRef::LibCall(name) if libcall(name).is_some() => Ok(format!("((char *)l_{name})")),
        NameRef::LibCall(name) | NameRef::Known(name) => {
            Err(unsupported(&format!("references to `{name}`")))
        }
    }
}

/// As [`address`], of a symbol.
pub fn symbol_address(outline: &Outline, symbol: SymbolId) -> String {
    let symbols = &outline.module().symbols;
    match symbols.get(symbol as usize).map(|symbol| &symbol.kind) {
        Some(SymbolKind::Data { .. }) => format!("((char *)&d{symbol})"),
        _ => format!("((char *)s{symbol})"),
    }
}
