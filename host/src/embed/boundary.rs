//! The calls of programs that go on on each thread, the innermost of them: where a trap
//! comes back to. Between two of them are a program's frames, and above a program's
//! frames perhaps those of a host function, which are never left.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::ptr;

use super::entry::{self, Landing};
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

/// How the last call of a program was left, until somebody has asked. One thread at a time
/// has it, as it has the program.
pub(super) struct Boundary(UnsafeCell<Parts>);

struct Parts {
    /// Whether it was.
    is_left: bool,
    /// Why; `None` for a fault.
    trap: Option<Trap>,
    fault: MaybeUninit<Fault>,
}

/// The innermost call of a thread.
#[derive(Clone, Copy)]
struct Innermost {
    /// Where it comes back to; the stack pointer is 0 as long as no call goes on.
    landing: Landing,
    /// Whose call it is, if one goes on.
    of: *const Boundary,
    /// Whether a host function runs that the call came to.
    is_in_host: bool,
    /// The calls around it; null if there are none.
    outer: *const Outer,
}

thread_local! {
    static INNERMOST: UnsafeCell<Innermost> = const { UnsafeCell::new(Innermost::NONE) };
}

impl Innermost {
    const NONE: Self = Self {
        landing: Landing::NONE,
        of: ptr::null(),
        is_in_host: false,
        outer: ptr::null(),
    };
}

/// The calls around one that begins, which go on when it has ended: the one that was
/// innermost, if there was one.
pub(super) struct Outer(Innermost);

impl Boundary {
    pub(super) const fn new() -> Self {
        Self(UnsafeCell::new(Parts {
            is_left: false,
            trap: None,
            fault: MaybeUninit::uninit(),
        }))
    }

    /// Makes a call of the program that can be left by the landing. `None` if a call goes
    /// on on this thread. Comes back when it is over, however: [`Boundary::is_left`] says
    /// whether it was left, and the result is anything then.
    #[inline]
    pub(super) fn call_outermost<T>(&self, call: impl FnOnce(*mut Landing) -> T) -> Option<T> {
        INNERMOST.with(|innermost| {
            let innermost = innermost.get();
            // SAFETY: it is this thread's, and nobody uses it while it is here.
            unsafe {
                if (*innermost).landing.stack != 0 {
                    return None;
                }
                // A loop of calls has written it already.
                if !ptr::eq((*innermost).of, self) {
                    (*innermost).of = self;
                }
                let result = call(&raw mut (*innermost).landing);
                (*innermost).landing.stack = 0;
                Some(result)
            }
        })
    }

    /// The same within the calls that go on, if there are any.
    pub(super) fn call_within<T>(&self, outer: &Outer, call: impl FnOnce(*mut Landing) -> T) -> T {
        let innermost = innermost();
        // SAFETY: it is this thread's, and nobody uses it while it is here.
        unsafe {
            // Until the call is made there is nothing to come back to.
            *innermost = Innermost {
                of: self,
                outer,
                ..Innermost::NONE
            };
            let result = call(&raw mut (*innermost).landing);
            *innermost = outer.0;
            result
        }
    }

    /// Whether one of the calls that go on is this program's.
    pub(super) fn is_of(&self, outer: &Outer) -> bool {
        let mut next = Some(outer);
        while let Some(Outer(innermost)) = next {
            if innermost.landing.stack != 0 && ptr::eq(innermost.of, self) {
                return true;
            }
            // SAFETY: it is on the stack of a call that goes on.
            next = unsafe { innermost.outer.as_ref() };
        }
        false
    }

    /// Whether the last call was left, and nobody has asked why.
    #[inline]
    pub(super) const fn is_left(&self) -> bool {
        // SAFETY: this thread has the program, and nothing of it runs.
        unsafe { (*self.0.get()).is_left }
    }

    /// Why the last call was left, which it was.
    pub(super) fn take(&self) -> Left {
        // SAFETY: this thread has the program, and nothing of it runs.
        let parts = unsafe { &mut *self.0.get() };
        parts.is_left = false;
        match parts.trap.take() {
            Some(trap) => Left::Trap(trap),
            // SAFETY: who leaves without a trap has written the fault.
            None => Left::Fault(Box::new(unsafe { parts.fault.assume_init() })),
        }
    }

    /// Whether the innermost call of this thread is this program's, and the program runs
    /// in it.
    pub(super) fn is_running(&self) -> bool {
        // SAFETY: it is this thread's.
        running().is_some_and(|innermost| unsafe { ptr::eq((*innermost).of, self) })
    }
}

/// The calls that go on on this thread.
pub(super) fn outer() -> Outer {
    // SAFETY: it is this thread's.
    Outer(unsafe { *innermost() })
}

/// Runs a host function that the innermost call has come to: what goes wrong there is not
/// the program's.
pub(super) fn in_host<R>(work: impl FnOnce() -> R) -> R {
    let innermost = innermost();
    // SAFETY: it is this thread's, whose program waits for the host function.
    unsafe { (*innermost).is_in_host = true };
    let result = work();
    // SAFETY: as above; calls within have come back.
    unsafe { (*innermost).is_in_host = false };
    result
}

fn innermost() -> *mut Innermost {
    INNERMOST.with(UnsafeCell::get)
}

/// The innermost call, if the program runs in it, and not a host function.
fn running() -> Option<*mut Innermost> {
    let innermost = innermost();
    // SAFETY: it is this thread's.
    let runs = unsafe { (*innermost).landing.stack != 0 && !(*innermost).is_in_host };
    runs.then_some(innermost)
}

/// Leaves the innermost call, for a reason that is asked for with the end of the part of
/// the stack that is the program's. Comes back only where no program runs in it.
///
/// # Safety
/// Between here and the program's frames none has destructors left to run.
pub(super) unsafe fn leave(why: impl FnOnce(usize) -> Trap) {
    let Some(innermost) = running() else { return };
    // SAFETY: it goes on, and its program is there; the caller's promise.
    unsafe {
        let parts = (*(*innermost).of).0.get();
        (*parts).trap = Some(why((*innermost).landing.stack));
        (*parts).is_left = true;
        entry::leave(&raw const (*innermost).landing)
    }
}

/// Where a fault of the program goes on; `write` fills in what happened, and is told the end
/// of the part of the stack that is the program's. For handlers of signals.
pub(super) fn fault(write: impl FnOnce(&mut MaybeUninit<Fault>, usize)) -> Option<Landing> {
    let innermost = running()?;
    // SAFETY: it goes on, and nobody uses it while its program is interrupted.
    unsafe {
        let parts = (*(*innermost).of).0.get();
        write(&mut (*parts).fault, (*innermost).landing.stack);
        (*parts).is_left = true;
        Some((*innermost).landing)
    }
}
