//! The libraries of foreign functions, looked into before the linker does: it
//! binds a call to data without a word.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::LinkRequest;
use beskid_plugin_api::manifest::TARGET;

use crate::externs::{Extern, not_a_function};
use crate::inspect::{MAX_IMAGE, symbols_by_kind};
use crate::source::read_bounded;

/// Refuses foreign symbols that are data in the library that a linker finds in
/// the folders of the request or of this system. A library that is not there,
/// or is of another form, is for the linker to judge.
///
/// # Errors
/// E5134 for the first one, E4040 for a library that is not a regular file.
pub(super) fn check(
    request: &LinkRequest,
    externs: &BTreeMap<String, String>,
) -> Result<(), Diagnostic> {
    let mut symbols = BTreeMap::<_, BTreeMap<_, _>>::new();
    for (symbol, library) in externs {
        let kinds = match symbols.entry(library.as_str()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let file = find(request, library);
                let kinds = file.map(|file| kinds(&file)).transpose()?;
                entry.insert(kinds.unwrap_or_default())
            }
        };
        if kinds.get(symbol) == Some(&true) {
            return Err(not_a_function(Extern { symbol, library }));
        }
    }
    Ok(())
}

/// A linker waits for whoever may write to a pipe.
fn kinds(file: &Path) -> Result<BTreeMap<String, bool>, Diagnostic> {
    if !file.is_file() {
        let message = format!("the library `{}` is not a regular file", file.display());
        return Err(Diagnostic::new("E4040", message).help("correct `Library` in the contract"));
    }
    // What cannot be read the linker cannot read either, and says so.
    let bytes = read_bounded(file, MAX_IMAGE).unwrap_or_default();
    Ok(symbols_by_kind(&bytes))
}

/// The file that the linker takes for a library.
fn find(request: &LinkRequest, library: &str) -> Option<PathBuf> {
    let name = Path::new(library).file_name()?.to_str()?;
    let names = if name.contains(".so") || name.ends_with(".a") {
        vec![name.to_owned()]
    } else {
        vec![format!("lib{name}.so"), format!("lib{name}.a")]
    };
    let own = request.search.iter().map(PathBuf::from);
    let folders = own.chain(system_folders(&request.target));
    let mut files = folders.flat_map(|folder| {
        let files = names.iter().map(|name| folder.join(name));
        files.collect::<Vec<_>>()
    });
    files.find(|file| file.exists() && !file.is_dir())
}

/// Where this machine keeps its own libraries.
fn system_folders(target: &str) -> Vec<PathBuf> {
    if target != TARGET {
        return Vec::new();
    }
    let architecture = std::env::consts::ARCH;
    let multiarch = ["/lib", "/usr/lib"];
    let multiarch = multiarch.map(|folder| format!("{folder}/{architecture}-linux-gnu"));
    let plain = ["/lib64", "/usr/lib64", "/lib", "/usr/lib"].map(str::to_owned);
    let folders = multiarch.into_iter().chain(plain);
    folders.map(PathBuf::from).collect()
}
