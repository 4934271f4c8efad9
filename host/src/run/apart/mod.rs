//! Functions of a program, each called in a process of its own: whatever one of them
//! does to its process, the others have theirs.

mod fork;
mod function;
mod groups;
mod marks;
mod output;

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Signal;

use crate::child::{Ended, Ending};
use fork::{Forked, Pipes};
pub(crate) use function::{Function, load};
use groups::MOST;
use marks::Marks;
use output::Output;

/// Longest wait at a time, where the system tells that a process has ended.
const PAUSE: Duration = Duration::from_secs(1);
/// The same where it does not.
const SHORT_PAUSE: Duration = Duration::from_millis(5);

/// How functions are called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Most at a time.
    pub(crate) jobs: usize,
    /// Most time that one may take.
    pub(crate) timeout: Duration,
}

/// What is told of a call.
#[derive(Debug)]
pub(crate) enum Told {
    /// It begins.
    Begun,
    /// It has ended.
    Ended(Called),
}

/// A call that has ended.
#[derive(Debug)]
pub(crate) struct Called {
    /// Whether the function returned; if not, it ended its process.
    pub(crate) returned: bool,
    /// How the process ended, and what it wrote last.
    pub(crate) ended: Ended,
    /// How long it took.
    pub(crate) took: Duration,
}

/// Calls each function in a process of its own, which has no open file but its
/// standard streams; `private` is a file of this process that it must not have. Tells
/// of each by its place among the functions. The signals that end this process end all
/// of them from now on.
///
/// # Errors
/// What the system refuses, or whoever is told.
pub(crate) fn call_apart(
    functions: &[Function],
    limits: Limits,
    private: RawFd,
    mut tell: impl FnMut(usize, Told) -> io::Result<()>,
) -> io::Result<()> {
    let jobs = limits.jobs.clamp(1, MOST);
    let marks = Marks::new(functions.len())?;
    let null = File::open("/dev/null")?;
    groups::stop_with_this_process();
    let mut left = functions.iter().copied().enumerate();
    let mut calls = Vec::<Call>::new();
    loop {
        while calls.len() < jobs
            && let Some((index, function)) = left.next()
        {
            tell(index, Told::Begun)?;
            let mut others = vec![private, null.as_raw_fd()];
            others.extend(calls.iter().flat_map(Call::files));
            let done = || marks.set(index);
            let forked = fork::call(function, done, &null, &others)?;
            calls.push(Call::new(index, forked));
        }
        if calls.is_empty() {
            return Ok(());
        }
        wait(&calls, limits.timeout)?;
        let mut running = Vec::with_capacity(calls.len());
        for mut call in calls {
            match call.look(limits.timeout)? {
                None => running.push(call),
                Some(ending) => {
                    let index = call.index;
                    tell(index, Told::Ended(call.finish(ending, marks.is_set(index))))?;
                }
            }
        }
        calls = running;
    }
}

/// A call that goes on.
struct Call {
    index: usize,
    forked: Forked,
    stdout: Output,
    stderr: Output,
    since: Instant,
    is_late: bool,
}

impl Call {
    fn new(index: usize, (forked, pipes): (Forked, Pipes)) -> Self {
        Self {
            index,
            forked,
            stdout: Output::new(pipes.stdout),
            stderr: Output::new(pipes.stderr),
            since: Instant::now(),
            is_late: false,
        }
    }

    /// The files of this process that belong to it.
    fn files(&self) -> impl Iterator<Item = RawFd> {
        let end = self.forked.end().map(AsRawFd::as_raw_fd);
        let output = [self.stdout.file(), self.stderr.file()];
        let output = output.into_iter().flatten();
        end.into_iter().chain(output.map(|file| file.as_raw_fd()))
    }

    /// Takes what it has written, and ends it if it is late; how it ended, if it has.
    fn look(&mut self, timeout: Duration) -> io::Result<Option<Ending>> {
        self.stdout.take()?;
        self.stderr.take()?;
        if !self.is_late && self.since.elapsed() >= timeout {
            self.is_late = true;
            self.forked.signal(Signal::KILL);
        }
        let Some(ending) = self.forked.ended()? else {
            return Ok(None);
        };
        // What the process has written last, and those that it has left behind.
        self.stdout.take()?;
        self.stderr.take()?;
        Ok(Some(match self.is_late {
            true => Ending::TimedOut,
            false => ending,
        }))
    }

    fn finish(self, ending: Ending, returned: bool) -> Called {
        Called {
            returned: returned && ending == Ending::Exited(0),
            took: self.since.elapsed(),
            ended: Ended {
                ending,
                stdout: self.stdout.into_bytes(),
                stderr: self.stderr.into_bytes(),
            },
        }
    }
}

/// Waits until one of the calls writes, ends, or is late.
fn wait(calls: &[Call], timeout: Duration) -> io::Result<()> {
    let mut files = Vec::with_capacity(calls.len() * 3);
    let mut most = PAUSE;
    for call in calls {
        let output = [call.stdout.file(), call.stderr.file()];
        let output = output.into_iter().flatten();
        files.extend(output.map(|file| PollFd::from_borrowed_fd(file, PollFlags::IN)));
        match call.forked.end() {
            Some(end) => files.push(PollFd::from_borrowed_fd(end.as_fd(), PollFlags::IN)),
            None => most = most.min(SHORT_PAUSE),
        }
        if !call.is_late {
            most = most.min(timeout.saturating_sub(call.since.elapsed()));
        }
    }
    let most = Timespec {
        tv_sec: most.as_secs().cast_signed(),
        tv_nsec: most.subsec_nanos().into(),
    };
    match poll(&mut files, Some(&most)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
