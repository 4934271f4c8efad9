//! The process of one plugin, as this one sees it.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Child;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use beskid_plugin_api::abi::HostServices;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::services::Level;

use super::super::at_work::Task;
use super::super::services::PluginServices;
use super::fault::{Fault, Kind};
use super::frame::Lengths;
use super::limits::Limits;
use super::message::{Answer, Call, Said};
use super::wire::{Silence, Wire};
use crate::child::{Ending, end_of, ending, own_command, wait};
use crate::signals::{self, Group};

/// How long a process may take to end once it has closed the socket.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long one may take that is asked to end: tools that it has started end first,
/// and its temporary files go.
const GRACE: Duration = Duration::from_secs(3);
/// Most messages for the log that are passed on for one request.
const MOST_MESSAGES: usize = 1000;

/// The processes that may be running.
static ALL: Mutex<Vec<Weak<Process>>> = Mutex::new(Vec::new());

/// What a process is started with.
#[derive(Debug, Clone, Copy)]
pub(in crate::plugins) struct Start<'s> {
    /// Arguments of this program.
    pub(in crate::plugins) arguments: &'s [OsString],
    /// The plugin.
    pub(in crate::plugins) id: &'s str,
    /// Where it comes from, for messages.
    pub(in crate::plugins) path: &'s Path,
    /// Its sealed bytes.
    pub(in crate::plugins) bytes: &'s File,
    /// Libraries that it may need.
    pub(in crate::plugins) libraries: &'s [String],
    /// What it may take.
    pub(in crate::plugins) limits: Limits,
}

/// Why there is no answer.
#[derive(Debug)]
pub(in crate::plugins) enum Failure {
    /// This says why.
    Told(Diagnostic),
    /// The process has failed.
    Fault(Fault),
}

/// The process of a plugin. It ends at the latest with this value.
#[derive(Debug)]
pub(in crate::plugins) struct Process {
    id: String,
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    Running(Box<Running>),
    Over(Fault),
}

#[derive(Debug)]
struct Running {
    child: Child,
    group: Group,
    /// `None` once nobody listens any more.
    wire: Option<Wire>,
}

impl Process {
    /// Starts it. It loads nothing before it is asked to.
    ///
    /// # Errors
    /// E4040 if it cannot be started, E4044 if the user wants to stop.
    pub(in crate::plugins) fn start(start: Start<'_>) -> Result<Arc<Self>, Diagnostic> {
        signals::check()?;
        let running = Running::start(start).map_err(|error| {
            let message = format!("cannot start another process of beskid: {error}");
            Diagnostic::new(Code::E4040, message)
        })?;
        let process = Arc::new(Self {
            id: start.id.to_owned(),
            limits: start.limits,
            state: Mutex::new(State::Running(Box::new(running))),
        });
        all().push(Arc::downgrade(&process));
        Ok(process)
    }

    /// Asks for something, and waits for the answer.
    ///
    /// # Errors
    /// What the plugin says; how the process has failed, now or before.
    pub(in crate::plugins) fn call(
        &self,
        task: Task,
        call: &Call,
        bytes: &[u8],
    ) -> Result<(Answer, Vec<u8>), Failure> {
        let mut state = self.state();
        let running = match &mut *state {
            State::Running(running) => running,
            State::Over(fault) => return Err(Failure::Fault(fault.clone())),
        };
        let time = self.limits.time(task);
        let silence = match running.call(call, bytes, Instant::now() + time) {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(diagnostic)) => return Err(Failure::Told(diagnostic)),
            Err(silence) => silence,
        };
        let (kind, said) = running.end(silence, time);
        let fault = Fault {
            kind,
            said,
            memory: self.limits.memory,
        };
        *state = State::Over(fault.clone());
        // What it was in the middle of says nothing.
        signals::check().map_err(Failure::Told)?;
        Err(Failure::Fault(fault))
    }

    /// The same, with the failure as an error that names the plugin and the task.
    ///
    /// # Errors
    /// What the plugin says; E5162 to E5164.
    pub(in crate::plugins) fn ask(
        &self,
        task: Task,
        call: &Call,
        bytes: &[u8],
    ) -> Result<(Answer, Vec<u8>), Diagnostic> {
        self.call(task, call, bytes)
            .map_err(|failure| match failure {
                Failure::Told(diagnostic) => diagnostic,
                Failure::Fault(fault) => fault.at_work(&self.id, task),
            })
    }

    /// E5164: it answered another question.
    pub(in crate::plugins) fn rubbish(&self, task: Task) -> Diagnostic {
        let fault = Fault {
            kind: Kind::Rubbish,
            said: None,
            memory: self.limits.memory,
        };
        fault.at_work(&self.id, task)
    }

    /// Ends the process.
    fn end(&self) {
        let mut state = self.state();
        if let State::Running(running) = &mut *state {
            running.kill();
            *state = State::Over(Fault {
                kind: Kind::Ended(Ending::Killed(libc::SIGKILL)),
                said: None,
                memory: self.limits.memory,
            });
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// A severity by the interface's number.
const fn severity(level: u8) -> Level {
    match level {
        0 | 1 => Level::Error,
        2 => Level::Warn,
        3 => Level::Info,
        _ => Level::Debug,
    }
}

/// Ends the processes of all plugins: this one is about to become a program's.
pub(crate) fn end_all() {
    let all = std::mem::take(&mut *all());
    for process in all.iter().filter_map(Weak::upgrade) {
        process.end();
    }
}

fn all() -> MutexGuard<'static, Vec<Weak<Process>>> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Running {
    fn start(start: Start<'_>) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        let (streams, into) = io::pipe()?;
        let mut command = own_command()?;
        command.args(start.arguments);
        command.args([
            "--memory",
            &start.limits.memory.to_string(),
            "--id",
            start.id,
        ]);
        for library in start.libraries {
            command.args(["--library", library]);
        }
        command
            .arg("--")
            .arg(start.path)
            .stdin(start.bytes.try_clone()?)
            .stdout(OwnedFd::from(theirs))
            .stderr(into);
        let (child, group) = Group::spawn(&mut command, signals::Kind::Guarded)?;
        // Its ends of socket and pipe are in the command.
        drop(command);
        let end = end_of(&child);
        let wire = Some(Wire::new(ours, streams, end)?);
        Ok(Self { child, group, wire })
    }

    fn call(
        &mut self,
        call: &Call,
        bytes: &[u8],
        deadline: Instant,
    ) -> Result<Result<(Answer, Vec<u8>), Diagnostic>, Silence> {
        let message = serde_json::to_vec(call).map_err(|_| Silence::Rubbish)?;
        let head = Lengths::written(&message, bytes).ok_or(Silence::Rubbish)?;
        let wire = self.wire.as_mut().ok_or(Silence::Over)?;
        for part in [&head, message.as_slice(), bytes] {
            wire.send(part, deadline)?;
        }
        let mut messages = 0;
        loop {
            let (message, bytes) = wire.receive(deadline)?;
            let said = serde_json::from_slice(&message).map_err(|_| Silence::Rubbish)?;
            match said {
                Said::Answer(answer) => return Ok(answer.map(|answer| (answer, bytes))),
                Said::Log(level, text) => {
                    messages += 1;
                    if messages <= MOST_MESSAGES {
                        PluginServices::log(severity(level), &text);
                    }
                }
            }
        }
    }

    /// Ends the process after a silence, and says what that was, and what the process
    /// said last.
    fn end(&mut self, silence: Silence, time: Duration) -> (Kind, Option<String>) {
        let ended = match silence {
            Silence::Over => wait(&mut self.child, PATIENCE).ok().flatten(),
            Silence::Late | Silence::Rubbish => {
                self.group.stop();
                // Whoever does not is killed.
                let _ = wait(&mut self.child, GRACE);
                None
            }
        };
        let said = self.wire.as_mut().map(Wire::said);
        let said = said.and_then(Fault::last_line);
        self.kill();
        let kind = match (silence, ended) {
            (_, Some(status)) => Kind::Ended(ending(status)),
            (Silence::Late, None) => Kind::TimedOut(time),
            (Silence::Over | Silence::Rubbish, None) => Kind::Rubbish,
        };
        (kind, said)
    }

    /// Ends the process and whatever it has started: the first of its processes does
    /// so when nobody listens.
    fn kill(&mut self) {
        self.wire = None;
        self.group.resume();
        let ended = match cfg!(target_os = "linux") {
            true => wait(&mut self.child, GRACE).ok().flatten(),
            false => None,
        };
        // If somebody has killed that one, the rest of its group is there yet.
        if ended.is_none_or(|status| status.signal() == Some(libc::SIGKILL)) {
            self.group.kill();
        }
        if let Err(error) = self.child.wait() {
            tracing::debug!("cannot be waited for: {error}");
        }
    }
}
