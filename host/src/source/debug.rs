//! What debuggers are told of the files of a program.

use std::path::{Path, PathBuf};

use beskid_frontend::{DebugFile, PackageId};

use super::{Modules, Source};

/// What debuggers find a program's files by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DebugPaths {
    /// The paths as they were given: the artifact is the same wherever it is made.
    AsGiven,
    /// Those, and the working directory, which is part of the artifact then.
    FromFolder,
}

/// Where the core library of this program is said to lie: nowhere, so that a debugger
/// can be told where it does.
pub(crate) const CORELIB: &str = "/beskid";

/// The folder that paths start from, if debuggers are told.
pub(crate) fn folder(paths: DebugPaths) -> Option<PathBuf> {
    match paths {
        DebugPaths::AsGiven => None,
        DebugPaths::FromFolder => std::env::current_dir().ok(),
    }
}

/// How a file of a program is called for debuggers.
pub(crate) fn file(
    paths: DebugPaths,
    source: &Source,
    modules: &Modules,
    package: PackageId,
    name: &str,
) -> DebugFile {
    let path = match package == PackageId::ENTRY && source.entry().name == name {
        true => source.path().display().to_string(),
        false if modules.is_embedded(package) => format!("{CORELIB}/{name}"),
        false => modules.path(package, name),
    };
    // What is part of this program lies in no folder.
    let folder = folder(paths).filter(|_| Path::new(&path).exists());
    DebugFile {
        path,
        directory: folder.map_or_else(String::new, |folder| folder.display().to_string()),
        md5: None,
    }
}
