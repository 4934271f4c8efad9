//! The write barrier: which old objects may refer to young ones.

use super::cell::Hidden;
use super::heap::HEAP;
use super::space::is_inside;
use crate::layout::{GC_STATE_OLD, GcContext};

/// Notes that a reference is about to be stored into an old object.
///
/// # Safety
/// There is an object of the heap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_remember(context: *mut GcContext, object: *const u8) {
    let _ = context;
    // SAFETY: the caller's promise.
    HEAP.with(|heap| unsafe { heap.remember(object.expose_provenance()) });
}

/// Says that `object` is about to refer to `value`; either may be null, or lie
/// outside the heap.
///
/// # Safety
/// If `object` is an address of the heap, there is an object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_write_barrier(object: *const u8, value: *const u8) {
    let address = object.expose_provenance();
    if value.is_null() || !is_inside(address) {
        return;
    }
    // SAFETY: the caller's promise.
    unsafe {
        if Hidden::read(address).state() == GC_STATE_OLD {
            HEAP.with(|heap| heap.remember(address));
        }
    }
}

#[cfg(test)]
mod tests {
    use core::ptr;

    use super::*;

    #[test]
    fn the_barrier_takes_nulls_and_what_is_not_in_the_heap() {
        let word = 0_u64;
        let word = ptr::from_ref(&word).cast();
        // SAFETY: none is of the heap.
        unsafe {
            gc_write_barrier(ptr::null(), ptr::null());
            gc_write_barrier(ptr::null(), word);
            gc_write_barrier(word, word);
        }
    }
}
