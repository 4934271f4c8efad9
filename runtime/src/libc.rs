//! The C library functions that the runtime uses, declared by hand.

use core::ffi::{c_char, c_int, c_void};

/// `struct timespec` of 64-bit systems.
#[repr(C)]
#[derive(Default)]
pub(crate) struct Timespec {
    /// Seconds.
    pub(crate) seconds: i64,
    /// Nanoseconds.
    pub(crate) nanoseconds: i64,
}

/// Number of the clock that never goes back.
#[cfg(target_os = "linux")]
pub(crate) const CLOCK_MONOTONIC: c_int = 1;
/// Number of the clock that never goes back.
#[cfg(target_vendor = "apple")]
pub(crate) const CLOCK_MONOTONIC: c_int = 6;

/// `EINTR`.
pub(crate) const EINTR: c_int = 4;
/// `EIO`.
pub(crate) const EIO: c_int = 5;

/// `pthread_key_t`.
#[cfg(target_os = "linux")]
pub(crate) type Key = core::ffi::c_uint;
/// `pthread_key_t`.
#[cfg(target_vendor = "apple")]
pub(crate) type Key = core::ffi::c_ulong;

unsafe extern "C" {
    pub(crate) fn write(fd: c_int, bytes: *const c_void, length: usize) -> isize;
    pub(crate) fn read(fd: c_int, bytes: *mut c_void, length: usize) -> isize;
    pub(crate) fn calloc(count: usize, size: usize) -> *mut c_void;
    pub(crate) fn _exit(status: c_int) -> !;
    pub(crate) fn clock_gettime(clock: c_int, time: *mut Timespec) -> c_int;
    pub(crate) fn pthread_key_create(
        key: *mut Key,
        end: unsafe extern "C" fn(*mut c_void),
    ) -> c_int;
    pub(crate) fn pthread_key_delete(key: Key) -> c_int;
    pub(crate) fn pthread_getspecific(key: Key) -> *mut c_void;
    pub(crate) fn pthread_setspecific(key: Key, value: *const c_void) -> c_int;
    pub(crate) fn getenv(name: *const c_char) -> *const c_char;
    fn sched_yield() -> c_int;
    #[cfg_attr(target_os = "linux", link_name = "__errno_location")]
    #[cfg_attr(target_vendor = "apple", link_name = "__error")]
    fn errno_location() -> *mut c_int;
}

/// Lets other threads run.
pub(crate) fn yield_processor() {
    // SAFETY: it has no preconditions.
    unsafe { sched_yield() };
}

/// The calling thread's error number.
pub(crate) fn errno() -> c_int {
    // SAFETY: the C library returns the address of a live thread-local.
    unsafe { *errno_location() }
}
