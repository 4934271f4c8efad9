//! A process that calls one function.

use std::fs::File;
use std::io::{self, PipeReader};
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};

use rustix::io::ioctl_fionbio;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitOptions, getpid, getppid, kill_process_group, setpgid,
    waitid, waitpid,
};
use rustix::stdio;

use super::super::process::take_back;
use super::function::Function;
use super::groups::{Listed, Quiet};
use crate::at_exit::end_now;
use crate::child::Ending;

/// A process that was started by [`call`], until it has ended.
pub(super) struct Forked {
    id: Pid,
    /// Readable once it has ended, where the system has that.
    end: Option<OwnedFd>,
    _listed: Listed,
}

/// What such a process writes.
pub(super) struct Pipes {
    pub(super) stdout: PipeReader,
    pub(super) stderr: PipeReader,
}

/// Calls a function in a new process, the leader of a group of its own, and `done`
/// there when it has returned. `others` are files that the new process must not have.
///
/// # Errors
/// The system's refusal.
pub(super) fn call(
    function: Function,
    done: impl FnOnce(),
    null: &File,
    others: &[RawFd],
) -> io::Result<(Forked, Pipes)> {
    let (stdout, to_stdout) = io::pipe()?;
    let (stderr, to_stderr) = io::pipe()?;
    for reader in [&stdout, &stderr] {
        ioctl_fionbio(reader, true)?;
    }
    let own = getpid();
    let quiet = Quiet::new();
    // SAFETY: no thread of the host runs any more when a program has this process, so
    // that nothing is held by another one when it is copied; what threads a plugin or a
    // foreign library keeps hold, the new process must do without, as after any `fork`.
    let id = unsafe { libc::fork() };
    if id == 0 {
        let _ = setpgid(None, None);
        die_with(own);
        let _ = stdio::dup2_stdin(null);
        let _ = stdio::dup2_stdout(&to_stdout);
        let _ = stdio::dup2_stderr(&to_stderr);
        let pipes = [
            stdout.as_fd(),
            stderr.as_fd(),
            to_stdout.as_fd(),
            to_stderr.as_fd(),
        ];
        let pipes = pipes.map(|pipe| pipe.as_raw_fd());
        for file in others.iter().chain(&pipes) {
            // SAFETY: whoever owns it is in this process too, and never comes to it, since
            // the process ends below.
            unsafe { libc::close(*file) };
        }
        quiet.give();
        function.call();
        take_back();
        done();
        end_now(0);
    }
    let id = Pid::from_raw(id.max(0)).ok_or_else(io::Error::last_os_error)?;
    // Whoever comes first; the other one finds it done.
    let _ = setpgid(Some(id), Some(id));
    let listed = Listed::new(id.as_raw_nonzero().get());
    drop(quiet);
    let forked = Forked {
        id,
        end: end_of(id),
        _listed: listed,
    };
    Ok((forked, Pipes { stdout, stderr }))
}

/// Has this process end with the one that has started it, where the system can.
fn die_with(parent: Pid) {
    #[cfg(target_os = "linux")]
    {
        let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
    }
    // It may have ended before this process asked to be told.
    if getppid() != Some(parent) {
        end_now(1);
    }
}

fn end_of(id: Pid) -> Option<OwnedFd> {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{PidfdFlags, pidfd_open};
        pidfd_open(id, PidfdFlags::empty()).ok()
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = id;
        None
    }
}

impl Forked {
    /// What is readable once it has ended, where the system has that.
    pub(super) fn end(&self) -> Option<&OwnedFd> {
        self.end.as_ref()
    }

    /// Sends a signal to it and to what it has started.
    pub(super) fn signal(&self, signal: Signal) {
        if let Err(error) = kill_process_group(self.id, signal) {
            tracing::debug!(id = ?self.id, "cannot be signalled: {error}");
        }
    }

    /// How it has ended, if it has; what it has started ends then too. Asked no more
    /// after that.
    pub(super) fn ended(&self) -> io::Result<Option<Ending>> {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        if waitid(WaitId::Pid(self.id), look)?.is_none() {
            return Ok(None);
        }
        // Its id is still its own, and so the group's.
        self.signal(Signal::KILL);
        let Some((_, status)) = waitpid(Some(self.id), WaitOptions::empty())? else {
            return Ok(None);
        };
        Ok(Some(
            match (status.exit_status(), status.terminating_signal()) {
                (Some(status), _) => Ending::Exited(status),
                (None, signal) => Ending::Killed(signal.unwrap_or_default()),
            },
        ))
    }
}
