//! Files and folders that are needed only for a while. They go when their owner
//! drops them, when a signal ends this process, its crash among them, and when
//! somebody calls `exit`;
//! what a process leaves that had no time for any of this is swept by a later
//! one.

#[cfg(target_os = "linux")]
mod at_crash;
mod name;
mod sweep;

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::at_exit::at_exit;
use crate::signals;

/// What there is now.
static LIVE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Whether this process ends, so that nobody would remove what is made.
static IS_OVER: AtomicBool = AtomicBool::new(false);

/// The path of a scratch folder that is not made yet. Whoever only plans needs
/// no more, and leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Reserved {
    path: PathBuf,
}

impl Reserved {
    /// A path in the folder for temporary files.
    ///
    /// # Errors
    /// E4040 if there is no such folder.
    pub(crate) fn new() -> Result<Self, Diagnostic> {
        let folder = std::env::temp_dir();
        let found = fs::canonicalize(&folder).map_err(|error| unusable(&folder, &error))?;
        let path = found.join(name::new());
        Ok(Self { path })
    }

    /// A path beside what is to be written there, hidden.
    pub(crate) fn beside(folder: &Path) -> Self {
        let path = folder.join(format!(".{}", name::new()));
        Self { path }
    }

    /// Where the folder will be, without symbolic links.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the folder.
    ///
    /// # Errors
    /// E4040 names the folder for temporary files and the cause.
    pub(crate) fn make(&self) -> Result<Scratch, Diagnostic> {
        let folder = self.path.parent().unwrap_or(&self.path);
        sweep::sweep(folder);
        let make = |path: &Path| DirBuilder::new().mode(0o700).create(path);
        let made = Entry::make(self.path.clone(), make);
        let ((), entry) = made.map_err(|error| unusable(folder, &error))?;
        let lock = File::open(&self.path).ok();
        Ok(Scratch {
            _lock: lock.inspect(hold),
            entry,
        })
    }
}

/// A folder for as long as this value lives.
#[derive(Debug)]
pub struct Scratch {
    entry: Entry,
    _lock: Option<File>,
}

impl Scratch {
    /// A new folder among those for temporary files.
    ///
    /// # Errors
    /// E4040 names the folder for temporary files and the cause.
    pub fn new() -> Result<Self, Diagnostic> {
        Reserved::new()?.make()
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.entry.path
    }
}

/// A file that is written aside of its final place, and then renamed.
#[derive(Debug)]
pub(crate) struct Aside {
    pub(crate) file: File,
    entry: Entry,
}

impl Aside {
    /// A new file in a folder, with the permissions of a new file of this mode.
    pub(crate) fn new_in(folder: &Path, mode: u32) -> io::Result<Self> {
        sweep::sweep(folder);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true).mode(mode);
        let path = folder.join(format!(".{}", name::new()));
        let (file, entry) = Entry::make(path, |path| options.open(path))?;
        hold(&file);
        Ok(Self { file, entry })
    }

    /// Where it is until then.
    pub(crate) fn path(&self) -> &Path {
        &self.entry.path
    }

    /// Gives the file its final name.
    pub(crate) fn rename(&self, to: &Path) -> io::Result<()> {
        fs::rename(&self.entry.path, to)
    }
}

/// A path that is to be removed.
#[derive(Debug)]
struct Entry {
    path: PathBuf,
}

impl Entry {
    /// Makes what is at the path; not in a process that has removed all it had.
    fn make<T>(path: PathBuf, make: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<(T, Self)> {
        signals::clean_up_with(remove_all);
        at_exit(remove_all);
        // Who removes all finds what is made, or it is not made.
        let mut live = live();
        if IS_OVER.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let made = make(&path)?;
        live.push(path.clone());
        Ok((made, Self { path }))
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        remove(&self.path);
        live().retain(|path| *path != self.path);
    }
}

/// Has crashes of this process remove what there is then.
pub(crate) fn watch_crashes() {
    #[cfg(target_os = "linux")]
    at_crash::install();
}

/// Has a crash of this process told by this, with its signal; it does only what a
/// handler of signals may.
pub(crate) fn tell_crashes(tell: fn(std::ffi::c_int)) {
    #[cfg(target_os = "linux")]
    at_crash::tell_by(tell);
    #[cfg(not(target_os = "linux"))]
    let _ = tell;
}

/// Does something during which crashes are told, in a process that has given its
/// signals away.
pub(crate) fn telling_crashes<T>(work: impl FnOnce() -> T) -> T {
    #[cfg(target_os = "linux")]
    let _armed = at_crash::Armed::new();
    work()
}

/// As much of [`remove_all`] as a process can do that has no memory left.
pub(crate) fn remove_at_crash() {
    #[cfg(target_os = "linux")]
    at_crash::remove_live();
}

/// Removes whatever there is now, since this process ends: nothing is made any more.
pub(crate) fn remove_all() {
    let live = live();
    IS_OVER.store(true, Ordering::Relaxed);
    live.iter().for_each(|path| remove(path));
}

fn live() -> std::sync::MutexGuard<'static, Vec<PathBuf>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Somebody may be writing into a folder while it is removed.
fn remove(path: &Path) {
    const ATTEMPTS: usize = 5;
    for _ in 0..ATTEMPTS {
        let removed = match fs::symlink_metadata(path) {
            Err(_) => return,
            Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
            Ok(_) => fs::remove_file(path),
        };
        match removed {
            Ok(()) => return,
            Err(error) => tracing::debug!(path = %path.display(), "cannot be removed: {error}"),
        }
    }
}

/// As long as the lock is held, nobody sweeps the file. Where locks do not
/// work, nothing is swept.
fn hold(file: &File) {
    if let Err(error) = file.try_lock() {
        tracing::debug!("scratch cannot be locked: {error}");
    }
}

fn unusable(folder: &Path, error: &io::Error) -> Diagnostic {
    let shown = folder.display();
    let message = format!("cannot make a temporary folder in `{shown}`: {error}");
    let path = shown.to_string();
    Diagnostic::new(Code::E4040, message)
        .path(path)
        .help(match error.kind() {
            io::ErrorKind::StorageFull => "make room, or set `TMPDIR` to a folder on another disk",
            _ => "set `TMPDIR` to a folder that can be written",
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scratch_folder_is_private_and_goes_with_its_value() {
        use std::os::unix::fs::PermissionsExt;
        let scratch = Scratch::new().unwrap();
        let path = scratch.path().to_owned();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        fs::write(path.join("file"), "text").unwrap();
        assert!(live().contains(&path));
        drop(scratch);
        assert!(!path.exists());
        assert!(!live().contains(&path));
    }

    #[test]
    fn a_reserved_path_is_not_there_until_it_is_made() {
        let reserved = Reserved::new().unwrap();
        let path = reserved.path().to_owned();
        assert!(!path.exists());
        let scratch = reserved.make().unwrap();
        assert_eq!(scratch.path(), path);
        assert!(path.is_dir());
    }

    #[test]
    fn a_file_aside_is_hidden_until_it_is_renamed() {
        let folder = tempfile::tempdir().unwrap();
        let dropped = Aside::new_in(folder.path(), 0o666).unwrap();
        drop(dropped);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let aside = Aside::new_in(folder.path(), 0o666).unwrap();
        aside.rename(&folder.path().join("output")).unwrap();
        let names = fs::read_dir(folder.path()).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name());
        assert_eq!(names.collect::<Vec<_>>(), ["output"]);
    }
}
