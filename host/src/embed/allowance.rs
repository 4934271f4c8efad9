//! What calls of a program may have of the collector's memory.

use std::cell::UnsafeCell;

use beskid_plugin_api::runtime_abi::GcLimit;

use super::boundary;
use super::trap::{Trap, TrapKind};

/// The function of a runtime by which a thread has a limit: `gc_limit`.
pub(super) type Exchange = unsafe extern "C" fn(*mut GcLimit);

/// That of the runtime in this process.
///
/// # Safety
/// As for `gc_limit`.
pub(super) unsafe extern "C" fn of_process(limit: *mut GcLimit) {
    // SAFETY: the caller's promise; both are laid out by the same declaration.
    unsafe { beskid_runtime::gc_limit(limit.cast()) };
}

/// A limit that holds while the program runs, and not in its host functions.
pub(super) struct Allowance {
    most: usize,
    exchange: Exchange,
    /// While it holds, what the thread had before; else how much of it is gone.
    other: UnsafeCell<GcLimit>,
}

impl Allowance {
    pub(super) const fn new(most: usize, exchange: Exchange) -> Self {
        let other = UnsafeCell::new(limit(most));
        Self {
            most,
            exchange,
            other,
        }
    }

    /// All of it is there again: no call goes on.
    pub(super) fn renew(&self) {
        // SAFETY: the thread that has the program is the only one here.
        unsafe { *self.other.get() = limit(self.most) };
    }

    /// Has it hold from now on, or no more if it does.
    pub(super) fn exchange(&self) {
        // SAFETY: a limit is there, of this thread alone, whose function stays.
        unsafe { (self.exchange)(self.other.get()) };
    }
}

const fn limit(most: usize) -> GcLimit {
    GcLimit {
        most,
        given: 0,
        over: over as *const (),
    }
}

/// Called where the program wants more than it may have.
unsafe extern "C" fn over() {
    let message = "the call has more memory than it may";
    // SAFETY: the runtime holds nothing, and `leave` has nothing to destroy here.
    unsafe { boundary::leave(|_| Trap::new(TrapKind::MemoryLimit, message)) };
}
