//! An engine: a process that is asked, and that is started again when it has ended.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::time::{Duration, Instant};

use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::outcome::Outcome;
use super::wire::{Answer, is_end, receive, send};
use crate::child::{Ended, MOST_OUTPUT, ending, own_command, wait};
use crate::end::End;
use crate::signals::{self, Group, Kind};

/// How many artifacts one process takes: what it keeps of each adds up.
const MOST_TAKEN: u32 = 1000;
/// The longest time that is waited for an answer, a year: the clock has an end.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// An engine of a hunt.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) name: String,
    /// Arguments of this program that make it the engine's process.
    arguments: Vec<OsString>,
    /// Most time that one artifact may take.
    pub(super) timeout: Duration,
    running: Option<Running>,
    deadline: Instant,
}

#[derive(Debug)]
struct Running {
    child: Child,
    group: Group,
    stream: UnixStream,
    stderr: File,
    taken: u32,
}

impl Engine {
    pub(super) fn new(name: &str, arguments: Vec<OsString>, timeout: Duration) -> Self {
        Self {
            name: name.to_owned(),
            arguments,
            timeout: timeout.min(LONGEST),
            running: None,
            deadline: Instant::now(),
        }
    }

    /// Gives it an artifact; [`Self::outcome`] must follow.
    ///
    /// # Errors
    /// E4040 if its process cannot be started, E4044 if the user wants to stop.
    pub(super) fn give(&mut self, artifact: &CodegenArtifact) -> Result<(), Diagnostic> {
        signals::check()?;
        if self
            .running
            .as_ref()
            .is_some_and(|running| running.taken >= MOST_TAKEN)
        {
            self.running = None;
        }
        let running = match &mut self.running {
            Some(running) => running,
            none => none.insert(Running::start(&self.arguments).map_err(failed)?),
        };
        running.taken += 1;
        self.deadline = Instant::now() + self.timeout;
        running.limit(self.timeout).map_err(failed)?;
        match send(&mut running.stream, artifact.bytes()) {
            Ok(()) => Ok(()),
            // What became of it is asked for next.
            Err(error) if is_end(&error) || is_late(&error) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    /// What it made of the artifact that it was given.
    ///
    /// # Errors
    /// E4040 if the machine fails, not the engine; E4044 if the user wants to stop.
    pub(super) fn outcome(&mut self) -> Result<Outcome, Diagnostic> {
        let Some(mut running) = self.running.take() else {
            return Err(failed(io::ErrorKind::NotConnected.into()));
        };
        let left = self.deadline.saturating_duration_since(Instant::now());
        running.limit(left).map_err(failed)?;
        let answer = match receive(&mut running.stream) {
            Ok(Some(message)) => serde_json::from_slice::<Answer>(&message).ok(),
            Ok(None) => None,
            Err(error) if is_late(&error) => {
                running.kill();
                signals::check()?;
                return Ok(Outcome::Ended(End::TimedOut));
            }
            Err(error) => return Err(failed(error)),
        };
        let Some(answer) = answer else {
            let end = running.end(self.timeout).map_err(failed)?;
            // What it was in the middle of says nothing.
            signals::check()?;
            return Ok(Outcome::of(end));
        };
        self.running = Some(running);
        match answer {
            Answer::Returned(result) => Ok(Outcome::Returned(result)),
            Answer::Trapped => Ok(Outcome::Trapped),
            Answer::GaveUp(reason) => Ok(Outcome::GaveUp(reason)),
            // These are of the machine, and of the user.
            Answer::Refused(diagnostic)
                if [Code::E4040, Code::E4044].contains(&diagnostic.code) =>
            {
                Err(diagnostic)
            }
            Answer::Refused(diagnostic) => Ok(Outcome::Refused(diagnostic)),
        }
    }

    /// Ends its process: the next artifact gets a new one.
    pub(super) fn renew(&mut self) {
        self.running = None;
    }
}

impl Running {
    fn start(arguments: &[OsString]) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        let stderr = tempfile::tempfile()?;
        let mut command = own_command()?;
        command
            .args(arguments)
            .stdin(OwnedFd::from(theirs))
            .stdout(stderr.try_clone()?)
            .stderr(stderr.try_clone()?);
        let (child, group) = Group::spawn(&mut command, Kind::Own)?;
        // The other end of the socket is in the command.
        drop(command);
        Ok(Self {
            child,
            group,
            stream: ours,
            stderr,
            taken: 0,
        })
    }

    fn limit(&self, time: Duration) -> io::Result<()> {
        let time = Some(time.max(Duration::from_millis(1)));
        self.stream.set_read_timeout(time)?;
        self.stream.set_write_timeout(time)
    }

    /// How the process ended, which has closed its socket, and may take this long to be
    /// gone: the system may be writing its memory to a file.
    fn end(&mut self, patience: Duration) -> io::Result<End> {
        let Some(status) = wait(&mut self.child, patience)? else {
            self.kill();
            return Ok(End::TimedOut);
        };
        let mut stderr = Vec::new();
        self.stderr.rewind()?;
        (&self.stderr).take(MOST_OUTPUT).read_to_end(&mut stderr)?;
        let ended = Ended {
            ending: ending(status),
            stdout: Vec::new(),
            stderr,
        };
        Ok(End::of(&ended).0)
    }

    fn kill(&mut self) {
        self.group.kill();
        if let Err(error) = self.child.wait() {
            tracing::debug!("cannot be waited for: {error}");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

fn is_late(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

fn failed(error: io::Error) -> Diagnostic {
    let message = format!("cannot speak with another process of beskid: {error}");
    Diagnostic::new(Code::E4040, message)
}
