//! Processes that this one has started, each with whatever it starts itself.

use std::collections::BTreeMap;
use std::ffi::c_int;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::Work;

/// The groups that run now, by their leader's id.
static GROUPS: Mutex<BTreeMap<u32, Kind>> = Mutex::new(BTreeMap::new());

/// Whether processes stay in the group of this one.
static TOGETHER: AtomicBool = AtomicBool::new(false);

/// Has the processes that this one starts stay in its own group: whoever ends that
/// ends all of them.
pub(crate) fn keep_together() {
    TOGETHER.store(true, Ordering::Relaxed);
}

fn are_together() -> bool {
    TOGETHER.load(Ordering::Relaxed)
}

/// What a group does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A tool, such as the C driver.
    Tool,
    /// This program, which ends processes of its own.
    Own,
    /// The same, and its first process ends all others when nobody listens any more:
    /// it must not be killed before them.
    Guarded,
}

/// A process and its descendants, until it was waited for.
#[derive(Debug)]
pub(crate) struct Group {
    id: u32,
    _work: Work,
}

impl Group {
    /// Starts a process in a group of its own.
    pub(crate) fn spawn(command: &mut Command, kind: Kind) -> std::io::Result<(Child, Self)> {
        let work = Work::begin();
        // A signal must find the process listed, or not started.
        let mut groups = groups();
        if super::received().is_some() {
            return Err(std::io::ErrorKind::Interrupted.into());
        }
        if !are_together() {
            command.process_group(0);
        }
        let child = command.spawn()?;
        groups.insert(child.id(), kind);
        let group = Self {
            id: child.id(),
            _work: work,
        };
        Ok((child, group))
    }

    /// Asks the process and its descendants to end.
    pub(crate) fn stop(&self) {
        end(self.id, Signal::TERM);
    }

    /// Has the process and its descendants go on, if somebody has stopped them.
    pub(crate) fn resume(&self) {
        signal(self.id, Signal::CONT);
    }

    /// Ends the process and its descendants at once.
    pub(crate) fn kill(&self) {
        signal(self.id, Signal::KILL);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        groups().remove(&self.id);
    }
}

/// Passes a signal on to every group. Gives how much patience they need:
/// processes of this program wait for others in turn.
pub(super) fn end_all(received: c_int) -> u32 {
    let groups = groups();
    for id in groups.keys() {
        if let Some(received) = Signal::from_named_raw(received) {
            end(*id, received);
        }
    }
    if groups.values().any(|kind| *kind != Kind::Tool) {
        2
    } else {
        1
    }
}

/// Ends every group at once, those that are guarded with this process.
pub(super) fn kill_all() {
    for (id, kind) in &*groups() {
        match kind {
            Kind::Guarded => signal(*id, Signal::CONT),
            Kind::Tool | Kind::Own => signal(*id, Signal::KILL),
        }
    }
}

fn groups() -> MutexGuard<'static, BTreeMap<u32, Kind>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks for an end. Whoever is stopped would not hear of it.
fn end(id: u32, received: Signal) {
    signal(id, received);
    signal(id, Signal::CONT);
}

fn signal(id: u32, signal: Signal) {
    let Some(id) = i32::try_from(id).ok().and_then(Pid::from_raw) else {
        return;
    };
    let sent = match are_together() {
        true => kill_process(id, signal),
        false => kill_process_group(id, signal),
    };
    if let Err(error) = sent {
        tracing::debug!(?id, "cannot be signalled: {error}");
    }
}
