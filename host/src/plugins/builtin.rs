//! The plugins that are linked into the host.

// A dependency that nothing names is dropped by the linker, and its
// registration with it.
use beskid_backend_aot as _;
use beskid_backend_jit as _;
use beskid_linker_apple as _;
use beskid_linker_unix as _;
use beskid_linker_windows as _;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginManifest;
use beskid_plugin_api::sdk::{Builtin, builtins};

/// Manifest and table of each built-in, sorted by kind and id.
pub(super) fn all() -> Result<Vec<(PluginManifest, Builtin)>, Diagnostic> {
    let mut found = Vec::new();
    for plugin in builtins() {
        let manifest = PluginManifest::parse(plugin.manifest).map_err(|error| {
            Diagnostic::new(Code::E5102, format!("a built-in plugin is broken: {error}"))
                .help("report this to the authors of beskid")
        })?;
        found.push((manifest, plugin.table));
    }
    found.sort_by(|(a, _), (b, _)| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
    Ok(found)
}
