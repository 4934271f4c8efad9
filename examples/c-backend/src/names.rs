//! Names of symbols, and who sees them.

use beskid_plugin_api::artifact::{Linkage, NameRef, Outline, Symbol, SymbolId, SymbolKind};
use beskid_plugin_api::backend::CompileRequest;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tree::libcall;

use crate::scalar::unsupported;

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
