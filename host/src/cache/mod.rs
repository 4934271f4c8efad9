//! The folder for what can be made again: runtimes, marks of plugins, what builds made, logs.

mod logs;
mod noexec;
mod notes;
mod oldest;
mod stamp;

pub(crate) use logs::keep_log;
pub(crate) use noexec::noexec;
pub(crate) use notes::{keep, recall};
pub(crate) use oldest::{remove_beyond, remove_oldest};
pub(crate) use stamp::Stamp;

use std::fs::{self, DirBuilder};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use rustix::fs::{Access, access};

/// A folder of the cache, made if it is not there: below
/// `$XDG_CACHE_HOME/beskid`, or else `~/.cache/beskid`, or else, if that cannot
/// be written, among the temporary files.
///
/// # Errors
/// E4040 names the folder and the cause.
pub(crate) fn folder(name: &str) -> Result<PathBuf, Diagnostic> {
    if let Some(base) = variable("XDG_CACHE_HOME") {
        return make(&base.join("beskid"), name);
    }
    if let Some(home) = variable("HOME") {
        match make(&home.join(".cache/beskid"), name) {
            Ok(folder) => return Ok(folder),
            Err(error) => tracing::debug!("passed over: {error}"),
        }
    }
    make(&among_temporary(), name)
}

/// The folder of the cache, whether or not it is there. Nothing is made.
pub(crate) fn base() -> PathBuf {
    if let Some(base) = variable("XDG_CACHE_HOME") {
        return base.join("beskid");
    }
    let writable = |home: &PathBuf| {
        let below = [
            home.join(".cache/beskid"),
            home.join(".cache"),
            home.clone(),
        ];
        let mut found = below.iter().filter(|folder| folder.exists());
        found
            .next()
            .is_some_and(|folder| access(folder, Access::WRITE_OK).is_ok())
    };
    let home = variable("HOME").filter(writable);
    home.map_or_else(among_temporary, |home| home.join(".cache/beskid"))
}

/// An absolute path; others say nothing.
fn variable(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os(name).map(PathBuf::from);
    path.filter(|path| path.is_absolute())
}

/// Each user has a folder of their own there.
fn among_temporary() -> PathBuf {
    let user = rustix::process::getuid().as_raw();
    std::env::temp_dir().join(format!("beskid-{user}"))
}

fn make(base: &Path, name: &str) -> Result<PathBuf, Diagnostic> {
    let folder = base.join(name);
    let made = DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)
        .and_then(|()| check_owner(base))
        .and_then(|()| check_owner(&folder))
        .and_then(|()| Ok(access(&folder, Access::WRITE_OK | Access::EXEC_OK)?));
    match made {
        Ok(()) => Ok(folder),
        Err(error) => Err(unusable(&folder, &error)),
    }
}

/// A folder for temporary files is everyone's, and who owns a folder in it
/// could change a file before it is used.
fn check_owner(folder: &Path) -> io::Result<()> {
    let is_shared = folder.starts_with(std::env::temp_dir());
    let user = rustix::process::getuid().as_raw();
    if !is_shared || fs::symlink_metadata(folder)?.uid() == user {
        return Ok(());
    }
    Err(io::Error::other("the folder belongs to another user"))
}

/// Writes a file of the cache: it is there as a whole, or not at all.
///
/// # Errors
/// E4040 names the path and the cause.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    let folder = crate::input::parent(path);
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
        file.write_all(bytes)?;
        file.persist(path)?;
        Ok(())
    });
    written.map_err(|error| unusable(path, &error))
}

fn unusable(path: &Path, error: &io::Error) -> Diagnostic {
    let message = format!("cannot write `{}`: {error}", path.display());
    let shown = path.display().to_string();
    let is_temporary = path.starts_with(std::env::temp_dir());
    Diagnostic::new(Code::E4040, message)
        .path(shown)
        .help(match error.kind() {
            io::ErrorKind::StorageFull => {
                "make room, or set `XDG_CACHE_HOME` to a folder on another disk"
            }
            _ if is_temporary => {
                "set `HOME`, `XDG_CACHE_HOME` or `TMPDIR` to a folder that can be written"
            }
            _ => "set `XDG_CACHE_HOME` to a folder that can be written",
        })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_folder_of_the_cache_is_private_and_made_once() {
        let base = tempfile::tempdir().unwrap();
        let base = base.path().join("beskid");
        let folder = make(&base, "plugins").unwrap();
        let mode = fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert_eq!(make(&base, "plugins").unwrap(), folder);
    }

    #[test]
    fn where_a_file_stands_there_is_no_cache() {
        let base = tempfile::tempdir().unwrap();
        let taken = base.path().join("beskid");
        fs::write(&taken, "").unwrap();
        let refusal = make(&taken, "plugins").unwrap_err();
        assert_eq!(refusal.code, "E4040");
        assert!(refusal.help.unwrap().contains("XDG_CACHE_HOME"));
    }

    #[test]
    fn a_file_is_written_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
