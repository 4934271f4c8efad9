//! Ending the program: a message on standard error, exit status 101.

use core::ffi::c_int;

use crate::io::write_all;
use crate::layout::BeskidStr;
use crate::libc;
use crate::strings;

const STDERR: c_int = 2;
const STATUS: c_int = 101;

/// Ends the program with a message.
pub(crate) fn fail(message: &[u8]) -> ! {
    fail_with(&[message])
}

/// Ends the program with a message in several parts.
pub(crate) fn fail_with(parts: &[&[u8]]) -> ! {
    // Nothing can be done for a program that cannot even write its last words.
    let _ = write_all(STDERR, b"panic: ");
    for part in parts {
        let _ = write_all(STDERR, part);
    }
    let _ = write_all(STDERR, b"\n");
    // SAFETY: ending the process is always allowed. `_exit`, because exit
    // handlers must not run in a program whose state is broken.
    unsafe { libc::_exit(STATUS) }
}

/// Ends the program with a message of `len` bytes.
///
/// # Safety
/// `len` bytes at `ptr` are readable, or `len` is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panic(ptr: *const u8, len: usize) -> ! {
    // SAFETY: the caller's promise.
    fail(unsafe { strings::bytes(ptr, len) })
}

/// Ends the program with a message.
///
/// # Safety
/// `message` is null or a valid string handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panic_str(message: *const BeskidStr) -> ! {
    // SAFETY: the caller's promise.
    fail(unsafe { strings::content(message) })
}

/// Ends the program with a message and the source position it stems from.
///
/// # Safety
/// Both are null or valid string handles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panic_at(message: *const BeskidStr, place: *const BeskidStr) -> ! {
    // SAFETY: the caller's promise.
    let (message, place) = unsafe { (strings::content(message), strings::content(place)) };
    fail_with(&[message, b"\n  at ", place])
}
