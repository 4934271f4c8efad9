//! The calls of programs that go on on each thread, the innermost of them: where a trap
//! comes back to. Between two of them are a program's frames, and above a program's
//! frames perhaps those of a host function, which are never left.

use std::cell::{Cell, UnsafeCell};
use std::mem::MaybeUninit;
use std::ptr;

use super::trampoline;
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

/// A program's innermost call, if one goes on. One thread at a time has it, as it has the
/// program.
pub(super) struct Boundary(UnsafeCell<Parts>);

struct Parts {
    /// The frame to come back to; 0 as long as no call goes on.
    stack: usize,
    /// Whether a host function runs that the call came to.
    is_in_host: bool,
    /// Whether the call was left, and nobody has asked why.
    is_left: bool,
    /// Why it was left; `None` for a fault.
    trap: Option<Trap>,
    fault: MaybeUninit<Fault>,
}

thread_local! {
    /// Whose call is the innermost one of this thread; null if none goes on.
    static INNERMOST: Cell<*const Boundary> = const { Cell::new(ptr::null()) };
}

/// The calls around one that begins, which go on when it has ended.
pub(super) struct Outer {
    innermost: *const Boundary,
    stack: usize,
    is_in_host: bool,
}

impl Outer {
    /// Whether one of them is the same program's.
    pub(super) const fn is_of_same(&self) -> bool {
        self.stack != 0
    }
}

impl Boundary {
    pub(super) const fn new() -> Self {
        Self(UnsafeCell::new(Parts {
            stack: 0,
            is_in_host: false,
            is_left: false,
            trap: None,
            fault: MaybeUninit::uninit(),
        }))
    }

    /// The word for a trampoline.
    #[inline]
    pub(super) const fn stack(&self) -> *mut usize {
        // SAFETY: only an address is taken.
        unsafe { &raw mut (*self.0.get()).stack }
    }

    /// Calls the program by a trampoline that is given [`Boundary::stack`], if no call
    /// goes on on this thread. `None` if one does, or if the call was left: then
    /// [`Boundary::left`] says why.
    #[inline]
    pub(super) fn call_outermost<T>(&self, call: impl FnOnce() -> T) -> Option<T> {
        INNERMOST.with(|innermost| {
            if !innermost.get().is_null() {
                return None;
            }
            innermost.set(self);
            let result = call();
            innermost.set(ptr::null());
            // SAFETY: this thread has the program, and the call is over.
            unsafe {
                (*self.0.get()).stack = 0;
                (!(*self.0.get()).is_left).then_some(result)
            }
        })
    }

    /// The same within the calls that go on, if there are any.
    ///
    /// # Errors
    /// Why it was left.
    pub(super) fn call_within<T>(
        &self,
        outer: &Outer,
        call: impl FnOnce() -> T,
    ) -> Result<T, Left> {
        let parts = self.0.get();
        // SAFETY: this thread has the program; nobody uses the parts while they are here.
        unsafe {
            // Until the trampoline knows its frame there is none to come back to.
            (*parts).stack = 0;
            (*parts).is_in_host = false;
            INNERMOST.set(self);
            let result = call();
            INNERMOST.set(outer.innermost);
            (*parts).stack = outer.stack;
            (*parts).is_in_host = outer.is_in_host;
            match self.left() {
                None => Ok(result),
                Some(left) => Err(left),
            }
        }
    }

    /// The calls that go on now.
    pub(super) fn outer(&self) -> Outer {
        // SAFETY: this thread has the program.
        let parts = unsafe { &*self.0.get() };
        Outer {
            innermost: INNERMOST.get(),
            stack: parts.stack,
            is_in_host: parts.is_in_host,
        }
    }

    /// Why the last call was left, if it was, and nobody has asked.
    pub(super) fn left(&self) -> Option<Left> {
        // SAFETY: this thread has the program, and nothing of it runs.
        let parts = unsafe { &mut *self.0.get() };
        if !std::mem::take(&mut parts.is_left) {
            return None;
        }
        Some(match parts.trap.take() {
            Some(trap) => Left::Trap(trap),
            // SAFETY: who leaves without a trap has written the fault.
            None => Left::Fault(Box::new(unsafe { parts.fault.assume_init() })),
        })
    }

    /// Whether the innermost call of this thread is this program's, and the program runs
    /// in it.
    pub(super) fn is_running(&self) -> bool {
        running().is_some_and(|parts| ptr::eq(parts, self.0.get()))
    }

    /// Runs a host function that the program has called: what goes wrong there is not the
    /// program's.
    pub(super) fn in_host<R>(&self, work: impl FnOnce() -> R) -> R {
        let parts = self.0.get();
        // SAFETY: the program of this thread waits for the host function.
        unsafe { (*parts).is_in_host = true };
        let result = work();
        // SAFETY: as above; calls within have come back.
        unsafe { (*parts).is_in_host = false };
        result
    }
}

/// The innermost call, if the program runs in it, and not a host function.
fn running() -> Option<*mut Parts> {
    // SAFETY: what is innermost goes on, on this thread, and its program is there.
    unsafe {
        let parts = INNERMOST.get().as_ref()?.0.get();
        ((*parts).stack != 0 && !(*parts).is_in_host).then_some(parts)
    }
}

/// Leaves the innermost call, for a reason that is asked for with the end of the part of
/// the stack that is the program's. Comes back only where no program runs in it.
///
/// # Safety
/// Between here and the program's frames none has destructors left to run.
pub(super) unsafe fn leave(why: impl FnOnce(usize) -> Trap) {
    let Some(parts) = running() else { return };
    // SAFETY: it goes on; the caller's promise.
    unsafe {
        let stack = (*parts).stack;
        (*parts).trap = Some(why(stack));
        (*parts).is_left = true;
        trampoline::leave(stack)
    }
}

/// Where a fault of the program goes on, with which stack; `write` fills in what
/// happened. For handlers of signals.
pub(super) fn fault(write: impl FnOnce(&mut MaybeUninit<Fault>, usize)) -> Option<(usize, usize)> {
    let parts = running()?;
    // SAFETY: it goes on, and nobody uses it while its program is interrupted.
    unsafe {
        let stack = (*parts).stack;
        write(&mut (*parts).fault, stack);
        (*parts).is_left = true;
        Some((trampoline::landing as *const () as usize, stack))
    }
}
