//! A program in memory, and the one way by which its functions are called.

use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::time::Duration;

use beskid_plugin_api::artifact::Outline;

use super::allowance::{Allowance, Exchange};
use super::backtrace;
use super::boundary::{self, Boundary, Left};
use super::code::Code;
use super::deadline::{Clock, Deadline};
use super::handler_stack;
use super::interrupt::Flag;
use super::params::{Params, Results};
use super::trap::{Trap, TrapKind};

/// A program in memory.
pub(super) struct Program {
    /// What it is, without its functions.
    pub(super) outline: Outline,
    pub(super) code: ManuallyDrop<Code>,
    /// Whether its code stays to the end of the process, for its addresses may be known.
    pub(super) is_kept: bool,
    pub(super) route: Route,
    /// Whether faults leave calls of it too, whose handler needs a stack.
    pub(super) catches_faults: bool,
    /// How calls of it are left.
    pub(super) boundary: Boundary,
    /// Its collector, if it has one.
    pub(super) collector: Option<Collector>,
    /// What its calls may have of that, if they may not have all.
    pub(super) allowance: Option<Allowance>,
    /// How calls of it are ended from outside, if they can be.
    pub(super) stop: Option<Stop>,
    /// The table of its seam; null if it has none.
    pub(super) table: *mut u64,
    /// The first of its words with the addresses of exported data.
    pub(super) data: usize,
    /// Whether a host function has the state of the instance now.
    pub(super) is_lent: Cell<bool>,
}

/// How calls of a program from outside are made: what is known of it when a function of it
/// is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// As calls of C: they cannot be left, and come to no host function.
    Direct,
    /// So that they can be left.
    Guarded,
    /// So, and with something that is to be done before and after each.
    Watched,
}

/// The functions of a runtime by which calls are left that are inside its collector:
/// `gc_save` and `gc_restore`; and the one by which they are limited, `gc_limit`.
#[derive(Clone, Copy)]
pub(super) struct Collector {
    pub(super) save: unsafe extern "C" fn(*mut usize),
    pub(super) restore: unsafe extern "C" fn(*const usize),
    pub(super) limit: Exchange,
}

/// How calls are ended from outside.
pub(super) struct Stop {
    pub(super) flag: Arc<Flag>,
    pub(super) clock: Arc<Clock>,
    /// What each call from outside may take.
    pub(super) deadline: Option<Duration>,
}

// SAFETY: the table is the program's own, and moves to other threads with it.
unsafe impl Send for Program {}

impl Program {
    /// Calls a function from outside.
    ///
    /// # Errors
    /// How the call ended, if it did not return.
    ///
    /// # Safety
    /// `code` is a function of this program that takes and returns these types, and the
    /// route is the program's. This thread has been [prepared](Program::prepare).
    #[inline]
    pub(super) unsafe fn call<P: Params, R: Results>(
        &self,
        route: Route,
        code: *const u8,
        params: P,
    ) -> Result<R, Trap> {
        if route == Route::Direct {
            // SAFETY: the caller's promise.
            return Ok(R::from_raw(unsafe { params.call::<R>(code) }));
        }
        if route == Route::Guarded {
            // SAFETY: the caller's promise.
            let call = |landing| unsafe { params.enter::<R>(code, landing) };
            if let Some(result) = self.boundary.call_outermost(call) {
                return match self.boundary.is_left() {
                    false => Ok(R::from_raw(result)),
                    // No call around this one went on: the thread was nowhere inside.
                    true => Err(self.ended(&[0, 0], false)),
                };
            }
        }
        // SAFETY: the caller's promise.
        unsafe { self.call_watched(code, params) }
    }

    /// Calls a function from outside, perhaps within calls of other programs.
    ///
    /// # Errors
    /// How the call ended, if it did not return.
    ///
    /// # Safety
    /// As for [`Program::call`].
    #[cold]
    #[inline(never)]
    unsafe fn call_watched<P: Params, R: Results>(
        &self,
        code: *const u8,
        params: P,
    ) -> Result<R, Trap> {
        if self.is_lent.get() {
            let message = "a host function is at work, which calls the instance by its `Caller`";
            return Err(Trap::new(TrapKind::Busy, message));
        }
        let limit = self.stop.as_ref().and_then(|stop| stop.deadline);
        let _deadline = limit.map(|limit| self.arm(limit));
        // SAFETY: the caller's promise.
        unsafe { self.call_within(code, params) }
    }

    /// Has calls end when so much time has passed, until the deadline is dropped; `None`
    /// if nothing ends them.
    pub(super) fn arm(&self, after: Duration) -> Option<Deadline> {
        let stop = self.stop.as_ref()?;
        Some(stop.clock.arm(&stop.flag, after))
    }

    /// Calls a function within the calls that go on on this thread.
    ///
    /// # Errors
    /// How the call ended, if it did not return.
    ///
    /// # Safety
    /// As for [`Program::call`].
    pub(super) unsafe fn call_within<P: Params, R: Results>(
        &self,
        code: *const u8,
        params: P,
    ) -> Result<R, Trap> {
        let mut inside = [0_usize; 2];
        if let Some(collector) = self.collector {
            // SAFETY: there is room for two words.
            unsafe { (collector.save)(inside.as_mut_ptr()) };
        }
        let outer = boundary::outer();
        let is_within_own = self.boundary.is_of(&outer);
        if let Some(allowance) = &self.allowance {
            if !is_within_own {
                allowance.renew();
            }
            allowance.exchange();
        }
        // SAFETY: the caller's promise.
        let call = |landing| unsafe { params.enter::<R>(code, landing) };
        let result = self.boundary.call_within(&outer, call);
        if let Some(allowance) = &self.allowance {
            allowance.exchange();
        }
        match self.boundary.is_left() {
            false => Ok(R::from_raw(result)),
            true => Err(self.ended(&inside, is_within_own)),
        }
    }

    /// Runs a host function that the program has called.
    pub(super) fn in_host<R>(&self, work: impl FnOnce() -> R) -> R {
        let exchange = || self.allowance.iter().for_each(Allowance::exchange);
        exchange();
        let result = boundary::in_host(work);
        exchange();
        result
    }

    /// Gives this thread what calls of the program need.
    pub(super) fn prepare(&self) {
        if self.catches_faults {
            handler_stack::prepare();
        }
    }

    /// A word of the table.
    ///
    /// # Safety
    /// The table has it.
    pub(super) unsafe fn word(&self, index: usize) -> *mut u64 {
        // SAFETY: the caller's promise.
        unsafe { self.table.add(index) }
    }

    /// The trap that a call has become that was left. The collector is where it was, and an
    /// interruption is forgotten, unless a call around this one goes on.
    #[cold]
    fn ended(&self, inside: &[usize; 2], goes_on: bool) -> Trap {
        if let Some(collector) = self.collector {
            // SAFETY: the words are of this thread and this call, which is over.
            unsafe { (collector.restore)(inside.as_ptr()) };
        }
        if let Some(stop) = self.stop.as_ref().filter(|_| !goes_on) {
            stop.flag.forget();
        }
        match self.boundary.take() {
            Left::Trap(trap) => trap,
            Left::Fault(fault) => backtrace::trap_of(&fault, &self.outline, &self.code),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(stop) = &self.stop {
            stop.flag.end();
        }
        if self.collector.is_some() {
            // Descriptors of objects go with the program's data.
            beskid_runtime::forget_code();
        }
        if !self.is_kept {
            // SAFETY: it is not used again: no call goes on, since calls borrow it.
            unsafe { ManuallyDrop::drop(&mut self.code) };
        }
    }
}
