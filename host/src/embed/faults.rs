//! Faults of programs: signals that the processor raises, and that become traps where a
//! program of ours runs. All others go on to who was there before.

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::OnceLock;

use libc::{SIGBUS, SIGFPE, SIGILL, SIGSEGV, sigaction, siginfo_t};

use super::boundary::{self, FRAMES, Fault};
use super::frames;
use super::registers;

const SIGNALS: [c_int; 4] = [SIGSEGV, SIGBUS, SIGILL, SIGFPE];
/// Codes of faults are between these; signals that are sent have others.
const RAISED: std::ops::Range<c_int> = 1..0x10000;
/// The code of a fault at an address that no process has, on Linux.
const OF_KERNEL: c_int = 0x80;
/// How near the stack pointer an access is one of the stack, in bytes: above it as far as
/// a function of C reaches, below it as far as a frame is probed.
const ABOVE: usize = 64 << 10;
const BELOW: usize = if cfg!(target_arch = "x86_64") {
    64 << 10
} else {
    64 << 20
};

/// What happened on the signals before.
static BEFORE: OnceLock<[Option<sigaction>; 4]> = OnceLock::new();

/// Catches faults of programs in this process, for good.
pub(super) fn catch() {
    BEFORE.get_or_init(|| SIGNALS.map(action));
    static SET: OnceLock<()> = OnceLock::new();
    SET.get_or_init(|| SIGNALS.into_iter().for_each(set));
}

fn action(signal: c_int) -> Option<sigaction> {
    let mut found = MaybeUninit::uninit();
    // SAFETY: only asks; `found` is ours.
    let failed = unsafe { sigaction(signal, ptr::null(), found.as_mut_ptr()) } != 0;
    // SAFETY: the call has not failed, so it has written `found`.
    (!failed).then(|| unsafe { found.assume_init() })
}

fn set(signal: c_int) {
    // SAFETY: all zeroes is an action that blocks no other signal.
    let mut action = unsafe { MaybeUninit::<sigaction>::zeroed().assume_init() };
    action.sa_sigaction = on_fault as *const () as usize;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
    // SAFETY: the handler does only what a handler of these signals may.
    unsafe { sigaction(signal, &raw const action, ptr::null_mut()) };
}

unsafe extern "C" fn on_fault(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel gives both to a handler that asks for them.
    let (code, address, at) = unsafe {
        let info = &*info;
        (
            info.si_code,
            info.si_addr().addr(),
            registers::read(context),
        )
    };
    let diverted = RAISED.contains(&code).then(|| {
        boundary::fault(|fault, end| {
            let is_access = [SIGSEGV, SIGBUS].contains(&signal);
            let address = (is_access && code != OF_KERNEL).then_some(address);
            let is_overflow = address.is_some_and(|address| {
                let distance = address.wrapping_sub(at.stack.wrapping_sub(BELOW));
                distance < BELOW + ABOVE || beskid_runtime::is_guard(address)
            });
            let mut known = 0;
            let mut codes = [0; FRAMES];
            // SAFETY: from the stack pointer of the code that was interrupted to the
            // frame of the call the stack is in use.
            unsafe {
                frames::walk(at.code, at.frame, at.stack..end, |code| {
                    codes[known] = code;
                    known += 1;
                    known < FRAMES
                });
            }
            fault.write(Fault {
                signal,
                address,
                is_overflow,
                known,
                frames: codes,
            });
        })
    });
    match diverted.flatten() {
        // SAFETY: the boundary says where the call goes on, and what with.
        Some(landing) => unsafe { registers::divert(context, &landing) },
        // SAFETY: both are what the kernel gave.
        None => unsafe { pass_on(signal, info, context) },
    }
}

/// Has whoever was there before handle a signal.
///
/// # Safety
/// Both are what the kernel gave to a handler that is running.
unsafe fn pass_on(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    let index = SIGNALS.iter().position(|known| *known == signal);
    let before = BEFORE.get().zip(index).and_then(|(all, index)| all[index]);
    let handler = before.map_or(libc::SIG_DFL, |before| before.sa_sigaction);
    if handler == libc::SIG_DFL || handler == libc::SIG_IGN {
        // SAFETY: a fault happens again when the handler returns, and a signal that was
        // sent is sent again; nothing handles it then.
        unsafe {
            let mut default = MaybeUninit::<sigaction>::zeroed().assume_init();
            default.sa_sigaction = libc::SIG_DFL;
            sigaction(signal, &raw const default, ptr::null_mut());
            if !RAISED.contains(&(*info).si_code) {
                libc::raise(signal);
            }
        }
        return;
    }
    let wants_more = before.is_some_and(|before| before.sa_flags & libc::SA_SIGINFO != 0);
    // SAFETY: whoever set the handler says by its flags what it takes.
    unsafe {
        if wants_more {
            type Long = unsafe extern "C" fn(c_int, *mut siginfo_t, *mut c_void);
            std::mem::transmute::<usize, Long>(handler)(signal, info, context);
        } else {
            type Short = unsafe extern "C" fn(c_int);
            std::mem::transmute::<usize, Short>(handler)(signal);
        }
    }
}
