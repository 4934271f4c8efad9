//! Threads that the program's code comes to, whoever started them.

use core::ffi::c_void;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::fault::{self, Given};
use crate::libc::{self, Key};

/// The key of what a thread was given, plus one; 0 before there is one.
static KEY: AtomicUsize = AtomicUsize::new(0);

/// What stands for a stack that is the thread's own.
const OWN: *mut c_void = ptr::without_provenance_mut(1);

/// Gives the calling thread what it needs to say that its stack has overflowed,
/// until it ends. Does nothing in a process that [`rt_start`](crate::rt_start)
/// has not taken over.
#[unsafe(no_mangle)]
pub extern "C" fn rt_thread() {
    if !fault::is_caught() {
        return;
    }
    let Some(key) = key() else {
        return;
    };
    // SAFETY: the key is never deleted.
    if !unsafe { libc::pthread_getspecific(key) }.is_null() {
        return;
    }
    let value = match fault::give_stack() {
        Given::Fresh(memory) => memory,
        Given::Own => OWN,
        Given::Nothing => return,
    };
    // SAFETY: as above; the value is what `end` expects.
    let failed = unsafe { libc::pthread_setspecific(key, value) } != 0;
    if failed && value != OWN {
        // SAFETY: it was just given.
        unsafe { fault::take_stack(value) };
    }
}

/// The key, made by whoever comes first; `None` if there is no room for one.
fn key() -> Option<Key> {
    let known = KEY.load(Ordering::Acquire);
    if known != 0 {
        return Some((known - 1) as Key);
    }
    let mut key = Key::default();
    // SAFETY: `key` can be written, and `end` takes what threads are given.
    if unsafe { libc::pthread_key_create(&raw mut key, end) } != 0 {
        return None;
    }
    let mine = key as usize + 1;
    match KEY.compare_exchange(0, mine, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => Some(key),
        Err(known) => {
            // SAFETY: nobody else knows this key.
            unsafe { libc::pthread_key_delete(key) };
            Some((known - 1) as Key)
        }
    }
}

/// Called by the C library when a thread ends that was given something.
unsafe extern "C" fn end(value: *mut c_void) {
    if value != OWN {
        // SAFETY: the thread was given this stack, and its value is reset before
        // this is called.
        unsafe { fault::take_stack(value) };
    }
}
