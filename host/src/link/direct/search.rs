//! Which file a program's name means.

use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

/// The file that the system runs for a name.
pub(crate) fn in_path(program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(|path| path.is_absolute());
    }
    let folders = std::env::var_os("PATH")?;
    let mut files = std::env::split_paths(&folders).map(|folder| folder.join(program));
    files
        .find(|file| is_executable(file))
        .filter(|file| file.is_absolute())
}

/// Whether a file is one that can be run.
pub(super) fn is_executable(file: &Path) -> bool {
    file.is_file() && access(file, Access::EXEC_OK).is_ok()
}
