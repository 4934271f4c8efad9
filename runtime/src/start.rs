//! The start of a process: the program's arguments, and clear ends for faults.

use core::ffi::{CStr, c_char};
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use crate::fail::{fail, fail_with};
use crate::layout::BeskidStr;
use crate::strings::join;
use crate::{fault, text};

static COUNT: AtomicUsize = AtomicUsize::new(0);
static ARGUMENTS: AtomicPtr<*const c_char> = AtomicPtr::new(ptr::null_mut());

/// Takes the arguments of the process, the program's path first, and gives
/// faults a clear end: a stack that overflows ends the program like a panic,
/// another bad access says its address before the signal ends the process.
/// Handlers that are there already stay.
///
/// # Safety
/// There are `count` C strings at `arguments`, followed by a null pointer; they
/// stay as they are for the rest of the process.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rt_start(count: i64, arguments: *mut *const c_char) {
    ARGUMENTS.store(arguments, Ordering::Release);
    COUNT.store(usize::try_from(count).unwrap_or(0), Ordering::Release);
    fault::catch();
}

/// Number of the process's arguments, with the program's path.
#[unsafe(no_mangle)]
pub extern "C" fn rt_argc() -> i64 {
    COUNT.load(Ordering::Acquire) as i64
}

/// The arguments as C's `main` gets them; null if nobody gave any.
#[unsafe(no_mangle)]
pub extern "C" fn rt_argv() -> *mut *const c_char {
    ARGUMENTS.load(Ordering::Acquire)
}

/// The argument at an index, 0 for the program's path; one that is not there,
/// or is not UTF-8, ends the program.
#[unsafe(no_mangle)]
pub extern "C" fn rt_arg(index: i64) -> *mut BeskidStr {
    let count = COUNT.load(Ordering::Acquire);
    let Some(index) = usize::try_from(index).ok().filter(|index| *index < count) else {
        fail(b"argument index out of bounds");
    };
    // SAFETY: who gave the arguments keeps `COUNT` C strings there.
    let bytes = unsafe { CStr::from_ptr(ARGUMENTS.load(Ordering::Acquire).add(index).read()) };
    let bytes = bytes.to_bytes();
    if core::str::from_utf8(bytes).is_err() {
        text::with(index, |index| {
            fail_with(&[b"argument ", index, b" is not UTF-8"])
        })
    }
    join(&[bytes])
}
