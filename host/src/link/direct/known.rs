//! What a driver has said before, and whether it would say it again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use beskid_plugin_api::Digest;
use serde::{Deserialize, Serialize};

use crate::cache::{self, Stamp};

/// Most answers that are kept.
const MOST: usize = 64;

/// An answer, and all that the driver looked at for it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Known {
    /// The linker's name, or its path.
    pub(super) linker: String,
    /// The file that it was.
    pub(super) file: PathBuf,
    /// Its arguments.
    pub(super) args: Vec<String>,
    /// Files, and folders that were searched; where nothing was, nothing may be.
    pub(super) seen: Vec<(PathBuf, Option<Stamp>)>,
}

impl Known {
    pub(super) fn stamps(seen: BTreeSet<PathBuf>) -> Vec<(PathBuf, Option<Stamp>)> {
        let stamp = |path: PathBuf| {
            let stamp = Stamp::at(&path);
            (path, stamp)
        };
        seen.into_iter().map(stamp).collect()
    }

    /// The answer to a question, if it still holds.
    pub(super) fn recall(folder: &Path, key: Digest) -> Option<Self> {
        let known = cache::recall::<Self>(&place(folder, key))?;
        let mut seen = known.seen.iter();
        seen.all(|(path, stamp)| Stamp::at(path) == *stamp)
            .then_some(known)
    }

    /// Keeps it, unless something changed a moment ago and may do so again unseen.
    pub(super) fn keep(&self, folder: &Path, key: Digest) {
        let mut stamps = self.seen.iter().filter_map(|(_, stamp)| stamp.as_ref());
        if !stamps.all(Stamp::is_settled) {
            return;
        }
        cache::keep(&place(folder, key), self);
        cache::remove_oldest(folder, MOST, |_| true);
    }
}

fn place(folder: &Path, key: Digest) -> PathBuf {
    folder.join(format!("{key}.json"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn an_answer_holds_until_anything_the_driver_looked_at_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("searched")).unwrap();
        fs::write(path("driver"), "one").unwrap();
        let key = Digest::of(b"question");
        let keep = || {
            let seen = ["searched", "driver", "absent"].map(path);
            let known = Known {
                linker: "ld".to_owned(),
                file: path("ld"),
                args: vec!["-o".to_owned()],
                seen: Known::stamps(BTreeSet::from(seen)),
            };
            let text = serde_json::to_vec(&known).unwrap();
            fs::write(place(folder.path(), key), text).unwrap();
        };
        let holds = || Known::recall(folder.path(), key).is_some();
        for changed in ["searched/crt1.o", "driver", "absent"] {
            keep();
            assert!(holds());
            fs::write(path(changed), "another").unwrap();
            assert!(!holds(), "{changed}");
        }
    }

    #[test]
    fn an_answer_about_what_has_just_changed_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("driver");
        fs::write(&new, "one").unwrap();
        let known = Known {
            linker: "ld".to_owned(),
            file: new.clone(),
            args: Vec::new(),
            seen: Known::stamps(BTreeSet::from([new])),
        };
        let key = Digest::of(b"question");
        known.keep(folder.path(), key);
        assert!(!place(folder.path(), key).exists());
    }
}
