//! Code in memory, told to debuggers by the interface that GDB has for that: a list of
//! object files in the process, and a function at which the debugger stops when the
//! list changes.

mod image;

use std::cell::UnsafeCell;
use std::hint::black_box;
use std::ptr;
use std::sync::{Mutex, PoisonError};

use crate::addresses::Addresses;

/// An element of the list.
#[repr(C)]
struct Entry {
    next: *mut Entry,
    previous: *mut Entry,
    file: *const u8,
    size: u64,
}

/// What the debugger reads.
#[repr(C)]
struct Descriptor {
    version: u32,
    action: u32,
    relevant: *mut Entry,
    first: *mut Entry,
}

const NO_ACTION: u32 = 0;
const ADDED: u32 = 1;
const REMOVED: u32 = 2;

/// Memory that is changed by who holds [`LIST`].
#[repr(transparent)]
struct Shared(UnsafeCell<Descriptor>);

// SAFETY: every access is by who holds the lock, or by the debugger while nothing runs.
unsafe impl Sync for Shared {}

static LIST: Mutex<()> = Mutex::new(());

// Hidden, which Rust has no word for: a debugger takes a visible one in the executable for
// the one that every library means, and would look there for what other backends tell.
#[cfg(target_os = "linux")]
std::arch::global_asm!(
    ".pushsection .data.__jit_debug_descriptor, \"aw\", %progbits",
    ".balign 8",
    ".globl __jit_debug_descriptor",
    ".hidden __jit_debug_descriptor",
    ".type __jit_debug_descriptor, %object",
    ".size __jit_debug_descriptor, 24",
    "__jit_debug_descriptor:",
    ".4byte 1",
    ".4byte 0",
    ".8byte 0",
    ".8byte 0",
    ".popsection",
);

#[cfg(target_os = "linux")]
unsafe extern "C" {
    static __jit_debug_descriptor: Shared;
}

#[cfg(not(target_os = "linux"))]
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the debugger looks for this name")]
static __jit_debug_descriptor: Shared = Shared(UnsafeCell::new(Descriptor {
    version: 1,
    action: NO_ACTION,
    relevant: ptr::null_mut(),
    first: ptr::null_mut(),
}));

/// The list, which belongs to who holds [`LIST`].
fn list() -> *mut Descriptor {
    #[allow(unused_unsafe, reason = "not every system's is a foreign one")]
    // SAFETY: it is defined above, as what the debugger reads is laid out.
    let shared = unsafe { &__jit_debug_descriptor };
    shared.0.get()
}

#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn __jit_debug_register_code() {
    // Two calls must not become one.
    black_box(list());
}

/// The address of the list, which is there to the end of the process.
pub(crate) fn descriptor() -> *const () {
    list().cast_const().cast()
}

/// An object file that debuggers are told of for as long as this is there.
pub(crate) struct Registered {
    entry: *mut Entry,
    /// What the entry points to.
    _file: Box<[u8]>,
}

impl Registered {
    /// Tells debuggers of a module's code; `None` if there is nothing to tell.
    pub(crate) fn new(code: Addresses<'_>, unwind: Option<&[u8]>) -> Option<Self> {
        let file = image::of(code, unwind)?.into_boxed_slice();
        let entry = Box::into_raw(Box::new(Entry {
            next: ptr::null_mut(),
            previous: ptr::null_mut(),
            file: file.as_ptr(),
            size: file.len() as u64,
        }));
        let lock = LIST.lock().unwrap_or_else(PoisonError::into_inner);
        let list = list();
        // SAFETY: who holds the lock alone has the list, whose entries are there until
        // they are taken out of it.
        unsafe {
            let first = (*list).first;
            (*entry).next = first;
            if let Some(first) = first.as_mut() {
                first.previous = entry;
            }
            (*list).first = entry;
            tell(list, entry, ADDED);
        }
        drop(lock);
        Some(Self { entry, _file: file })
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let lock = LIST.lock().unwrap_or_else(PoisonError::into_inner);
        let list = list();
        // SAFETY: as in `new`; the entry is in the list, and nobody has it afterwards.
        unsafe {
            let Entry { next, previous, .. } = self.entry.read();
            if let Some(next) = next.as_mut() {
                next.previous = previous;
            }
            match previous.as_mut() {
                Some(previous) => previous.next = next,
                None => (*list).first = next,
            }
            tell(list, self.entry, REMOVED);
            drop(Box::from_raw(self.entry));
        }
        drop(lock);
    }
}

/// Stops the debugger, if there is one.
///
/// # Safety
/// The caller holds the lock of the list.
unsafe fn tell(list: *mut Descriptor, entry: *mut Entry, action: u32) {
    // SAFETY: the caller's promise.
    unsafe {
        (*list).relevant = entry;
        (*list).action = action;
        __jit_debug_register_code();
        (*list).relevant = ptr::null_mut();
        (*list).action = NO_ACTION;
    }
}
