//! Panics of programs, each a message of theirs.

use crate::fail::{fail, fail_with};
use crate::layout::BeskidStr;
use crate::strings;

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
