//! Appending to strings in time that does not grow with them.
//!
//! The bytes of a string that was appended to lie in a cell of their own with room
//! behind them. Whoever appends to the string that ends where the bytes of that
//! cell end adds them there; the string before keeps its length.

use core::ptr;

use super::cell::{Hidden, word};
use super::mark::OWNER_OFFSET;
use super::space::is_inside;
use crate::fail::fail;
use crate::layout::{BeskidStr, GC_KIND_PLAIN, GC_KIND_SHARED, GcContext};
use crate::memory::object;
use crate::strings::{content, join};

/// Strings of fewer bytes are copied.
const SHORT: usize = 64;

/// What lies before the bytes in their cell.
#[repr(C)]
struct Room {
    /// Address behind the last byte that a string has.
    used: usize,
    /// Address behind the last byte that there is room for.
    end: usize,
}

/// A string whose bytes are in a [`Room`].
#[repr(C)]
struct Shared {
    string: BeskidStr,
    owner: *mut Room,
}

/// A string: `left`, then `right`; one of them if the other is empty.
///
/// # Safety
/// The context is that of the calling thread, which is inside; both are null or
/// valid string handles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_append(
    context: *mut GcContext,
    left: *const BeskidStr,
    right: *const BeskidStr,
) -> *mut BeskidStr {
    // Whether the thread is inside is known without it.
    let _ = context;
    const { assert!(core::mem::offset_of!(Shared, owner) == OWNER_OFFSET) };
    // SAFETY: the caller's promise.
    let parts = unsafe { [content(left), content(right)] };
    let [first, second] = parts;
    // Strings never change, so they may be shared.
    if second.is_empty() {
        return left.cast_mut();
    }
    if first.is_empty() {
        return right.cast_mut();
    }
    let len = first.len().saturating_add(second.len());
    // SAFETY: as above.
    let room = unsafe { owner(left) };
    // Who appends more than there was does so seldom.
    if room.is_null() && (len < SHORT || second.len() > first.len()) {
        return join(&parts);
    }
    let ends = first.as_ptr().addr() + first.len();
    // SAFETY: the room lives as long as `left`, and nothing is collected before a
    // fresh object is filled. Bytes behind the used ones are nobody's.
    unsafe {
        let fits = !room.is_null() && (*room).used == ends && second.len() <= (*room).end - ends;
        if fits {
            return shared(first.as_ptr(), len, room, || append(room, second));
        }
        let room = new_room(len, parts);
        shared(room.add(1).cast(), len, room, || {})
    }
}

/// The cell that has a string's bytes, if it is not the string's own.
///
/// # Safety
/// It is a valid string handle.
unsafe fn owner(string: *const BeskidStr) -> *mut Room {
    let address = string.expose_provenance();
    // SAFETY: the caller's promise; the kind says what is there.
    unsafe {
        if is_inside(address) && Hidden::read(address).kind() == GC_KIND_SHARED {
            (*string.cast::<Shared>()).owner
        } else {
            ptr::null_mut()
        }
    }
}

/// Room for twice as many bytes as the parts have, which are in it.
///
/// # Safety
/// The parts have `len` bytes together.
unsafe fn new_room(len: usize, parts: [&[u8]; 2]) -> *mut Room {
    let size = len.checked_mul(2);
    let Some(size) = size.and_then(|size| size.checked_add(size_of::<Room>())) else {
        fail(b"string too long");
    };
    let room = object(size, GC_KIND_PLAIN, false, |room| {
        let used = room.expose_provenance() + size_of::<Room>();
        let end = room.addr() + size;
        // SAFETY: the memory is fresh and large enough.
        unsafe {
            let room = room.cast::<Room>();
            room.write(Room { used, end });
            for part in parts {
                append(room, part);
            }
        }
    });
    room.cast()
}

/// # Safety
/// As many bytes are unused.
unsafe fn append(room: *mut Room, bytes: &[u8]) {
    // SAFETY: the caller's promise.
    unsafe {
        word((*room).used)
            .cast::<u8>()
            .copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        (*room).used += bytes.len();
    }
}

/// A string whose bytes are in a room; `fill` is called before anything is
/// collected.
fn shared(ptr: *const u8, len: usize, owner: *mut Room, fill: impl FnOnce()) -> *mut BeskidStr {
    let size = size_of::<Shared>();
    let string = object(size, GC_KIND_SHARED, false, |string| {
        let string = string.cast::<Shared>();
        let bytes = BeskidStr { ptr, len };
        // SAFETY: the memory is fresh and large enough.
        unsafe {
            string.write(Shared {
                string: bytes,
                owner,
            });
        }
        fill();
    });
    string.cast()
}
