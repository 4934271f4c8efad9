//! Writing to a file descriptor, all of it.

use core::ffi::c_int;

use crate::libc;

/// The most that one call of the system takes everywhere, in bytes.
pub(crate) const MOST: usize = 1 << 30;

/// Writes everything, or returns the negative error number.
pub(crate) fn write_all(fd: c_int, mut bytes: &[u8]) -> i64 {
    let total = bytes.len() as i64;
    while !bytes.is_empty() {
        // SAFETY: the slice is readable for its length.
        let written = unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len().min(MOST)) };
        match usize::try_from(written) {
            // No progress and no reason: without an end, this would be a loop.
            Ok(0) => return -i64::from(libc::EIO),
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(_) if libc::errno() == libc::EINTR => {}
            Err(_) => return -i64::from(libc::errno()),
        }
    }
    total
}
