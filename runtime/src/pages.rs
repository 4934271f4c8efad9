//! Memory of the system: reserved, made usable, given back.

use core::ffi::{c_int, c_void};
use core::ptr;

/// Sizes and addresses of what is reserved and made usable are multiples of
/// this: no system of ours has larger pages.
pub(crate) const PAGE: usize = 64 << 10;

const NONE: c_int = 0;
#[cfg(target_os = "linux")]
const READ: c_int = 1;
const READ_WRITE: c_int = 3;
#[cfg(target_os = "linux")]
const PRIVATE: c_int = 2;
const FIXED: c_int = 0x10;
#[cfg(target_os = "linux")]
const PRIVATE_ANONYMOUS: c_int = 0x22;
#[cfg(target_vendor = "apple")]
const PRIVATE_ANONYMOUS: c_int = 0x1002;

/// Fresh memory of its own, zeroed; `None` if there is none.
pub(crate) fn map(size: usize) -> Option<*mut c_void> {
    // SAFETY: an anonymous mapping at no given place changes no other memory.
    let memory = unsafe { mmap(ptr::null_mut(), size, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0) };
    (memory as isize != -1).then_some(memory)
}

/// The bytes of an open file, to be read; `None` if that is not possible.
#[cfg(target_os = "linux")]
pub(crate) fn map_file(file: c_int, size: usize) -> Option<*const u8> {
    // SAFETY: as in `map`.
    let memory = unsafe { mmap(ptr::null_mut(), size, READ, PRIVATE, file, 0) };
    (memory as isize != -1).then_some(memory.cast_const().cast())
}

/// Gives memory of [`map`] or [`reserve`] back.
///
/// # Safety
/// Nobody uses it any more.
pub(crate) unsafe fn unmap(memory: *mut c_void, size: usize) {
    // SAFETY: the caller's promise.
    unsafe { munmap(memory, size) };
}

/// Addresses without memory, `None` if there are not as many.
pub(crate) fn reserve(size: usize) -> Option<usize> {
    // SAFETY: as in `map`.
    let memory = unsafe { mmap(ptr::null_mut(), size, NONE, PRIVATE_ANONYMOUS, -1, 0) };
    (memory as isize != -1).then(|| memory.expose_provenance())
}

/// Makes reserved addresses usable; says whether that was possible. What was
/// never usable is zeroed.
///
/// # Safety
/// The addresses are of a reservation.
pub(crate) unsafe fn commit(address: usize, size: usize) -> bool {
    let memory = ptr::with_exposed_provenance_mut(address);
    // SAFETY: the caller's promise; what is there keeps its contents.
    unsafe { mprotect(memory, size, READ_WRITE) == 0 }
}

/// Gives memory back to the system and puts zeroes in its place; says whether
/// that was possible.
///
/// # Safety
/// The memory was committed, and nobody uses what is in it any more.
pub(crate) unsafe fn discard(address: usize, size: usize) -> bool {
    let memory = ptr::with_exposed_provenance_mut(address);
    let flags = PRIVATE_ANONYMOUS | FIXED;
    // SAFETY: the caller's promise: nothing else is replaced.
    unsafe { mmap(memory, size, READ_WRITE, flags, -1, 0) as isize != -1 }
}

unsafe extern "C" {
    fn mmap(
        address: *mut c_void,
        size: usize,
        protection: c_int,
        flags: c_int,
        file: c_int,
        offset: i64,
    ) -> *mut c_void;
    fn munmap(address: *mut c_void, size: usize) -> c_int;
    fn mprotect(address: *mut c_void, size: usize, protection: c_int) -> c_int;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_discarded_comes_again_zeroed() {
        let start = reserve(4 * PAGE).unwrap();
        let first = ptr::with_exposed_provenance_mut::<u8>(start + PAGE);
        // SAFETY: the reservation is ours, and what is used of it is committed.
        unsafe {
            assert!(commit(start + PAGE, PAGE));
            assert_eq!(first.read(), 0);
            first.write(7);
            assert!(commit(start, 4 * PAGE));
            assert_eq!(first.read(), 7);
            assert!(discard(start + PAGE, PAGE));
            assert_eq!(first.read(), 0);
            unmap(ptr::with_exposed_provenance_mut(start), 4 * PAGE);
        }
    }

    #[test]
    fn more_than_there_is_cannot_be_reserved() {
        assert_eq!(reserve(1 << 62), None);
    }
}
