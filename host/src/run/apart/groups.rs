//! The processes of calls, each with whatever it starts: they end when a signal ends
//! this process.

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};

use super::super::process;

/// Most groups at a time.
pub(super) const MOST: usize = 256;

/// Their leaders' ids; 0 where there is none.
static GROUPS: [AtomicI32; MOST] = [const { AtomicI32::new(0) }; MOST];

/// The signals that end this process.
const ENDS: [c_int; 4] = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM];

/// Has the signals that end this process end all groups from now on. Those that are
/// ignored stay so.
pub(super) fn stop_with_this_process() {
    for signal in ENDS {
        let ignored =
            process::action(signal).is_none_or(|action| action.sa_sigaction == libc::SIG_IGN);
        if !ignored {
            process::set(signal, stop as *const () as usize);
        }
    }
}

extern "C" fn stop(signal: c_int) {
    for group in &GROUPS {
        let id = group.load(Ordering::Relaxed);
        if id > 0 {
            // SAFETY: sends a signal, which a handler may do.
            unsafe { libc::kill(-id, libc::SIGKILL) };
        }
    }
    process::set(signal, libc::SIG_DFL);
    // SAFETY: the signal is blocked until the handler returns, and then ends the process.
    unsafe { libc::raise(signal) };
}

/// No signal of [`ENDS`] comes to this process as long as this value lives.
pub(super) struct Quiet {
    before: libc::sigset_t,
}

impl Quiet {
    /// From now on.
    pub(super) fn new() -> Self {
        let mut ends = MaybeUninit::<libc::sigset_t>::uninit();
        let mut before = MaybeUninit::<libc::sigset_t>::zeroed();
        // SAFETY: the sets are ours, and each is written before it is read; a set of all
        // zeroes is one too, if the last call should fail.
        unsafe {
            libc::sigemptyset(ends.as_mut_ptr());
            for signal in ENDS {
                libc::sigaddset(ends.as_mut_ptr(), signal);
            }
            libc::pthread_sigmask(libc::SIG_BLOCK, ends.as_ptr(), before.as_mut_ptr());
            Self {
                before: before.assume_init(),
            }
        }
    }

    /// Gives this process, a new one, the signals as a program has them when it starts.
    pub(super) fn give(self) {
        for signal in ENDS {
            let own = stop as *const () as usize;
            if process::action(signal).is_some_and(|action| action.sa_sigaction == own) {
                process::set(signal, libc::SIG_DFL);
            }
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // SAFETY: the set was written by the system.
        unsafe {
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.before, ptr::null_mut())
        };
    }
}

/// A group among those that end with this process, for as long as this value lives.
pub(super) struct Listed(Option<usize>);

impl Listed {
    /// The group of this leader.
    pub(super) fn new(id: i32) -> Self {
        let free = |group: &AtomicI32| {
            let taken = group.compare_exchange(0, id, Ordering::Relaxed, Ordering::Relaxed);
            taken.is_ok()
        };
        Self(GROUPS.iter().position(free))
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        if let Some(place) = self.0 {
            GROUPS[place].store(0, Ordering::Relaxed);
        }
    }
}
