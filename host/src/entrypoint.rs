//! Where a program starts.

use beskid_plugin_api::artifact::{Entrypoint, Linkage, Outline, SymbolKind};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

/// The artifact's entrypoint.
///
/// # Errors
/// E4030 if it has none, E4041 if its `main` cannot be one.
pub fn entrypoint(artifact: &Outline) -> Result<&Entrypoint, Diagnostic> {
    let found = artifact.header().entrypoint.as_ref();
    found.ok_or_else(|| {
        if defines_main(artifact) {
            let message = "the program's `main` cannot be its entrypoint: it must take no \
                           parameters and return nothing, i8, i32, i64 or f64, or be \
                           `(i32, i64) -> i32` as C's `main`";
            return Diagnostic::new(Code::E4041, message)
                .help("change its signature, or name another function with `--entrypoint`");
        }
        Diagnostic::new(Code::E4030, "Missing entrypoint: the program has no `main`").help(
            "define a function `main` without parameters, or name one with `--entrypoint`; \
             `--kind shared` builds a library",
        )
    })
}

/// Functions of CLIF text that are called by no convention of the platform's have
/// names of their own, which begin with `clif.`.
fn defines_main(artifact: &Outline) -> bool {
    let is_main = |name: &str| name.strip_prefix("clif.").unwrap_or(name) == "main";
    let mut symbols = artifact.module().symbols.iter();
    symbols.any(|symbol| {
        symbol.name.as_deref().is_some_and(is_main)
            && matches!(symbol.kind, SymbolKind::Function { .. })
            && !matches!(symbol.linkage, Linkage::Import(_))
    })
}
