//! One process at a time changes what is noted in a folder.

use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::signals;

/// How long one waits for the others.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long until one looks again.
const PAUSE: Duration = Duration::from_millis(20);

/// As long as it lives, nobody else has the turn in the folder.
#[derive(Debug)]
pub(crate) struct Turn {
    _folder: File,
}

impl Turn {
    /// Waits for the others.
    ///
    /// # Errors
    /// E4040 if there is no such folder, E5148 if the others take too long.
    pub(crate) fn take(folder: &Path) -> Result<Self, Diagnostic> {
        Self::take_within(folder, PATIENCE)
    }

    fn take_within(folder: &Path, patience: Duration) -> Result<Self, Diagnostic> {
        let failed = |error| unwritable(folder, &error);
        let file = File::open(folder).map_err(failed)?;
        let deadline = Instant::now() + patience;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _folder: file }),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) => signals::check()?,
            }
            if Instant::now() > deadline {
                let message = format!(
                    "another process has been changing `{}` for {} s",
                    folder.display(),
                    patience.as_secs()
                );
                return Err(Diagnostic::new(Code::E5148, message)
                    .path(folder.display().to_string())
                    .help("wait until it is done, or end it, and try again"));
            }
            thread::sleep(PAUSE);
        }
    }
}

/// E4040 for what cannot be written in a folder of plugins.
pub(super) fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    let message = format!("cannot write `{}`: {error}", path.display());
    Diagnostic::new(Code::E4040, message)
        .path(path.display().to_string())
        .help(match error.kind() {
            ErrorKind::StorageFull => "make room on the disk, and try again",
            _ => "make its folder writable; `XDG_DATA_HOME` moves the user's folder of plugins",
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_has_the_turn() {
        let folder = tempfile::tempdir().unwrap();
        let turn = Turn::take(folder.path()).unwrap();
        let refusal = Turn::take_within(folder.path(), Duration::ZERO).unwrap_err();
        assert_eq!(refusal.code, "E5148");
        drop(turn);
        Turn::take_within(folder.path(), Duration::ZERO).unwrap();
        let none = folder.path().join("none");
        assert_eq!(Turn::take(&none).unwrap_err().code, "E4040");
    }
}
