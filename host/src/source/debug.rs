//! What debuggers are told of the files of a program.

use std::path::{Path, PathBuf};

use beskid_frontend::{DebugFile, PackageId};
use serde::Serialize;

use super::Modules;

/// What debuggers are told of a program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub enum DebugLevel {
    /// Nothing.
    #[default]
    Nothing,
    /// Places and locals, with the paths of files as they are written: the same, wherever
    /// the program lies.
    Relative,
    /// That, and the folder that the paths start from.
    Whole,
}

impl DebugLevel {
    /// The folder that paths start from, if it is told.
    pub(crate) fn folder(self) -> Option<PathBuf> {
        let folder = (self == Self::Whole).then(std::env::current_dir)?;
        folder.ok()
    }

    /// How a file of a program is called for debuggers.
    pub(crate) fn file(self, modules: &Modules, package: PackageId, name: &str) -> DebugFile {
        let path = modules.path(package, name);
        let is_there = Path::new(&path).exists();
        let directory = self.folder().filter(|_| is_there);
        DebugFile {
            path,
            directory: directory.map_or_else(String::new, |path| path.display().to_string()),
            md5: None,
        }
    }
}
