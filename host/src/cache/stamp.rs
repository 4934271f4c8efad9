//! What the system says of a file, by which it is known again without being read.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// How long a file must have been left alone to be known again: what is written
/// twice at the same time by the system's clock looks the same.
const SETTLED: Duration = Duration::from_secs(2);

/// Number, size, and when it was last written or touched in any other way, which
/// no program can set. Another file, or other contents, have another stamp; so has
/// a folder in which another name is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    device: u64,
    number: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    /// Of what was asked for already.
    pub(crate) fn of(meta: &Metadata) -> Self {
        Self {
            device: meta.dev(),
            number: meta.ino(),
            size: meta.size(),
            modified: (meta.mtime(), meta.mtime_nsec()),
            changed: (meta.ctime(), meta.ctime_nsec()),
        }
    }

    /// Of what a path leads to, if anything is there.
    pub(crate) fn at(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().map(|meta| Self::of(&meta))
    }

    /// Whether a later change could not have the same stamp.
    pub(crate) fn is_settled(&self) -> bool {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let last = self.modified.0.max(self.changed.0);
        let last = u64::try_from(last).map(Duration::from_secs);
        match (now, last) {
            (Ok(now), Ok(last)) => now.checked_sub(last).is_some_and(|age| age > SETTLED),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_just_written_is_not_settled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "one").unwrap();
        let new = Stamp::at(&path).unwrap();
        assert!(!new.is_settled());
        let mut old = new.clone();
        (old.modified.0, old.changed.0) = (1, 1);
        assert!(old.is_settled());
        old.changed.0 = i64::MAX;
        assert!(!old.is_settled());
        assert_eq!(Stamp::at(&folder.path().join("none")), None);
    }
}
