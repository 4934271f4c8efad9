//! Loading a vetted plugin: exactly the bytes that were vetted.

use std::error::Error as _;
use std::ffi::OsString;

use beskid_plugin_api::abi::{self, BackendClient, LinkerClient, ROOT_SYMBOL};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginKind;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use super::copy::private_copy;
use super::proof::prove;
use super::vet::VettedPlugin;
use crate::cache;

/// A plugin whose code is in this process.
#[derive(Clone, Copy)]
pub(super) enum Loaded {
    Backend(BackendClient),
    Linker(LinkerClient),
}

/// Loads a plugin for the rest of the process's life; before its first use,
/// with these arguments, in another process of this program.
///
/// # Errors
/// E4040 if the private copy cannot be written, E5101 if the file is not what was
/// vetted, E5118 if the other process
/// does not come back, E5109 if the loader refuses the file, E4043 if nothing
/// can be loaded from the cache, E5110 if its types
/// differ from the host's.
pub(super) fn load(
    plugin: &VettedPlugin,
    probe: Option<&[OsString]>,
) -> Result<Loaded, Diagnostic> {
    let (copy, digest) = private_copy(plugin)?;
    if let Some(arguments) = probe {
        prove(plugin, &copy, digest, arguments)?;
    }
    tracing::info!(
        id = plugin.manifest().id,
        path = %plugin.path().display(),
        digest = digest.short(),
        "loading plugin"
    );
    let refused = |error: libloading::Error| {
        let shown = plugin.path().display().to_string();
        let cause = error
            .source()
            .map_or_else(|| error.to_string(), ToString::to_string);
        // The loader knows the copy only, which says nothing to the user.
        let cause = cause.replace(&copy.display().to_string(), &shown);
        let cause = cause.strip_prefix(&format!("{shown}: ")).unwrap_or(&cause);
        let message = format!("the loader refuses `{shown}`: {cause}");
        Diagnostic::new(Code::E5109, message).help("rebuild the plugin on this machine")
    };
    // SAFETY: constructors run here. The file was vetted: it is a plugin for
    // this host by its manifest, and the user asked for it.
    let library = unsafe { Library::open(Some(&copy), RTLD_NOW | RTLD_LOCAL) };
    let library = library.map_err(|error| {
        cache::noexec(&copy, "XDG_CACHE_HOME").unwrap_or_else(|| refused(error))
    })?;
    // SAFETY: only the symbol's address is taken.
    let root = unsafe { library.get::<*const ()>(ROOT_SYMBOL.as_bytes()) };
    let root = root.map_err(refused)?.into_raw() as *const ();
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
    match plugin.manifest().kind {
        // SAFETY: `root` is the root symbol, and not null, of a library that is
        // never unloaded, and whose manifest was accepted: it says that the
        // symbol is what `export_plugin!` makes.
        PluginKind::Backend => unsafe { abi::backend(root) }.map(Loaded::Backend),
        // SAFETY: as above.
        PluginKind::Linker => unsafe { abi::linker(root) }.map(Loaded::Linker),
    }
}
