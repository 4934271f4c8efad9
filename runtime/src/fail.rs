//! Ending the program: a message on standard error, exit status 101.

use core::ffi::c_int;

use crate::libc;
use crate::write::write_all;

const STDERR: c_int = 2;
const STATUS: c_int = 101;

/// Ends the program with a message.
pub(crate) fn fail(message: &[u8]) -> ! {
    fail_with(&[message])
}

/// Ends the program with a message in several parts.
pub(crate) fn fail_with(parts: &[&[u8]]) -> ! {
    say(parts);
    end()
}

/// Writes the message of a panic, in several parts.
pub(crate) fn say(parts: &[&[u8]]) {
    // Nothing can be done for a program that cannot even write its last words.
    let _ = write_all(STDERR, b"panic: ");
    for part in parts {
        let _ = write_all(STDERR, part);
    }
    let _ = write_all(STDERR, b"\n");
}

/// Ends the program after its last words.
pub(crate) fn end() -> ! {
    // SAFETY: ending the process is always allowed. `_exit`, because exit
    // handlers must not run in a program whose state is broken.
    unsafe { libc::_exit(STATUS) }
}
