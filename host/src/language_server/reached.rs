//! Which files a program was made of, so that it is known when it may be another.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use beskid_frontend::{Loaded, Loader, PackageId};

/// What a change of a text may concern.
#[derive(Debug, Default)]
pub(super) enum Reached {
    /// Whatever it is: that is not known.
    #[default]
    Anything,
    /// These files alone, as long as none is new.
    Files(HashSet<PathBuf>),
}

impl Reached {
    /// Whether other contents of a file may make another program.
    pub(super) fn has(&self, path: &Path) -> bool {
        match self {
            Self::Anything => true,
            Self::Files(files) => files.contains(path),
        }
    }
}

/// A loader that knows whether it was asked for files by what is in them: any file may have
/// such contents next. So may one that cannot be read.
pub(super) struct Searching<'l> {
    loader: &'l mut dyn Loader,
    pub(super) searched: bool,
}

impl<'l> Searching<'l> {
    pub(super) const fn new(loader: &'l mut dyn Loader) -> Self {
        Self {
            loader,
            searched: false,
        }
    }
}

impl Loader for Searching<'_> {
    fn load(&mut self, package: PackageId, module: &[&str]) -> Result<Option<Loaded>, String> {
        let loaded = self.loader.load(package, module);
        // A file that could not be read is not among those of the program.
        self.searched |= loaded.is_err();
        loaded
    }

    fn named(&mut self, package: PackageId, first: &str) -> Vec<Loaded> {
        self.searched = true;
        self.loader.named(package, first)
    }

    fn modules(&mut self, package: PackageId) -> Vec<Vec<String>> {
        self.searched = true;
        self.loader.modules(package)
    }

    fn dependencies(&mut self, package: PackageId) -> Vec<(String, PackageId)> {
        self.loader.dependencies(package)
    }
}
