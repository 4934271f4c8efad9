//! Foreign functions found while the program runs: the dynamic profile, which
//! the user must ask for (EXT-001).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use beskid_plugin_api::artifact::{CodegenArtifact, ImportSource};
use beskid_plugin_api::diagnostic::Diagnostic;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use crate::externs::{Extern, externs};

/// Libraries that are open, for the rest of the process (EXT-004).
static OPEN: Mutex<Option<HashMap<String, Library>>> = Mutex::new(None);

/// Name and address of each foreign function that an artifact imports, and of
/// the plain imports that this process has, such as those of the C library.
///
/// # Errors
/// E5131 if a library cannot be loaded, E5132 if it lacks the symbol; both
/// with the loader's own words (EXT-003).
pub(super) fn addresses(artifact: &CodegenArtifact) -> Result<Vec<(String, u64)>, Diagnostic> {
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let open = open.get_or_insert_default();
    let foreign = externs(artifact).map(|foreign| {
        let address = address(open, foreign)?;
        Ok((foreign.symbol.to_owned(), address))
    });
    plain(artifact).map(Ok).chain(foreign).collect()
}

/// Whatever else is missing is for the backend to say.
fn plain(artifact: &CodegenArtifact) -> impl Iterator<Item = (String, u64)> {
    let process = Library::this();
    let names = artifact.imports();
    let names = names.filter_map(|(name, source)| (*source == ImportSource::Plain).then_some(name));
    names.filter_map(move |name| {
        // SAFETY: as in `address`.
        let found = unsafe { process.get::<*const ()>(name.as_bytes()) };
        Some((name.to_owned(), found.ok()?.into_raw() as usize as u64))
    })
}

fn address(open: &mut HashMap<String, Library>, foreign: Extern<'_>) -> Result<u64, Diagnostic> {
    let Extern { symbol, library } = foreign;
    if !open.contains_key(library) {
        // SAFETY: the user asked for this library in the program and allowed
        // the program to load libraries; its constructors are theirs to judge.
        let loaded = unsafe { Library::open(Some(library), RTLD_NOW | RTLD_LOCAL) };
        let loaded = loaded.map_err(|error| {
            let message = format!("cannot load `{library}` for `{symbol}`: {}", words(&error));
            Diagnostic::new("E5131", message)
                .help("install the library, or correct `Library` in the contract")
        })?;
        open.insert(library.to_owned(), loaded);
    }
    let loaded = &open[library];
    // SAFETY: only the address is taken here; the program calls it with the
    // signature that it declares for it.
    let found = unsafe { loaded.get::<*const ()>(symbol.as_bytes()) };
    let found = found.map_err(|error| {
        let message = format!("`{library}` has no `{symbol}`: {}", words(&error));
        Diagnostic::new("E5132", message).help("correct the method's name or its `Symbol`")
    })?;
    Ok(found.into_raw() as usize as u64)
}

/// What the loader says (EXT-003).
pub(super) fn words(error: &libloading::Error) -> String {
    let loader = std::error::Error::source(error);
    loader.map_or_else(|| error.to_string(), ToString::to_string)
}
