//! Other processes of this program: what they run may crash or never end
//! without taking this one along.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{Read, Seek};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use rustix::process::{Signal, getppid, set_parent_process_death_signal};

use crate::signals::{self, Group, Kind};

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It exited with this status.
    Exited(i32),
    /// This signal ended it.
    Killed(i32),
    /// It was stopped: it took longer than it may.
    TimedOut,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match *self {
            Self::Exited(status) => return write!(f, "exit status {status}"),
            Self::TimedOut => return f.write_str("no end in time"),
            Self::Killed(libc::SIGILL) => "SIGILL",
            Self::Killed(libc::SIGTRAP) => "SIGTRAP",
            Self::Killed(libc::SIGABRT) => "SIGABRT",
            Self::Killed(libc::SIGBUS) => "SIGBUS",
            Self::Killed(libc::SIGFPE) => "SIGFPE",
            Self::Killed(libc::SIGKILL) => "SIGKILL",
            Self::Killed(libc::SIGSEGV) => "SIGSEGV",
            Self::Killed(signal) => return write!(f, "signal {signal}"),
        };
        f.write_str(name)
    }
}

/// A process that has ended.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub ending: Ending,
    /// What it wrote to standard output, at most [`MOST_OUTPUT`] bytes.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error, at most [`MOST_OUTPUT`] bytes.
    pub stderr: Vec<u8>,
}

/// Most bytes of an output stream that are kept: 16 MiB.
pub const MOST_OUTPUT: u64 = 16 << 20;

/// Longest wait at a time, in seconds.
const LONGEST_WAIT: u64 = 3600;
/// Time between two looks at a process where the system tells no end.
const PAUSE: Duration = Duration::from_millis(5);

/// Runs this program with other arguments and waits for its end.
///
/// # Errors
/// E4040 if the process or the files for its output cannot be made, E4044 if
/// the user wants to stop.
pub fn run_self(
    arguments: impl IntoIterator<Item = OsString>,
    timeout: Duration,
) -> Result<Ended, Diagnostic> {
    let failed = |error: std::io::Error| {
        let message = format!("cannot start another process of beskid: {error}");
        Diagnostic::new(Code::E4040, message)
    };
    // Files, unlike pipes, are never full.
    let mut stdout = tempfile::tempfile().map_err(failed)?;
    let mut stderr = tempfile::tempfile().map_err(failed)?;
    let mut command = own_command().map_err(failed)?;
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(stdout.try_clone().map_err(failed)?)
        .stderr(stderr.try_clone().map_err(failed)?);
    signals::check()?;
    let (mut child, group) = Group::spawn(&mut command, Kind::Own).map_err(failed)?;
    let ending = match wait(&mut child, timeout).map_err(failed)? {
        Some(status) => ending(status),
        None => {
            group.kill();
            child.wait().map_err(failed)?;
            Ending::TimedOut
        }
    };
    drop(group);
    // What it was in the middle of says nothing.
    signals::check()?;
    Ok(Ended {
        ending,
        stdout: contents(&mut stdout).map_err(failed)?,
        stderr: contents(&mut stderr).map_err(failed)?,
    })
}

/// This program, to be started with other arguments: it ends with this process.
pub(crate) fn own_command() -> std::io::Result<Command> {
    let mut command = Command::new(own_file()?);
    command.args(["--parent", &std::process::id().to_string()]);
    Ok(command)
}

/// A file that is readable once a process has ended, where the system has that.
pub(crate) fn end_of(child: &Child) -> Option<OwnedFd> {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Pid, PidfdFlags, pidfd_open};
        pidfd_open(Pid::from_child(child), PidfdFlags::empty()).ok()
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = child;
        None
    }
}

/// Waits for the end of a process, at most so long. Nothing of it stays in this
/// process, which may become a program's: no handler and no open file.
pub(crate) fn wait(child: &mut Child, timeout: Duration) -> std::io::Result<Option<ExitStatus>> {
    let since = Instant::now();
    #[cfg(target_os = "linux")]
    let ends = end_of(child);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let Some(left) = timeout.checked_sub(since.elapsed()) else {
            return Ok(None);
        };
        #[cfg(target_os = "linux")]
        if let Some(ends) = &ends {
            use rustix::event::{PollFd, PollFlags, Timespec, poll};
            let most = Timespec {
                tv_sec: left.as_secs().min(LONGEST_WAIT).cast_signed(),
                tv_nsec: left.subsec_nanos().into(),
            };
            // A signal interrupts it, and then the process is looked at again.
            let _ = poll(&mut [PollFd::new(ends, PollFlags::IN)], Some(&most));
            continue;
        }
        thread::sleep(left.min(PAUSE));
    }
}

/// Runs a tool, without input, to its end. What it writes beyond [`MOST_OUTPUT`]
/// bytes of a stream is read and dropped.
pub(crate) fn run_tool(command: &mut Command) -> std::io::Result<Output> {
    tool(command, MOST_OUTPUT, Excess::Dropped)
}

/// Runs a tool for what it writes to standard output, of which there are to be this
/// many bytes at most. It is ended at once when it writes more, and one byte more is
/// given then.
pub(crate) fn ask_tool(command: &mut Command, most: usize) -> std::io::Result<Output> {
    tool(command, most as u64 + 1, Excess::Ends)
}

/// What becomes of a tool that writes more than is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Excess {
    Dropped,
    Ends,
}

fn tool(command: &mut Command, most: u64, excess: Excess) -> std::io::Result<Output> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let (mut child, group) = Group::spawn(command, Kind::Tool)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    // Both are read at once: a tool waits when one is full.
    let messages = thread::Builder::new().spawn(move || first(stderr, MOST_OUTPUT, || ()));
    let messages = messages.inspect_err(|_| group.kill());
    let output = first(stdout, most, || {
        if excess == Excess::Ends {
            group.kill();
        }
    });
    let status = child.wait()?;
    let messages = messages?.join();
    Ok(Output {
        status,
        stdout: output?,
        stderr: messages.unwrap_or_else(|_| Ok(Vec::new()))?,
    })
}

/// The first bytes of a stream, which is read to its end; says when there are so many.
fn first(stream: Option<impl Read>, most: u64, full: impl FnOnce()) -> std::io::Result<Vec<u8>> {
    let mut kept = Vec::new();
    let Some(mut stream) = stream else {
        return Ok(kept);
    };
    let read = stream.by_ref().take(most).read_to_end(&mut kept)?;
    if read as u64 == most {
        full();
        std::io::copy(&mut stream, &mut std::io::sink())?;
    }
    Ok(kept)
}

/// Has this process, which another one of this program has started, end with
/// that one, whatever ends it. `parent` is its id.
pub(crate) fn end_with_parent(parent: Option<u32>) {
    if let Err(error) = set_parent_process_death_signal(Some(Signal::TERM)) {
        tracing::debug!("cannot be tied to the parent: {error}");
    }
    let now = getppid().map(|id| id.as_raw_nonzero().get().unsigned_abs());
    // It may have ended before this process asked to be told.
    if parent.is_some_and(|parent| now != Some(parent)) {
        signals::end(libc::SIGTERM);
    }
}

/// The file of this program. Linux keeps it open, even if it was replaced or
/// deleted since.
fn own_file() -> std::io::Result<PathBuf> {
    let open = Path::new("/proc/self/exe");
    if cfg!(target_os = "linux") && open.exists() {
        return Ok(open.to_owned());
    }
    std::env::current_exe()
}

/// How a process ended.
pub(crate) fn ending(status: ExitStatus) -> Ending {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ending::Exited(code),
        (None, signal) => Ending::Killed(signal.unwrap_or_default()),
    }
}

fn contents(file: &mut File) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.take(MOST_OUTPUT).read_to_end(&mut bytes)?;
    Ok(bytes)
}
