//! Files of the cache are bounded in number and in size: the oldest go.

use std::fs;
use std::path::Path;

/// Removes the oldest of those files in a folder that are meant, but for this many.
pub(crate) fn remove_oldest(folder: &Path, most: usize, is_meant: impl Fn(&Path) -> bool) {
    remove_beyond(folder, most, u64::MAX, is_meant);
}

/// The same, but for as many as have this many bytes together too. Another process may
/// be faster in removing one.
pub(crate) fn remove_beyond(
    folder: &Path,
    most: usize,
    most_bytes: u64,
    is_meant: impl Fn(&Path) -> bool,
) {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files = paths
        .filter(|path| is_meant(path))
        .filter_map(|path| {
            let meta = fs::metadata(&path).ok()?;
            Some((meta.modified().ok()?, path, meta.len()))
        })
        .collect::<Vec<_>>();
    files.sort();
    let mut bytes = 0_u64;
    for (at, (_, path, size)) in files.iter().rev().enumerate() {
        bytes = bytes.saturating_add(*size);
        if at < most && bytes <= most_bytes {
            continue;
        }
        if let Err(error) = fs::remove_file(path) {
            tracing::debug!(path = %path.display(), "cannot be removed: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn the_oldest_go_until_the_rest_is_small_enough() {
        let folder = tempfile::tempdir().unwrap();
        for age in 0..10_u64 {
            let file = File::create(folder.path().join(format!("{age}"))).unwrap();
            file.set_len(100).unwrap();
            let time = SystemTime::now() - Duration::from_secs(60 * age);
            file.set_modified(time).unwrap();
        }
        let left = || fs::read_dir(folder.path()).unwrap().count();
        remove_beyond(folder.path(), 8, 550, |_| true);
        assert_eq!(left(), 5);
        assert!(folder.path().join("4").exists());
        remove_beyond(folder.path(), 2, 550, |_| true);
        assert_eq!(left(), 2);
    }
}
