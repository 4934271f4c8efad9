//! While a plugin is at work in this process, what it prints is no part of the output:
//! standard output is standard error.

use std::io::Write;
use std::os::fd::OwnedFd;
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::io::fcntl_dupfd_cloexec;
use rustix::stdio;

/// Least number of the file that is kept: the low ones are the plugin's.
const LEAST: i32 = 100;

/// How many plugins are at work, and standard output as it was.
static DIVERTED: Mutex<(usize, Option<OwnedFd>)> = Mutex::new((0, None));

/// Standard output is standard error as long as a value of this type lives, where both
/// are open.
#[derive(Debug)]
pub(super) struct Diverted(());

impl Diverted {
    pub(super) fn begin() -> Self {
        let mut diverted = diverted();
        diverted.0 += 1;
        if diverted.0 == 1 {
            flush();
            let kept = fcntl_dupfd_cloexec(stdio::stdout(), LEAST).ok();
            diverted.1 = kept.filter(|_| stdio::dup2_stdout(stdio::stderr()).is_ok());
        }
        Self(())
    }
}

impl Drop for Diverted {
    fn drop(&mut self) {
        let mut diverted = diverted();
        diverted.0 -= 1;
        if diverted.0 == 0
            && let Some(kept) = diverted.1.take()
        {
            flush();
            if let Err(error) = stdio::dup2_stdout(kept) {
                tracing::debug!("standard output is lost: {error}");
            }
        }
    }
}

/// What is waiting to be written to standard output goes where it was to go; whoever
/// cannot write it says so when it writes the rest.
pub(crate) fn flush() {
    let _ = std::io::stdout().flush();
    // SAFETY: a null stream stands for all of them.
    unsafe { libc::fflush(ptr::null_mut()) };
}

fn diverted() -> MutexGuard<'static, (usize, Option<OwnedFd>)> {
    DIVERTED.lock().unwrap_or_else(PoisonError::into_inner)
}
