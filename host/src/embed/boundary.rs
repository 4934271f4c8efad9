//! The calls of programs that go on on each thread, the innermost first: where a trap
//! comes back to. Between two of them are a program's frames, and above a program's
//! frames perhaps those of a host function, which are never left.

use std::cell::Cell;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;

use super::trampoline::{self, Work};
use super::trap::Trap;

/// Most addresses of code that are kept of a fault.
pub(super) const FRAMES: usize = 64;

/// What a handler of signals writes down.
#[derive(Clone, Copy)]
pub(super) struct Fault {
    pub(super) signal: i32,
    /// The address that was read or written, if the system tells it.
    pub(super) address: Option<usize>,
    pub(super) is_overflow: bool,
    /// How many of the frames are known.
    pub(super) known: usize,
    /// Addresses of code, the innermost first.
    pub(super) frames: [usize; FRAMES],
}

/// How a call ends that is left.
pub(super) enum Left {
    /// Somebody has said why.
    Trap(Trap),
    /// A signal.
    Fault(Box<Fault>),
}

/// A call that goes on.
pub(super) struct Boundary {
    /// The frame to come back to; 0 before there is one.
    stack: usize,
    outer: *mut Boundary,
    /// Whose call it is.
    owner: *const c_void,
    /// Whether a host function runs that this call came to.
    is_in_host: bool,
    trap: Option<Trap>,
    fault: MaybeUninit<Fault>,
}

thread_local! {
    static INNERMOST: Cell<*mut Boundary> = const { Cell::new(ptr::null_mut()) };
}

/// Calls `work`, until it returns or is left.
///
/// # Errors
/// Why it was left.
///
/// # Safety
/// `work` may be called with `data`, and its frame and those of what it calls may be
/// left, but for those of host functions.
pub(super) unsafe fn guarded(
    owner: *const c_void,
    work: Work,
    data: *mut c_void,
) -> Result<(), Left> {
    let mut boundary = Boundary {
        stack: 0,
        outer: INNERMOST.get(),
        owner,
        is_in_host: false,
        trap: None,
        fault: MaybeUninit::uninit(),
    };
    let this = &raw mut boundary;
    INNERMOST.set(this);
    // SAFETY: the caller's promise.
    let left = unsafe { trampoline::enter(&raw mut (*this).stack, work, data) };
    INNERMOST.set(boundary.outer);
    if left == 0 {
        return Ok(());
    }
    Err(match boundary.trap.take() {
        Some(trap) => Left::Trap(trap),
        // SAFETY: who leaves without a trap has written the fault.
        None => Left::Fault(Box::new(unsafe { boundary.fault.assume_init() })),
    })
}

/// The innermost call, if the program runs in it, and not a host function.
fn running() -> Option<*mut Boundary> {
    let innermost = INNERMOST.get();
    // SAFETY: what is innermost goes on, further out on this stack.
    let is_running =
        !innermost.is_null() && unsafe { (*innermost).stack != 0 && !(*innermost).is_in_host };
    is_running.then_some(innermost)
}

/// Whether the program of this owner runs in the innermost call.
pub(super) fn is_running(owner: *const c_void) -> bool {
    // SAFETY: as in `running`.
    running().is_some_and(|boundary| unsafe { (*boundary).owner == owner })
}

/// Whether a call of this owner goes on, on this thread.
pub(super) fn has(owner: *const c_void) -> bool {
    let mut boundary = INNERMOST.get();
    while !boundary.is_null() {
        // SAFETY: all of them go on, further out on this stack.
        let (its, outer) = unsafe { ((*boundary).owner, (*boundary).outer) };
        if its == owner {
            return true;
        }
        boundary = outer;
    }
    false
}

/// Leaves the innermost call, for a reason that is asked for with the end of the part of
/// the stack that is the program's. Comes back only where no program runs in it.
///
/// # Safety
/// Between here and the program's frames none has destructors left to run.
pub(super) unsafe fn leave(why: impl FnOnce(usize) -> Trap) {
    let Some(boundary) = running() else { return };
    // SAFETY: it goes on; the caller's promise.
    unsafe {
        let stack = (*boundary).stack;
        (*boundary).trap = Some(why(stack));
        trampoline::leave(stack)
    }
}

/// Where a fault of the program goes on, with which stack; `write` fills in what
/// happened. For handlers of signals.
pub(super) fn fault(write: impl FnOnce(&mut MaybeUninit<Fault>, usize)) -> Option<(usize, usize)> {
    let boundary = running()?;
    // SAFETY: it goes on, and nobody uses it while its program is interrupted.
    unsafe {
        let stack = (*boundary).stack;
        write(&mut (*boundary).fault, stack);
        Some((trampoline::landing as *const () as usize, stack))
    }
}

/// Runs a host function of the innermost call: what goes wrong there is not the
/// program's.
pub(super) fn in_host<R>(work: impl FnOnce() -> R) -> R {
    let boundary = INNERMOST.get();
    // SAFETY: the caller was called by the program of the innermost call.
    unsafe { (*boundary).is_in_host = true };
    let result = work();
    // SAFETY: as above.
    unsafe { (*boundary).is_in_host = false };
    result
}
