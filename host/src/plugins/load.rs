//! Loading a vetted plugin: exactly the bytes that were vetted.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use beskid_plugin_api::Digest;
use beskid_plugin_api::abi::{self, BackendClient, LinkerClient, ROOT_SYMBOL};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginKind;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use super::probe::prove;
use super::vet::VettedPlugin;
use crate::runtime_archive::cache_folder;

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
/// E4040 if the private copy cannot be written, E5118 if the other process
/// does not come back, E5109 if the loader refuses the file, E5110 if its types
/// differ from the host's.
pub(super) fn load(
    plugin: &VettedPlugin,
    probe: Option<&[OsString]>,
) -> Result<Loaded, Diagnostic> {
    let copy = private_copy(plugin)?;
    if let Some(arguments) = probe {
        prove(plugin, &copy, arguments)?;
    }
    tracing::info!(
        id = plugin.manifest().id,
        path = %plugin.path().display(),
        digest = plugin.digest().short(),
        "loading plugin"
    );
    let refused = |error: libloading::Error| {
        let message = format!("the loader refuses `{}`: {error}", plugin.path().display());
        Diagnostic::new("E5109", message).help("rebuild the plugin on this machine")
    };
    // SAFETY: constructors run here. The file was vetted: it is a plugin for
    // this host by its manifest, and the user asked for it.
    let library = unsafe { Library::open(Some(&copy), RTLD_NOW | RTLD_LOCAL) };
    let library = library.map_err(refused)?;
    // SAFETY: only the symbol's address is taken.
    let root = unsafe { library.get::<*const ()>(ROOT_SYMBOL.as_bytes()) };
    let root = root.map_err(refused)?.into_raw() as *const ();
    // Functions and data of a plugin are used until the process ends.
    std::mem::forget(library);
    match plugin.manifest().kind {
        // SAFETY: `root` is the root symbol of a library that is never
        // unloaded, and whose manifest was accepted.
        PluginKind::Backend => unsafe { abi::backend(root) }.map(Loaded::Backend),
        // SAFETY: as above.
        PluginKind::Linker => unsafe { abi::linker(root) }.map(Loaded::Linker),
    }
}

/// A copy that nobody changes between vetting and loading, named by its
/// digest.
fn private_copy(plugin: &VettedPlugin) -> Result<PathBuf, Diagnostic> {
    let folder = cache_folder().join("plugins");
    let path = folder.join(format!("{}.so", plugin.digest()));
    if fs::read(&path).is_ok_and(|bytes| Digest::of(&bytes) == plugin.digest()) {
        return Ok(path);
    }
    write_copy(&folder, &path, plugin.bytes()).map_err(|error| {
        let message = format!("cannot write `{}`: {error}", path.display());
        Diagnostic::new("E4040", message)
            .help("set `XDG_CACHE_HOME` to a folder that can be written")
    })?;
    Ok(path)
}

fn write_copy(folder: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}
