//! An empty working folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::outcome::Finding;

/// Puts this process back into its folder.
struct Back(PathBuf);

impl Drop for Back {
    fn drop(&mut self) {
        if let Err(error) = std::env::set_current_dir(&self.0) {
            tracing::warn!("cannot return to `{}`: {error}", self.0.display());
        }
    }
}

/// Does something in an empty working folder, and gives the names of what is in it
/// afterwards.
///
/// # Errors
/// A finding of what is done, or if there can be no such folder.
pub(super) fn in_empty_folder(
    work: impl FnOnce(&Path) -> Result<(), Finding>,
) -> Result<Vec<String>, Finding> {
    let own = |error: io::Error| Finding::new("an empty folder to work in", error.to_string());
    let here = std::env::current_dir().map_err(own)?;
    let empty = tempfile::tempdir().map_err(own)?;
    std::env::set_current_dir(empty.path()).map_err(own)?;
    let back = Back(here);
    let done = work(empty.path());
    drop(back);
    done?;
    let left = fs::read_dir(empty.path()).map_err(own)?;
    let names = left.map(|entry| Ok(entry.map_err(own)?.file_name().display().to_string()));
    names.collect()
}
