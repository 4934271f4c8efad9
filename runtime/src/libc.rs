//! The C library functions that the runtime uses, declared by hand.

use core::ffi::{c_char, c_int, c_short, c_ulong, c_void};

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

/// Number of the clock that tells the time of day.
pub(crate) const CLOCK_REALTIME: c_int = 0;

/// `EINVAL`.
pub(crate) const EINVAL: c_int = 22;
/// `ENAMETOOLONG`.
pub(crate) const ENAMETOOLONG: c_int = if cfg!(target_os = "linux") { 36 } else { 63 };

/// Flags of a file that is opened to be written anew.
pub(crate) const WRITE_ANEW: c_int = if cfg!(target_os = "linux") {
    0x241
} else {
    0x601
};
/// Flag of descriptors that other programs do not get.
pub(crate) const CLOSE_ON_EXEC: c_int = if cfg!(target_os = "linux") {
    0x8_0000
} else {
    0x100_0000
};

/// `mode_t`.
#[cfg(target_os = "linux")]
pub(crate) type Mode = core::ffi::c_uint;
/// `mode_t`.
#[cfg(target_vendor = "apple")]
pub(crate) type Mode = u16;

/// Request of the size of a terminal.
pub(crate) const TIOCGWINSZ: c_ulong = if cfg!(target_os = "linux") {
    0x5413
} else {
    0x4008_7468
};

/// `struct pollfd`.
#[repr(C)]
struct Polled {
    fd: c_int,
    asked: c_short,
    found: c_short,
}

/// `POLLIN`.
const READABLE: c_short = 1;

/// `nfds_t`.
#[cfg(target_os = "linux")]
type PolledCount = c_ulong;
/// `nfds_t`.
#[cfg(target_vendor = "apple")]
type PolledCount = core::ffi::c_uint;

/// `struct winsize`.
#[repr(C)]
#[derive(Default)]
pub(crate) struct WindowSize {
    pub(crate) rows: u16,
    pub(crate) columns: u16,
    pixels: [u16; 2],
}

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
    fn pthread_self() -> usize;
    pub(crate) fn getenv(name: *const c_char) -> *const c_char;
    pub(crate) fn setenv(name: *const c_char, value: *const c_char, replace: c_int) -> c_int;
    pub(crate) fn getcwd(room: *mut c_char, size: usize) -> *mut c_char;
    pub(crate) fn getpid() -> c_int;
    pub(crate) fn getpagesize() -> c_int;
    pub(crate) fn mincore(start: *mut c_void, length: usize, state: *mut u8) -> c_int;
    pub(crate) fn exit(status: c_int) -> !;
    pub(crate) fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    pub(crate) fn close(fd: c_int) -> c_int;
    pub(crate) fn access(path: *const c_char, what: c_int) -> c_int;
    pub(crate) fn unlink(path: *const c_char) -> c_int;
    pub(crate) fn mkdir(path: *const c_char, mode: Mode) -> c_int;
    pub(crate) fn ioctl(fd: c_int, request: c_ulong, ...) -> c_int;
    fn poll(files: *mut Polled, count: PolledCount, milliseconds: c_int) -> c_int;
    fn sched_yield() -> c_int;
    #[cfg_attr(target_os = "linux", link_name = "__errno_location")]
    #[cfg_attr(target_vendor = "apple", link_name = "__error")]
    fn errno_location() -> *mut c_int;
}

/// Whether a read of a descriptor would not wait.
pub(crate) fn is_ready(fd: c_int) -> bool {
    let mut polled = Polled {
        fd,
        asked: READABLE,
        found: 0,
    };
    // SAFETY: it is one.
    unsafe { poll(&mut polled, 1, 0) == 1 }
}

/// Lets other threads run.
pub(crate) fn yield_processor() {
    // SAFETY: it has no preconditions.
    unsafe { sched_yield() };
}

/// The calling thread's identifier, which is neither 0 nor -1.
pub(crate) fn this_thread() -> usize {
    // SAFETY: it has no preconditions.
    unsafe { pthread_self() }
}

/// The calling thread's error number.
pub(crate) fn errno() -> c_int {
    // SAFETY: the C library returns the address of a live thread-local.
    unsafe { *errno_location() }
}

/// Sets the calling thread's error number.
pub(crate) fn set_errno(number: c_int) {
    // SAFETY: the C library returns the address of a live thread-local.
    unsafe { *errno_location() = number };
}

/// 0 for 0, and otherwise the calling thread's error number, negated.
pub(crate) fn result(returned: c_int) -> i64 {
    match returned {
        0 => 0,
        _ => -i64::from(errno()),
    }
}
