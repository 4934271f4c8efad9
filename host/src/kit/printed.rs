//! What is written to standard output and standard error meanwhile.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::fd::OwnedFd;

use rustix::io::fcntl_dupfd_cloexec;
use rustix::stdio;
use tracing::subscriber::{NoSubscriber, with_default};

use super::outcome::{Finding, holds};
use crate::plugins::flush;

/// Least number of the files that are kept: the low ones are the plugin's.
const LEAST: i32 = 100;
/// Most of it that is read, in bytes.
const MOST: u64 = 1 << 16;
/// Most characters of it in a finding.
const SHOWN: usize = 200;

/// Standard output and standard error as they were, which they are again in the end.
struct Kept {
    stdout: OwnedFd,
    stderr: OwnedFd,
}

impl Kept {
    /// Has both go to a file.
    fn diverted(to: &File) -> io::Result<Self> {
        flush();
        let kept = Self {
            stdout: fcntl_dupfd_cloexec(stdio::stdout(), LEAST)?,
            stderr: fcntl_dupfd_cloexec(stdio::stderr(), LEAST)?,
        };
        stdio::dup2_stdout(to)?;
        stdio::dup2_stderr(to)?;
        Ok(kept)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        flush();
        let back = stdio::dup2_stderr(&self.stderr).and_then(|()| stdio::dup2_stdout(&self.stdout));
        if let Err(error) = back {
            tracing::warn!("standard output is lost: {error}");
        }
    }
}

/// Has a plugin do something, during which it must print nothing; what the host says
/// then is said to nobody.
///
/// # Errors
/// What it does wrong otherwise; a finding with what it printed.
pub(super) fn in_silence<T>(work: impl FnOnce() -> Result<T, Finding>) -> Result<T, Finding> {
    let own = |error: io::Error| Finding::new("a file for what is printed", error.to_string());
    let mut file = tempfile::tempfile().map_err(own)?;
    let kept = Kept::diverted(&file).map_err(own)?;
    let done = with_default(NoSubscriber::default(), work);
    drop(kept);
    let mut printed = Vec::new();
    file.rewind().map_err(own)?;
    file.take(MOST).read_to_end(&mut printed).map_err(own)?;
    let done = done?;
    let text = String::from_utf8_lossy(&printed);
    let text = text.chars().take(SHOWN).collect::<String>();
    holds(
        printed.is_empty(),
        "nothing on standard output and standard error, which are the program's and the user's",
        format!("{text:?}"),
    )?;
    Ok(done)
}
