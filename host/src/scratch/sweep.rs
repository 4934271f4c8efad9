//! Removing what processes left that were ended from outside.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::name;

/// Most entries of a folder that are looked at.
const MOST_ENTRIES: usize = 10_000;

/// Folders that this process has swept.
static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Removes this user's scratch in a folder whose owners are gone; once for
/// each folder and process.
pub(super) fn sweep(folder: &Path) {
    let first = SWEPT
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(folder.to_owned());
    if !first {
        return;
    }
    let (Ok(entries), Ok(own)) = (fs::read_dir(folder), fs::metadata("/proc/self")) else {
        return;
    };
    for entry in entries.take(MOST_ENTRIES).filter_map(Result::ok) {
        let name = entry.file_name();
        let owner = name.to_str().and_then(name::owner);
        let gone = owner.is_some_and(|owner| !owner.is_alive());
        if gone && is_abandoned(&entry.path(), own.uid()) {
            tracing::debug!(path = %entry.path().display(), "swept");
            super::remove(&entry.path());
        }
    }
}

/// Whether a file or folder is this user's and nobody holds it: a process of
/// another container may, which has other ids.
fn is_abandoned(path: &Path, user: u32) -> bool {
    let Ok(meta) = fs::symlink_metadata(path) else {
        return false;
    };
    let is_ours = meta.uid() == user && (meta.is_dir() || meta.is_file());
    is_ours && File::open(path).is_ok_and(|file| file.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_dead_left_goes_and_all_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        // No process has this id.
        let dead = "beskid-scratch-4294967295-1-00";
        fs::create_dir_all(path(dead).join("inner")).unwrap();
        fs::write(path(".beskid-scratch-4294967295-1-01"), "").unwrap();
        let held = path("beskid-scratch-4294967295-1-02");
        fs::create_dir(&held).unwrap();
        let lock = File::open(&held).unwrap();
        lock.try_lock().unwrap();
        let living = name::new();
        fs::create_dir(path(&living)).unwrap();
        fs::create_dir(path("beskid-scratch-mine")).unwrap();
        sweep(folder.path());
        let left = fs::read_dir(folder.path()).unwrap();
        let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let expected = [
            &living,
            "beskid-scratch-4294967295-1-02",
            "beskid-scratch-mine",
        ];
        assert_eq!(
            left.collect::<BTreeSet<_>>(),
            expected.map(str::to_owned).into()
        );
    }
}
