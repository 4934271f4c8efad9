//! BK-3: an entrypoint is called from C, by hosts and by the functions of
//! [`EntryShim`](super::EntryShim) alike.

use crate::artifact::{CallConv, CodegenArtifact, SymbolKind};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;

/// Refuses an entrypoint that C code of this system does not call.
pub(super) fn check(artifact: &CodegenArtifact) -> Result<(), Diagnostic> {
    let Some(entrypoint) = &artifact.header().entrypoint else {
        return Ok(());
    };
    let module = artifact.module();
    let symbol = module.symbols.get(entrypoint.symbol as usize);
    let Some(SymbolKind::Function { signature }) = symbol.map(|symbol| &symbol.kind) else {
        return Err(
            Diagnostic::new(Code::E4030, "the entrypoint is not a function")
                .help("name a function of the artifact"),
        );
    };
    let signature = module.signatures.get(*signature as usize);
    match signature.map(|signature| signature.call_conv) {
        None | Some(CallConv::Platform) => Ok(()),
        Some(CallConv::SystemV) if cfg!(unix) => Ok(()),
        Some(other) => {
            let name = &entrypoint.name;
            let message = format!(
                "the entrypoint `{name}` has calling convention {other:?}, by which it cannot be called from C"
            );
            Err(Diagnostic::new(Code::E4041, message)
                .help("give the entrypoint the platform's C calling convention"))
        }
    }
}
