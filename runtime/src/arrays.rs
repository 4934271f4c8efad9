//! Arrays with backing storage.

use crate::fail::fail;
use crate::layout::{BeskidArray, GC_KIND_PLAIN};
use crate::memory::object;

/// Where the elements are, aligned to 16 bytes as the array is.
const ELEMENTS: usize = size_of::<BeskidArray>().next_multiple_of(16);

/// A new array of `len` zeroed elements of `element_size` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn array_new(element_size: usize, len: usize) -> *mut BeskidArray {
    let size = element_size.checked_mul(len);
    let Some(size) = size.and_then(|size| size.checked_add(ELEMENTS)) else {
        fail(b"array too large");
    };
    let array = object(size, GC_KIND_PLAIN, true, |array| {
        // SAFETY: the memory is fresh and large enough.
        unsafe {
            array.cast::<BeskidArray>().write(BeskidArray {
                ptr: array.add(ELEMENTS),
                len,
                cap: len,
            });
        }
    });
    array.cast()
}

/// A new array of bytes with a copy of these.
pub(crate) fn bytes_of(bytes: &[u8]) -> *mut BeskidArray {
    let size = bytes.len() + ELEMENTS;
    let array = object(size, GC_KIND_PLAIN, false, |array| {
        // SAFETY: the memory is fresh and large enough.
        unsafe {
            let ptr = array.add(ELEMENTS);
            ptr.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            array.cast::<BeskidArray>().write(BeskidArray {
                ptr,
                len: bytes.len(),
                cap: bytes.len(),
            });
        }
    });
    array.cast()
}

/// Number of elements; a null handle ends the program.
///
/// # Safety
/// `array` is null or a valid array handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_len(array: *const BeskidArray) -> i64 {
    if array.is_null() {
        fail(b"null array handle");
    }
    // SAFETY: the caller's promise; the handle is not null.
    unsafe { (*array).len as i64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_has_storage_for_its_elements() {
        let array = array_new(8, 5);
        // SAFETY: `array_new` returns valid handles with storage.
        unsafe {
            assert_eq!(array_len(array), 5);
            assert_eq!((*array).cap, 5);
            let elements = core::slice::from_raw_parts((*array).ptr.cast::<u64>(), 5);
            assert!(elements.iter().all(|element| *element == 0));
        }
    }

    #[test]
    fn arrays_without_elements_and_of_elements_without_size_exist() {
        for (element_size, len) in [(8, 0), (0, 0), (0, 7)] {
            let array = array_new(element_size, len);
            // SAFETY: `array_new` returns valid handles.
            unsafe {
                assert_eq!(array_len(array), len as i64);
                assert!(!(*array).ptr.is_null());
            }
        }
    }
}
