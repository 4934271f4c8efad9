//! A program in memory, and the one way by which its functions are called.

use std::cell::Cell;
use std::ffi::c_void;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::sync::Arc;
use std::time::Duration;

use beskid_plugin_api::artifact::Outline;

use super::backtrace;
use super::boundary::{self, Left};
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
    /// Whether calls of it can be left.
    pub(super) is_guarded: bool,
    /// Whether faults leave them too, whose handler needs a stack.
    pub(super) catches_faults: bool,
    /// Its collector, if it has one.
    pub(super) collector: Option<Collector>,
    /// How calls of it are ended from outside, if they can be.
    pub(super) stop: Option<Stop>,
    /// The table of its seam; null if it has none.
    pub(super) table: *mut u64,
    /// The first of its words with the addresses of exported data.
    pub(super) data: usize,
    /// Whether a host function has the state of the instance now.
    pub(super) is_lent: Cell<bool>,
}

/// The functions of a runtime by which calls are left that are inside its collector:
/// `gc_save` and `gc_restore`.
#[derive(Clone, Copy)]
pub(super) struct Collector {
    pub(super) save: unsafe extern "C" fn(*mut usize),
    pub(super) restore: unsafe extern "C" fn(*const usize),
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

/// A call on its way: what it takes, and room for what it returns.
struct Call<P, R: Results> {
    code: *const u8,
    params: P,
    result: MaybeUninit<R::Raw>,
}

/// # Safety
/// `data` is a [`Call`] of these types, whose code has them.
unsafe extern "C" fn make<P: Params, R: Results>(data: *mut c_void) {
    let call = data.cast::<Call<P, R>>();
    // SAFETY: the caller's promise.
    unsafe {
        let result = (*call).params.call::<R>((*call).code);
        (*call).result.write(result);
    }
}

impl Program {
    /// Calls a function from outside.
    ///
    /// # Errors
    /// How the call ended, if it did not return.
    ///
    /// # Safety
    /// `code` is a function of this program that takes and returns these types.
    pub(super) unsafe fn call<P: Params, R: Results>(
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
        unsafe { self.enter(code, params) }
    }

    /// Has calls end when so much time has passed, until the deadline is dropped; `None`
    /// if nothing ends them.
    pub(super) fn arm(&self, after: Duration) -> Option<Deadline> {
        let stop = self.stop.as_ref()?;
        Some(stop.clock.arm(&stop.flag, after))
    }

    /// Calls a function from outside, or from a host function.
    ///
    /// # Errors
    /// How the call ended, if it did not return.
    ///
    /// # Safety
    /// As for [`Program::call`].
    pub(super) unsafe fn enter<P: Params, R: Results>(
        &self,
        code: *const u8,
        params: P,
    ) -> Result<R, Trap> {
        if !self.is_guarded {
            // SAFETY: the caller's promise.
            return Ok(R::from_raw(unsafe { params.call::<R>(code) }));
        }
        if self.catches_faults {
            handler_stack::prepare();
        }
        let mut inside = [0_usize; 2];
        if let Some(collector) = self.collector {
            // SAFETY: there is room for two words.
            unsafe { (collector.save)(inside.as_mut_ptr()) };
        }
        let mut call = Call::<P, R> {
            code,
            params,
            result: MaybeUninit::uninit(),
        };
        let owner = std::ptr::from_ref(self).cast();
        let data = (&raw mut call).cast();
        // SAFETY: `make` takes such a call, has nothing to destroy, and calls only the
        // program.
        match unsafe { boundary::guarded(owner, make::<P, R>, data) } {
            // SAFETY: `make` has returned.
            Ok(()) => Ok(R::from_raw(unsafe { call.result.assume_init() })),
            Err(left) => {
                if let Some(collector) = self.collector {
                    // SAFETY: the words are of this thread and this call, which is over.
                    unsafe { (collector.restore)(inside.as_ptr()) };
                }
                if let Some(stop) = &self.stop
                    && !boundary::has(owner)
                {
                    stop.flag.forget();
                }
                Err(self.trap(left))
            }
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

    #[cold]
    fn trap(&self, left: Left) -> Trap {
        match left {
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
