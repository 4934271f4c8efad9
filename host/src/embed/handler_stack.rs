//! A stack for the handlers of signals on each thread that calls programs: that of the
//! program may have overflowed.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;

use libc::{MAP_ANON, MAP_FAILED, MAP_PRIVATE, PROT_READ, PROT_WRITE, SS_DISABLE, stack_t};

/// Room for a handler, whatever registers the processor saves, in bytes.
const SIZE: usize = 64 << 10;
/// A stack of somebody else that is large enough, in bytes.
const ENOUGH: usize = 32 << 10;

/// The memory that a thread was given; null if it has enough of its own.
struct Given(*mut c_void);

thread_local! {
    static GIVEN: Given = Given::new();
}

/// Gives this thread such a stack, until it ends.
pub(super) fn prepare() {
    // A thread that is about to end makes do with what it has.
    let _ = GIVEN.try_with(|_| ());
}

impl Given {
    fn new() -> Self {
        let none = Self(ptr::null_mut());
        let Some(own) = current() else { return none };
        if own.ss_flags & SS_DISABLE == 0 && own.ss_size >= ENOUGH {
            return none;
        }
        let (access, kind) = (PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON);
        // SAFETY: asks for fresh memory.
        let memory = unsafe { libc::mmap(ptr::null_mut(), SIZE, access, kind, -1, 0) };
        if memory == MAP_FAILED {
            return none;
        }
        let stack = stack_t {
            ss_sp: memory,
            ss_flags: 0,
            ss_size: SIZE,
        };
        // SAFETY: the memory is fresh and used for nothing else.
        if unsafe { libc::sigaltstack(&raw const stack, ptr::null_mut()) } != 0 {
            // SAFETY: the system has not taken it.
            unsafe { libc::munmap(memory, SIZE) };
            return none;
        }
        Self(memory)
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        if self.0.is_null() {
            return;
        }
        let is_there = current().is_some_and(|stack| stack.ss_sp == self.0);
        let off = stack_t {
            ss_sp: ptr::null_mut(),
            ss_flags: SS_DISABLE,
            ss_size: SIZE,
        };
        // SAFETY: a thread without such a stack runs handlers on its own.
        if is_there && unsafe { libc::sigaltstack(&raw const off, ptr::null_mut()) } != 0 {
            return;
        }
        // SAFETY: this thread was the only one that had it, and has it no more.
        unsafe { libc::munmap(self.0, SIZE) };
    }
}

fn current() -> Option<stack_t> {
    let mut found = MaybeUninit::uninit();
    // SAFETY: only asks; `found` is ours.
    let failed = unsafe { libc::sigaltstack(ptr::null(), found.as_mut_ptr()) } != 0;
    // SAFETY: the call has not failed, so it has written `found`.
    (!failed).then(|| unsafe { found.assume_init() })
}
