//! Images of code in memory: the lists that backends keep for debuggers, as GDB has it.

use core::ptr;
use core::slice;
use core::sync::atomic::{AtomicPtr, Ordering};

use super::elf::Elf;

/// The begin of what GDB calls `jit_descriptor`.
#[repr(C)]
struct Descriptor {
    version: u32,
    action: u32,
    relevant: *const Entry,
    first: *const Entry,
}

/// What GDB calls `jit_code_entry`.
#[repr(C)]
struct Entry {
    next: *const Entry,
    previous: *const Entry,
    file: *const u8,
    size: u64,
}

/// Each backend of a process has one.
const MOST: usize = 8;

static LISTS: [AtomicPtr<()>; MOST] = [const { AtomicPtr::new(ptr::null_mut()) }; MOST];

/// Adds the list of a backend by which debuggers are told of code in memory, a
/// `__jit_debug_descriptor`: backtraces find the lines of calls in its images.
///
/// # Safety
/// It is one, to the end of the process.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rt_debug_list(list: *const ()) {
    for place in &LISTS {
        let none = ptr::null_mut();
        let list = list.cast_mut();
        match place.compare_exchange(none, list, Ordering::AcqRel, Ordering::Acquire) {
            Err(other) if other != list => {}
            _ => return,
        }
    }
}

/// The image that has code at an address. It stays as long as the code.
pub(super) fn image_with<'i>(code: usize) -> Option<Elf<'i>> {
    LISTS.iter().find_map(|list| {
        let list = list.load(Ordering::Acquire).cast::<Descriptor>();
        // SAFETY: it is null, or what `rt_debug_list` was given.
        let mut entry = unsafe { list.as_ref() }?.first;
        // SAFETY: the list is as GDB has it, and its entries stay while their code runs.
        while let Some(image) = unsafe { entry.as_ref() } {
            // SAFETY: so many bytes are there, as long as the entry.
            let file = unsafe { slice::from_raw_parts(image.file, image.size as usize) };
            let elf = Elf::parse(file).filter(|elf| elf.has_code(code as u64));
            if elf.is_some() {
                return elf;
            }
            entry = image.next;
        }
        None
    })
}
