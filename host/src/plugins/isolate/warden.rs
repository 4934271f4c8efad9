//! The process above a plugin's: whatever the plugin has started, in a session of its
//! own or with no parent left, comes to it, and ends when the plugin's process does, or
//! when nobody listens any more.

use std::ffi::CStr;
use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{
    Pid, PidfdFlags, Resource, Rlimit, Signal, WaitOptions, WaitStatus, getpid, getppid, getrlimit,
    kill_process, pidfd_open, set_child_subreaper, set_parent_process_death_signal, setrlimit,
    wait,
};
use rustix::stdio;

use crate::at_exit::end_now;

/// Longest time between two looks at what has ended.
const PAUSE: Duration = Duration::from_millis(500);
/// The same where the system does not tell that a process has ended.
const SHORT_PAUSE: Duration = Duration::from_millis(5);
/// How long what is killed may take to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// Parts this process in two: this call returns in a new one, which serves the plugin;
/// the old one stays above it, and ends as that one does.
///
/// # Errors
/// The system's refusal; if this process has several threads.
pub(crate) fn part() -> io::Result<()> {
    if fs::read_dir("/proc/self/task")?.count() != 1 {
        return Err(io::Error::other("it has threads already"));
    }
    let own = getpid();
    set_child_subreaper(Some(own))?;
    // SAFETY: this process has one thread, as was found above, so that nothing is held
    // by another one when it is copied.
    let id = unsafe { libc::fork() };
    match Pid::from_raw(id) {
        Some(_) if id < 0 => Err(io::Error::last_os_error()),
        Some(server) => Warden::new(server).watch(),
        None => {
            // Nothing may stay that nobody watches.
            set_parent_process_death_signal(Some(Signal::KILL))?;
            if getppid() != Some(own) {
                end_now(1);
            }
            name(c"plugin-server");
            Ok(())
        }
    }
}

/// Gives this process a name for lists of processes: whoever ends every `beskid` has
/// these end by themselves.
fn name(name: &CStr) {
    // SAFETY: the name ends with a NUL.
    unsafe { libc::prctl(libc::PR_SET_NAME, name.as_ptr()) };
}

struct Warden {
    server: Pid,
    /// Readable once the server has ended, where the system has that.
    end: Option<OwnedFd>,
}

impl Warden {
    fn new(server: Pid) -> Self {
        let end = pidfd_open(server, PidfdFlags::empty()).ok();
        Self { server, end }
    }

    fn watch(self) -> ! {
        // The signals are for the server, and this ends after it.
        for signal in [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM] {
            // SAFETY: nothing is called on the signal from now on.
            unsafe { libc::signal(signal, libc::SIG_IGN) };
        }
        name(c"plugin-warden");
        let own = Rlimit {
            current: Some(0),
            maximum: getrlimit(Resource::Core).maximum,
        };
        let _ = setrlimit(Resource::Core, own);
        // What the server closes is closed.
        let _ = stdio::dup2_stdin(stdio::stderr());
        let _ = stdio::dup2_stdout(stdio::stderr());
        let mut status = None;
        while status.is_none() && self.is_heard() {
            status = self.reap().unwrap_or(None);
        }
        self.clear();
        match status {
            Some(status) => end_as(status),
            None => end_now(0),
        }
    }

    /// Waits until the server has ended, or a while; says whether somebody still has the
    /// other end of the stream.
    fn is_heard(&self) -> bool {
        let pause = self.end.as_ref().map_or(SHORT_PAUSE, |_| PAUSE);
        let most = Timespec {
            tv_sec: 0,
            tv_nsec: pause.subsec_nanos().into(),
        };
        let stderr = stdio::stderr();
        let mut files = vec![PollFd::from_borrowed_fd(stderr, PollFlags::empty())];
        let end = self.end.as_ref();
        files.extend(end.map(|end| PollFd::from_borrowed_fd(end.as_fd(), PollFlags::IN)));
        let _ = poll(&mut files, Some(&most));
        let stream = files.first().map(PollFd::revents);
        !stream.is_some_and(|stream| stream.intersects(PollFlags::ERR | PollFlags::NVAL))
    }

    /// Lets what has ended go; how the server has ended, if it has. `Err`: there is
    /// nothing left.
    fn reap(&self) -> Result<Option<WaitStatus>, ()> {
        let mut found = None;
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((id, status))) if id == self.server => found = Some(status),
                Ok(Some(_)) | Err(rustix::io::Errno::INTR) => {}
                Ok(None) => return Ok(found),
                Err(_) => return found.map_or(Err(()), |found| Ok(Some(found))),
            }
        }
    }

    /// Ends all that is left. What a process leaves when it is killed comes here, and is
    /// killed in turn.
    fn clear(&self) {
        let since = Instant::now();
        while self.reap().is_ok() && since.elapsed() < PATIENCE {
            for id in children() {
                // What may not be killed belongs to another user.
                let _ = kill_process(id, Signal::KILL);
            }
            thread::sleep(Duration::from_micros(200));
        }
    }
}

/// The children of this process, which has one thread.
fn children() -> Vec<Pid> {
    let ids = fs::read_to_string("/proc/thread-self/children").unwrap_or_else(|_| by_parent());
    let ids = ids.split_ascii_whitespace();
    ids.filter_map(|id| Pid::from_raw(id.parse().ok()?))
        .collect()
}

/// The same, where the system does not list them.
fn by_parent() -> String {
    let own = std::process::id().to_string();
    let is_own = |id: &String| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        // The name before it may hold anything.
        let parent = stat
            .rsplit_once(')')
            .and_then(|(_, rest)| rest.split(' ').nth(2));
        parent == Some(own.as_str())
    };
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    let all = all.filter_map(|entry| entry.file_name().into_string().ok());
    let ids = all.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
    ids.filter(is_own).collect::<Vec<_>>().join(" ")
}

/// Ends this process in the way in which another one has ended.
fn end_as(status: WaitStatus) -> ! {
    if let Some(signal) = status.terminating_signal() {
        // SAFETY: nothing is called on the signal; it ends this process.
        unsafe {
            libc::signal(signal, libc::SIG_DFL);
            libc::raise(signal);
        }
    }
    let code = status.exit_status().unwrap_or(1);
    end_now(u8::try_from(code).unwrap_or(1))
}
