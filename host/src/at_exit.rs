//! Plugins and libraries may call `exit`, after which no value is dropped.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// The process that asked; its children are given a copy of the request.
static OWNER: OnceLock<u32> = OnceLock::new();

/// What is called, the last one first.
static CALLS: Mutex<Vec<fn()>> = Mutex::new(Vec::new());

/// Has this called, once, when this process calls `exit` or its `main` returns.
pub(crate) fn at_exit(call: fn()) {
    let mut calls = calls();
    if calls
        .iter()
        .all(|other| !std::ptr::fn_addr_eq(*other, call))
    {
        calls.push(call);
    }
    drop(calls);
    OWNER.get_or_init(|| {
        // SAFETY: `run` takes and returns nothing, never unwinds, and is there
        // until the process ends, since the host is no library that is
        // unloaded.
        let refused = unsafe { libc::atexit(run) } != 0;
        if refused {
            tracing::debug!("the C library has no room for another exit handler");
        }
        std::process::id()
    });
}

/// Ends the process at once, in the middle of `exit`.
pub(crate) fn end_now(status: u8) -> ! {
    // SAFETY: nothing of this process runs any more, so nothing can rely on
    // what is not done.
    unsafe { libc::_exit(status.into()) }
}

extern "C" fn run() {
    if OWNER.get() != Some(&std::process::id()) {
        return;
    }
    let calls = calls().clone();
    for call in calls.iter().rev() {
        call();
    }
}

fn calls() -> MutexGuard<'static, Vec<fn()>> {
    CALLS.lock().unwrap_or_else(PoisonError::into_inner)
}
