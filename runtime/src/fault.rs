//! What is said of a bad memory access before it ends the process.

use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;
use core::ptr;
use core::sync::atomic::{AtomicBool, Ordering};

use crate::collector::is_guard;
use crate::fail;
use crate::frame::{self, Frame};
use crate::pages;
use crate::signals::{
    self, SI_KERNEL, SIG_DFL, SIGBUS, SIGSEGV, SS_DISABLE, SignalAction, SignalInfo, Stack,
};
use crate::write::write_all;

const STDERR: c_int = 2;
/// Room for the handler, whatever registers the processor saves, in bytes.
const STACK: usize = 64 << 10;
/// An alternate stack of somebody else that is large enough, in bytes.
const ENOUGH: usize = 32 << 10;
/// How far above the stack pointer a function of C touches its new frame.
const ABOVE: usize = 64 << 10;
/// How far below it compiled code touches a frame before it moves the stack
/// pointer: on x86-64 no further than pushes reach, elsewhere a whole frame.
const BELOW: usize = if cfg!(target_arch = "x86_64") {
    64 << 10
} else {
    64 << 20
};
/// Codes that the kernel gives to faults are below this one; signals that are
/// sent have others.
const SENT: c_int = 0x10000;

/// Whether somebody has given the process over.
static CAUGHT: AtomicBool = AtomicBool::new(false);

/// Catches bad accesses of the process, and gives this thread a stack for it.
pub(crate) fn catch() {
    CAUGHT.store(true, Ordering::Release);
    give_stack();
    for signal in [SIGSEGV, SIGBUS] {
        let mut old = MaybeUninit::<SignalAction>::uninit();
        // SAFETY: only asks; the signals exist, and `old` is ours.
        let failed = unsafe { signals::sigaction(signal, ptr::null(), old.as_mut_ptr()) } != 0;
        // SAFETY: the call has not failed, so it has written `old`.
        if failed || unsafe { old.assume_init() }.handler != SIG_DFL {
            continue;
        }
        let action = SignalAction::on_alternate_stack(on_fault);
        // SAFETY: the handler does only what a signal handler may.
        unsafe { signals::sigaction(signal, &raw const action, ptr::null_mut()) };
    }
}

/// Whether bad accesses of the process are caught.
pub(crate) fn is_caught() -> bool {
    CAUGHT.load(Ordering::Acquire)
}

/// The stack that a thread has for the handler.
pub(crate) enum Given {
    /// It was given this one, which is to be [taken](take_stack) when it ends.
    Fresh(*mut c_void),
    /// It has one of its own.
    Own,
    /// It has none, and the signal ends the process without a word.
    Nothing,
}

/// Gives this thread a stack for the handler, unless it has one.
pub(crate) fn give_stack() -> Given {
    let mut old = MaybeUninit::<Stack>::uninit();
    // SAFETY: only asks; `old` is ours.
    if unsafe { signals::sigaltstack(ptr::null(), old.as_mut_ptr()) } != 0 {
        return Given::Nothing;
    }
    // SAFETY: the call has not failed, so it has written `old`.
    let old = unsafe { old.assume_init() };
    if old.flags & SS_DISABLE == 0 && old.size >= ENOUGH {
        return Given::Own;
    }
    let Some(memory) = pages::map(STACK) else {
        return Given::Nothing;
    };
    let stack = Stack::new(memory, STACK);
    // SAFETY: the memory is fresh and used for nothing else.
    if unsafe { signals::sigaltstack(&raw const stack, ptr::null_mut()) } != 0 {
        // It runs on a stack of its own that must not change.
        // SAFETY: the system has not taken the memory.
        unsafe { pages::unmap(memory, STACK) };
        return Given::Nothing;
    }
    Given::Fresh(memory)
}

/// Takes back a stack that this thread was given.
///
/// # Safety
/// `memory` is that of a [`Given::Fresh`] of this thread, taken once.
pub(crate) unsafe fn take_stack(memory: *mut c_void) {
    let mut old = MaybeUninit::<Stack>::uninit();
    // SAFETY: only asks; `old` is ours.
    if unsafe { signals::sigaltstack(ptr::null(), old.as_mut_ptr()) } != 0 {
        return;
    }
    // SAFETY: the call has not failed, so it has written `old`.
    let is_there = unsafe { old.assume_init() }.memory == memory;
    let none = Stack::none();
    // SAFETY: a thread without a stack for handlers runs them on its own.
    if is_there && unsafe { signals::sigaltstack(&raw const none, ptr::null_mut()) } != 0 {
        return;
    }
    // SAFETY: this thread was the only one that had it, and has it no more.
    unsafe { pages::unmap(memory, STACK) };
}

/// Runs on the alternate stack, in a process whose state is unknown.
extern "C" fn on_fault(signal: c_int, info: *const SignalInfo, context: *const c_void) {
    // SAFETY: the kernel gives both to a handler that asks for them.
    let (code, address, registers) = unsafe {
        let info = &*info;
        (info.code, info.address, signals::registers(context))
    };
    let stack = registers.stack;
    let frame = Frame {
        code: registers.code,
        pointer: registers.frame,
        floor: stack,
    };
    if code > 0 && code < SENT {
        let known = code != SI_KERNEL;
        let on_stack = address.wrapping_sub(stack.wrapping_sub(BELOW)) < BELOW + ABOVE;
        if known && (on_stack || is_guard(address)) {
            fail::say(&[b"stack overflow"]);
            frame::tell(frame);
            fail::end();
        }
        say(address, known);
        frame::tell(frame);
    }
    let default = SignalAction::default_action();
    // SAFETY: the signal is blocked until the handler returns, and then ends the
    // process, as it does without a handler.
    unsafe {
        signals::sigaction(signal, &raw const default, ptr::null_mut());
        signals::raise(signal);
    }
}

const UNKNOWN: &[u8] = b"memory fault at an address that no process has\n";

fn say(address: usize, known: bool) {
    if !known {
        let _ = write_all(STDERR, UNKNOWN);
        return;
    }
    let mut line = *b"memory fault at 0x0000000000000000\n";
    let mut rest = address;
    for place in line.iter_mut().rev().skip(1).take(16) {
        *place = match (rest & 15) as u8 {
            digit @ 0..10 => b'0' + digit,
            digit => b'a' + digit - 10,
        };
        rest >>= 4;
    }
    let _ = write_all(STDERR, &line);
}
