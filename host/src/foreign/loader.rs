//! Which files the loader takes for the names of libraries.

use std::path::PathBuf;

use super::loader_cache::cached;
use super::system_folders;

/// The file that the loader will take, if it does not come from the system's
/// own folders.
pub(crate) fn of_variable(library: &str) -> Option<PathBuf> {
    if library.contains('/') {
        return Some(PathBuf::from(library));
    }
    let folders = std::env::var_os("LD_LIBRARY_PATH")?;
    let mut files = std::env::split_paths(&folders).map(|folder| folder.join(library));
    files.find(|path| path.exists())
}

/// The same, wherever it comes from: the loader looks into its list before it
/// looks into folders.
pub(crate) fn loaded_for(library: &str) -> Option<PathBuf> {
    let own = of_variable(library).or_else(|| cached(library));
    let system = system_folders().into_iter();
    let mut system = system.map(|folder| folder.join(library));
    own.or_else(|| system.find(|path| path.is_file()))
}
