//! Loading a vetted plugin: exactly the bytes that were vetted.

use std::error::Error as _;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use beskid_plugin_api::Digest;
use beskid_plugin_api::abi::{self, BackendClient, LinkerClient, ROOT_SYMBOL};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginKind;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

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
/// E4040 if the private copy cannot be written, E5118 if the other process
/// does not come back, E5109 if the loader refuses the file, E4043 if nothing
/// can be loaded from the cache, E5110 if its types
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

/// A copy that nobody changes between vetting and loading, named by its
/// digest.
fn private_copy(plugin: &VettedPlugin) -> Result<PathBuf, Diagnostic> {
    let folder = cache::folder("plugins")?;
    let path = folder.join(format!("{}.so", plugin.digest()));
    if fs::read(&path).is_ok_and(|bytes| Digest::of(&bytes) == plugin.digest()) {
        return Ok(path);
    }
    cache::write(&path, plugin.bytes())?;
    prune(&folder).map_err(|error| {
        let message = format!("cannot tidy up `{}`: {error}", folder.display());
        Diagnostic::new(Code::E4040, message)
            .help("set `XDG_CACHE_HOME` to a folder that can be written")
    })?;
    Ok(path)
}

/// Most copies that are kept.
const MOST_COPIES: usize = 32;

/// Removes the oldest copies, with what was noted of them. Who has loaded one
/// keeps it.
fn prune(folder: &Path) -> std::io::Result<()> {
    let mut copies = Vec::new();
    let mut marks = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // Another process may be about to remove it too.
        let Ok(meta) = entry.metadata() else {
            continue;
        };
        let path = entry.path();
        match path.extension().and_then(OsStr::to_str) {
            Some("so") => copies.push((meta.modified()?, path)),
            Some("sound") => marks.push(path),
            _ => {}
        }
    }
    copies.sort();
    for (_, copy) in copies.iter().rev().skip(MOST_COPIES) {
        let digest = copy.file_stem().unwrap_or_default().as_encoded_bytes();
        let of_it = |mark: &&PathBuf| {
            let name = mark.file_name().unwrap_or_default().as_encoded_bytes();
            name.starts_with(digest)
        };
        for gone in marks.iter().filter(of_it).chain([copy]) {
            match fs::remove_file(gone) {
                // Another process was faster.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                removed => removed?,
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn the_oldest_copies_go_with_their_marks() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let total = MOST_COPIES + 3;
        for number in 0..total {
            let copy = fs::File::create(folder.join(format!("{number:02}.so"))).unwrap();
            let age = Duration::from_secs(60 * number as u64);
            copy.set_modified(SystemTime::now() - age).unwrap();
            fs::write(folder.join(format!("{number:02}.contract.sound")), "").unwrap();
        }
        prune(folder).unwrap();
        for number in 0..total {
            let kept = number < MOST_COPIES;
            for name in ["so", "contract.sound"] {
                let path = folder.join(format!("{number:02}.{name}"));
                assert_eq!(path.exists(), kept, "{path:?}");
            }
        }
    }
}
