//! Files of the cache are bounded in number: the oldest go.

use std::fs;
use std::path::Path;

/// Removes the oldest of those files in a folder that are meant, but for this many.
/// Another process may be faster in removing one.
pub(crate) fn remove_oldest(folder: &Path, most: usize, is_meant: impl Fn(&Path) -> bool) {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files = paths
        .filter(|path| is_meant(path))
        .filter_map(|path| Some((fs::metadata(&path).ok()?.modified().ok()?, path)))
        .collect::<Vec<_>>();
    files.sort();
    for (_, path) in files.iter().rev().skip(most) {
        if let Err(error) = fs::remove_file(path) {
            tracing::debug!(path = %path.display(), "cannot be removed: {error}");
        }
    }
}
