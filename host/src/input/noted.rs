//! The files that this process has read: no output is put in their place.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Paths as they were given, each once, and compared as text.
static NOTED: Mutex<BTreeSet<OsString>> = Mutex::new(BTreeSet::new());

/// Keeps in mind that a file is read, by us or by a tool that we start.
pub(crate) fn note(path: &Path) {
    let mut noted = NOTED.lock().unwrap_or_else(PoisonError::into_inner);
    if !noted.contains(path.as_os_str()) {
        noted.insert(path.as_os_str().to_owned());
    }
}

/// The path by which a file was read, if it was, whatever this one is called:
/// links lead to the same file.
pub(crate) fn noted(path: &Path) -> Option<PathBuf> {
    let identity = |path: &Path| {
        let meta = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        Some((meta.dev(), meta.ino()))
    };
    let wanted = identity(path)?;
    let noted = NOTED.lock().unwrap_or_else(PoisonError::into_inner);
    let mut noted = noted.iter().map(Path::new);
    // A path that was read may lead nowhere now, and its number to another file.
    noted
        .find(|read| identity(read) == Some(wanted))
        .map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_file_is_known_by_whatever_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["read", "other"] {
            fs::write(path(name), name).unwrap();
        }
        symlink("read", path("link")).unwrap();
        fs::hard_link(path("read"), path("hard")).unwrap();
        note(&path("read"));
        for name in ["read", "link", "hard"] {
            assert_eq!(noted(&path(name)), Some(path("read")), "{name}");
        }
        assert_eq!(noted(&path("other")), None);
        assert_eq!(noted(&path("absent")), None);
        assert_eq!(noted(Path::new("/dev/null")), None);
    }
}
