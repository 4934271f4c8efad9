//! Loading sealed bytes that were vetted.

use std::error::Error as _;

use beskid_plugin_api::abi::{self, BackendClient, C_ROOT_SYMBOL, LinkerClient, ROOT_SYMBOL};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginKind;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use super::sealed::{Sealed, no_memory};
use super::vet::VettedPlugin;

/// A plugin whose code is in this process.
#[derive(Clone, Copy)]
pub(super) enum Loaded {
    Backend(BackendClient),
    Linker(LinkerClient),
}

/// Loads a plugin for the rest of the process's life. `bytes` are what was vetted.
///
/// # Errors
/// E5109 if the loader refuses the file, E5110 if its types differ from the host's,
/// E5160 if nothing can be loaded from memory.
pub(super) fn load(plugin: &VettedPlugin, bytes: &Sealed) -> Result<Loaded, Diagnostic> {
    open(plugin, bytes).map_err(|error| plugin.about(error))
}

fn open(plugin: &VettedPlugin, bytes: &Sealed) -> Result<Loaded, Diagnostic> {
    let path = bytes.path()?;
    let refused = |error: libloading::Error| {
        let shown = plugin.path().display().to_string();
        let cause = error
            .source()
            .map_or_else(|| error.to_string(), ToString::to_string);
        // The loader knows the memory only, which says nothing to the user.
        let cause = cause.replace(&path.display().to_string(), &shown);
        let cause = cause.strip_prefix(&format!("{shown}: ")).unwrap_or(&cause);
        if is_policy(cause) {
            return no_memory(&cause);
        }
        let message = format!("the loader refuses `{shown}`: {cause}");
        Diagnostic::new(Code::E5109, message).help("rebuild the plugin on this machine")
    };
    // SAFETY: constructors run here. The bytes were vetted and do not change: they
    // are a plugin for this host by its manifest, and the user asked for it.
    let library = unsafe { Library::open(Some(&path), RTLD_NOW | RTLD_LOCAL) };
    let library = library.map_err(refused)?;
    let root = |name: &str| {
        // SAFETY: only the symbol's address is taken.
        let root = unsafe { library.get::<*const ()>(name.as_bytes()) };
        root.map(|root| root.into_raw() as *const ())
    };
    let stable = root(ROOT_SYMBOL);
    let is_c = stable.is_err();
    let root = stable.or_else(|_| root(C_ROOT_SYMBOL)).map_err(refused)?;
    if root.is_null() {
        let message = format!(
            "the root symbol of `{}` has the address 0",
            plugin.path().display()
        );
        return Err(
            Diagnostic::new(Code::E5109, message).help("rebuild the plugin on this machine")
        );
    }
    // Functions and data of a plugin are used until the process ends.
    std::mem::forget(library);
    let kind = plugin.manifest().kind;
    // SAFETY: `root` is the root symbol, and not null, of a library that is never
    // unloaded, and whose manifest was accepted: it says that the symbol is what
    // `export_plugin!` makes, or the table of its kind.
    unsafe {
        match (kind, is_c) {
            (PluginKind::Backend, false) => abi::backend(root).map(Loaded::Backend),
            (PluginKind::Backend, true) => abi::c_backend(root).map(Loaded::Backend),
            (PluginKind::Linker, false) => abi::linker(root).map(Loaded::Linker),
            (PluginKind::Linker, true) => abi::c_linker(root).map(Loaded::Linker),
        }
    }
}

/// Whether the system does not let the loader map code from memory, whatever the
/// file.
fn is_policy(cause: &str) -> bool {
    let mapped = ["failed to map segment", "cannot map"];
    let denied = ["Operation not permitted", "Permission denied"];
    let says = |words: &[&str]| words.iter().any(|word| cause.contains(word));
    says(&mapped) && says(&denied)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_denies_is_no_fault_of_the_file() {
        assert!(is_policy(
            "failed to map segment from shared object: Operation not permitted"
        ));
        assert!(!is_policy("undefined symbol: getcwe"));
        assert!(!is_policy(
            "failed to map segment from shared object: Invalid argument"
        ));
    }
}
