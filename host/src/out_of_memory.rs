//! When the system gives no more memory, the command ends with an error.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, Ordering};

use beskid_plugin_api::codes::Code;

use crate::at_exit::end_now;
use crate::last_words::LastWords;
use crate::scratch;

/// The system's allocator, for a program that runs commands: where the system
/// refuses memory, the command removes its scratch and ends with E4045, since
/// little of what follows could do without.
#[derive(Debug, Clone, Copy, Default)]
pub struct Allocator;

/// Whether a thread is about to end the process.
static ENDING: AtomicBool = AtomicBool::new(false);

/// Exit status of a command that failed.
const FAILED: u8 = 1;

// SAFETY: what is returned is the system's, which keeps the contract.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        given(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        given(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        given(unsafe { System.realloc(memory, layout, size) }, size)
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the same.
        unsafe { System.dealloc(memory, layout) };
    }
}

fn given(memory: *mut u8, size: usize) -> *mut u8 {
    if memory.is_null() {
        refused(size);
    }
    memory
}

#[cold]
fn refused(size: usize) -> ! {
    while ENDING.swap(true, Ordering::AcqRel) {
        std::thread::yield_now();
    }
    let words = LastWords {
        code: Code::E4045,
        message: format_args!("out of memory: the system refuses {size} bytes"),
        plugin: None,
        help: "compile with fewer threads (`--jobs 1`), or raise the limit of memory",
    };
    words.say();
    scratch::remove_at_crash();
    end_now(FAILED)
}
