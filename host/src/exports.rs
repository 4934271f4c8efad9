//! What an output exports (LK-3).

use std::collections::BTreeSet;

use beskid_plugin_api::artifact::Outline;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::Exports;

/// Symbols by which a program finds callbacks, and its host registers them.
const CALLBACK_AT: &str = "callback_at";
const REGISTER_CALLBACKS: &str = "beskid_register_callbacks";

/// The symbol of the runtime that a shared library of this program exports, so
/// that its host can register callbacks (FFI-5).
pub(crate) fn registration(artifact: &Outline) -> Option<String> {
    let mut imports = artifact.runtime_imports();
    let found = imports.any(|name| name == CALLBACK_AT);
    found.then(|| REGISTER_CALLBACKS.to_owned())
}

/// Which of a program's exported symbols an output exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportPolicy {
    /// Those whose names do not begin with `__`.
    Public,
    /// Exactly these.
    Only(Vec<String>),
    /// All of them.
    All,
}

impl ExportPolicy {
    /// The symbols of this program that the output exports.
    ///
    /// # Errors
    /// E4041 names the symbols that the program does not define for export.
    pub fn symbols(&self, artifact: &Outline) -> Result<BTreeSet<String>, Diagnostic> {
        let known = artifact.exports();
        match self {
            Self::Public => Ok(known
                .filter(|name| !name.starts_with("__"))
                .map(str::to_owned)
                .collect()),
            Self::All => Ok(known.map(str::to_owned).collect()),
            Self::Only(wanted) => {
                let known = known.collect::<BTreeSet<_>>();
                let unknown = wanted.iter().filter(|name| !known.contains(name.as_str()));
                let unknown = unknown.map(String::as_str).collect::<Vec<_>>();
                if unknown.is_empty() {
                    return Ok(wanted.iter().cloned().collect());
                }
                let message = format!(
                    "the program does not define `{}` for export",
                    unknown.join("`, `")
                );
                let known = known.into_iter().collect::<Vec<_>>().join(", ");
                Err(Diagnostic::new(Code::E4041, message)
                    .help(format!("its `pub` functions are: {known}")))
            }
        }
    }

    /// The policy as linker strategies take it. A linker's own `All` is without
    /// the runtime's archive, and so without the registration of callbacks.
    pub(crate) fn for_linker(&self, symbols: &BTreeSet<String>) -> Exports {
        match self {
            Self::All if !symbols.contains(REGISTER_CALLBACKS) => Exports::All,
            _ => Exports::Only(symbols.iter().cloned().collect()),
        }
    }
}
