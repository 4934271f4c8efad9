//! What tools said that failed, for the user to read. The oldest go.

use std::path::{Path, PathBuf};

use super::oldest::remove_oldest;

/// Most logs that are kept.
const MOST_LOGS: usize = 16;
/// Most bytes of a log: 16 MiB.
const MOST_BYTES: usize = 16 << 20;

/// Keeps a text; gives the path.
pub(crate) fn keep_log(text: &str) -> Option<PathBuf> {
    let folder = super::folder("logs").ok()?;
    keep(&folder, text)
}

fn keep(folder: &Path, text: &str) -> Option<PathBuf> {
    let mut file = tempfile::Builder::new()
        .prefix("link-")
        .suffix(".log")
        .tempfile_in(folder)
        .ok()?;
    let bytes = text.as_bytes();
    let kept = bytes.get(..MOST_BYTES).unwrap_or(bytes);
    std::io::Write::write_all(&mut file, kept).ok()?;
    let (_, path) = file.keep().ok()?;
    let is_other_log =
        |other: &Path| other != path && other.extension().is_some_and(|found| found == "log");
    remove_oldest(folder, MOST_LOGS - 1, is_other_log);
    Some(path)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn logs_are_bounded_in_number_and_size() {
        let folder = tempfile::tempdir().unwrap();
        let mut last = PathBuf::new();
        for number in 0..MOST_LOGS + 5 {
            last = keep(folder.path(), &format!("log {number}")).unwrap();
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), MOST_LOGS);
        assert_eq!(fs::read_to_string(&last).unwrap(), "log 20");
        let long = keep(folder.path(), &"x".repeat(2 * MOST_BYTES)).unwrap();
        assert_eq!(fs::metadata(long).unwrap().len(), MOST_BYTES as u64);
    }
}
