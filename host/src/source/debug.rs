//! What debuggers are told of the files of a program.

use std::path::{Path, PathBuf};

use beskid_frontend::{DebugFile, PackageId};

use super::{Modules, Source};

/// The folder that paths start from.
pub(crate) fn folder() -> Option<PathBuf> {
    std::env::current_dir().ok()
}

/// How a file of a program is called for debuggers.
pub(crate) fn file(
    source: &Source,
    modules: &Modules,
    package: PackageId,
    name: &str,
) -> DebugFile {
    let path = match package == PackageId::ENTRY && source.entry().name == name {
        true => source.path().display().to_string(),
        false => modules.path(package, name),
    };
    // What is part of this program lies in no folder.
    let folder = folder().filter(|_| Path::new(&path).exists());
    DebugFile {
        path,
        directory: folder.map_or_else(String::new, |folder| folder.display().to_string()),
        md5: None,
    }
}
