//! Reading from file descriptors, and seeing whether standard input is at its end: the
//! byte that tells it waits for whoever reads next.

use core::ffi::c_int;
use core::sync::atomic::{AtomicI32, Ordering};

use crate::libc;

/// The number of standard input.
const STDIN: c_int = 0;

/// What was read ahead of standard input: a byte, or one of the numbers below.
static AHEAD: AtomicI32 = AtomicI32::new(NOTHING);
/// Nothing was read ahead.
const NOTHING: i32 = -1;
/// Another thread reads ahead.
const READING: i32 = -2;
/// The end was seen. Terminals tell it once, so it waits as a byte does.
const END: i32 = 256;

/// Whether standard input is at its end, 1 or 0, and waits until that is known. What it
/// reads for it is kept for the next read.
#[unsafe(no_mangle)]
pub extern "C" fn input_at_end() -> i64 {
    loop {
        match AHEAD.compare_exchange(NOTHING, READING, Ordering::Acquire, Ordering::Acquire) {
            Ok(_) => {
                let mut byte = 0;
                // SAFETY: there is room for one byte.
                let count = unsafe { read(STDIN, &mut byte, 1) };
                let seen = match count {
                    Some(1) => byte.into(),
                    _ => END,
                };
                AHEAD.store(seen, Ordering::Release);
                return (seen == END).into();
            }
            Err(READING) => libc::yield_processor(),
            Err(seen) => return (seen == END).into(),
        }
    }
}

/// Reads at most `max` bytes, as many as are there; `None` if that is not possible.
///
/// # Safety
/// `memory` has room for `max` bytes.
pub(crate) unsafe fn read_at_most(fd: c_int, memory: *mut u8, max: usize) -> Option<usize> {
    let seen = match fd {
        STDIN if max > 0 => take(),
        _ => None,
    };
    let Some(seen) = seen else {
        // SAFETY: the caller's promise.
        return unsafe { read(fd, memory, max) };
    };
    let Ok(byte) = u8::try_from(seen) else {
        return Some(0);
    };
    // SAFETY: there is room for at least one byte.
    unsafe { memory.write(byte) };
    if max == 1 || !libc::is_ready(fd) {
        return Some(1);
    }
    // SAFETY: there is room for all bytes but the first.
    let more = unsafe { read(fd, memory.add(1), max - 1) }.unwrap_or_default();
    if more == 0 {
        // It is the next read's.
        let _ = AHEAD.compare_exchange(NOTHING, END, Ordering::Release, Ordering::Relaxed);
    }
    Some(1 + more)
}

/// What was read ahead, which the caller has from now on.
fn take() -> Option<i32> {
    let taken = AHEAD.fetch_update(Ordering::AcqRel, Ordering::Acquire, |seen| {
        (seen >= 0).then_some(NOTHING)
    });
    taken.ok()
}

/// Reads at most `max` bytes of what the system has; `None` if that is not possible.
///
/// # Safety
/// `memory` has room for `max` bytes.
unsafe fn read(fd: c_int, memory: *mut u8, max: usize) -> Option<usize> {
    loop {
        // SAFETY: the caller's promise.
        let count = unsafe { libc::read(fd, memory.cast(), max) };
        match usize::try_from(count) {
            Ok(count) => return Some(count),
            Err(_) if libc::errno() == libc::EINTR => {}
            Err(_) => return None,
        }
    }
}
