//! The libraries of foreign functions, looked into before the linker does: it
//! binds a call to data without a word.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::LinkRequest;
use beskid_plugin_api::target::Target;

use crate::externs::{Extern, not_a_function};
use crate::input::read_bounded;
use crate::inspect::{MAX_IMAGE, symbols_by_kind};

/// Refuses foreign symbols that are data in the library that a linker finds in
/// the folders of the request or of this system. A library that is not there,
/// or is of another form, is for the linker to judge.
///
/// # Errors
/// E5134 for the first one, E4040 for a library that cannot be read.
pub(super) fn check(
    request: &LinkRequest,
    externs: &BTreeMap<String, String>,
) -> Result<(), Diagnostic> {
    let mut symbols = BTreeMap::<_, BTreeMap<_, _>>::new();
    for (symbol, library) in externs {
        let kinds = match symbols.entry(library.as_str()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let file = find(request, library)?;
                // What is too large to be read is for the linker to judge.
                let bytes = file.and_then(|file| read_bounded(&file, MAX_IMAGE).ok());
                entry.insert(symbols_by_kind(&bytes.unwrap_or_default()))
            }
        };
        if kinds.get(symbol) == Some(&true) {
            return Err(not_a_function(Extern { symbol, library }));
        }
    }
    Ok(())
}

/// The file that the linker takes for a library: the first that it can read.
/// A linker says of one that it cannot read that there is none, and waits for
/// whoever may write to a pipe.
fn find(request: &LinkRequest, library: &str) -> Result<Option<PathBuf>, Diagnostic> {
    let name = Path::new(library).file_name().and_then(OsStr::to_str);
    let name = name.unwrap_or(library);
    let names = Target::of(&request.target).library_files(name);
    let own = request.search.iter().map(PathBuf::from);
    let folders = own.chain(system_folders(&request.target));
    let files = folders.flat_map(|folder| {
        let files = names.iter().map(|name| folder.join(name));
        files.collect::<Vec<_>>()
    });
    let mut unreadable = None;
    for file in files.filter(|file| file.exists() && !file.is_dir()) {
        if !file.is_file() {
            return Err(cannot_read(&file, "it is not a regular file"));
        }
        match File::open(&file) {
            Ok(_) => return Ok(Some(file)),
            Err(error) => {
                unreadable.get_or_insert_with(|| cannot_read(&file, &error.to_string()));
            }
        }
    }
    unreadable.map_or(Ok(None), Err)
}

fn cannot_read(file: &Path, reason: &str) -> Diagnostic {
    let message = format!("cannot read the library `{}`: {reason}", file.display());
    Diagnostic::new("E4040", message).help("correct `Library` in the contract")
}

/// Where this machine keeps its own libraries.
fn system_folders(target: &str) -> Vec<PathBuf> {
    let target = Target::of(target);
    if !target.is_host() {
        return Vec::new();
    }
    let architecture = target.architecture();
    let multiarch = ["/lib", "/usr/lib"];
    let multiarch = multiarch.map(|folder| format!("{folder}/{architecture}-linux-gnu"));
    let plain = ["/lib64", "/usr/lib64", "/lib", "/usr/lib"].map(str::to_owned);
    let folders = multiarch.into_iter().chain(plain);
    folders.map(PathBuf::from).collect()
}
