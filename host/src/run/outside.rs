//! Where the imports of a program in memory may lead, besides what it names.

use std::borrow::Cow;
use std::path::PathBuf;

use crate::foreign::{Definitions, Extra, Found, Policy, behind_origin, loaded_for};

/// What every C driver links on its own account, and this process may lack.
pub(super) const ALWAYS: [&str; 2] = ["libm.so.6", "libgcc_s.so.1"];

/// What decides where imports lead.
#[derive(Clone, Copy)]
pub(super) struct Outside<'a> {
    /// Which imports may leave the program.
    pub(super) policy: &'a Policy,
    /// Libraries and folders besides those that the program names.
    pub(super) extra: &'a Extra,
}

impl Outside<'_> {
    /// The name or path by which the loader is asked for a library: a file of the
    /// folders that are searched, as linkers do, or else whatever it finds itself.
    pub(super) fn file(self, library: &str) -> String {
        let name = match behind_origin(library) {
            Some(relative) => relative.rsplit('/').next().unwrap_or(relative),
            None => library,
        };
        let file = file_name(name);
        if file.contains('/') {
            return file.into_owned();
        }
        let mut files = self.extra.search.iter().map(|folder| folder.join(&*file));
        let found = files.find(|file| file.is_file());
        let found = found.and_then(|file| std::path::absolute(file).ok());
        match found.as_deref().and_then(|file| file.to_str()) {
            Some(found) => found.to_owned(),
            None if name == library => file.into_owned(),
            None => library.to_owned(),
        }
    }

    /// The file that the loader will take for a library.
    pub(super) fn path(self, library: &str) -> Option<PathBuf> {
        loaded_for(&self.file(library))
    }

    /// The file of a library if it defines a symbol itself.
    pub(super) fn defining(self, library: &str, symbol: &str) -> Option<Found> {
        let definitions = Definitions::read(&self.path(library)?, &[]);
        definitions.of(symbol).map(|(found, _)| found.clone())
    }
}

/// A library by the name that the loader takes: one that `-l` takes is that of a
/// file with prefix and extension.
pub(super) fn file_name(library: &str) -> Cow<'_, str> {
    if library.contains(['/', '.']) {
        Cow::Borrowed(library)
    } else {
        Cow::Owned(format!("lib{library}.so"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ffi_2_a_library_has_the_same_name_in_memory_as_for_the_linker() {
        for (library, file) in [
            ("sqlite3", "libsqlite3.so"),
            ("libm.so.6", "libm.so.6"),
            ("libx.so", "libx.so"),
            ("./ours", "./ours"),
        ] {
            assert_eq!(file_name(library), file);
        }
    }

    #[test]
    fn folders_that_are_searched_come_first() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("libx.so");
        std::fs::write(&file, "").unwrap();
        let extra = Extra {
            libraries: Vec::new(),
            search: vec![folder.path().to_owned()],
        };
        let policy = Policy::default();
        let outside = Outside {
            policy: &policy,
            extra: &extra,
        };
        let file = file.to_str().unwrap();
        for (library, expected) in [
            ("x", file),
            ("libx.so", file),
            ("$ORIGIN/libx.so", file),
            ("y", "liby.so"),
            ("./libx.so", "./libx.so"),
            ("$ORIGIN/liby.so", "$ORIGIN/liby.so"),
        ] {
            assert_eq!(outside.file(library), expected);
        }
    }
}
