//! Interop dispatch (EXT-005): operations on tagged values, in three groups by
//! kind of result. A tag of another group, or of none, ends the program.

use crate::arrays::array_len;
use crate::fail::{fail, fail_with};
use crate::io::syscall_write;
use crate::layout::{
    BeskidStr, INTEROP_ARRAY_LEN, INTEROP_PRINT, INTEROP_STR_CLONE, INTEROP_STR_LEN, InteropValue,
};
use crate::strings::{content, join, str_len};

const STDOUT: i64 = 1;

/// Does an operation without a result.
///
/// # Safety
/// `value` is null or valid, and its payload is what its tag asks for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interop_dispatch_unit(value: *const InteropValue) {
    // SAFETY: the caller's promise.
    let value = unsafe { get(value) };
    match value.tag {
        INTEROP_PRINT => {
            // SAFETY: the payload is a string.
            unsafe { syscall_write(STDOUT, value.payload.cast()) };
        }
        tag => unknown(tag, b"unit"),
    }
}

/// Does an operation whose result is a pointer.
///
/// # Safety
/// As for [`interop_dispatch_unit`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interop_dispatch_ptr(value: *const InteropValue) -> *const u8 {
    // SAFETY: the caller's promise.
    let value = unsafe { get(value) };
    match value.tag {
        INTEROP_STR_CLONE => {
            // SAFETY: the payload is a string.
            let bytes = unsafe { content(value.payload.cast::<BeskidStr>()) };
            join(&[bytes]).cast()
        }
        tag => unknown(tag, b"ptr"),
    }
}

/// Does an operation whose result is a size.
///
/// # Safety
/// As for [`interop_dispatch_unit`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interop_dispatch_usize(value: *const InteropValue) -> i64 {
    // SAFETY: the caller's promise.
    let value = unsafe { get(value) };
    match value.tag {
        // SAFETY: the payload is a string.
        INTEROP_STR_LEN => unsafe { str_len(value.payload.cast()) },
        // SAFETY: the payload is an array.
        INTEROP_ARRAY_LEN => unsafe { array_len(value.payload.cast()) },
        tag => unknown(tag, b"usize"),
    }
}

/// # Safety
/// As for [`interop_dispatch_unit`].
unsafe fn get<'a>(value: *const InteropValue) -> &'a InteropValue {
    if value.is_null() {
        fail(b"null interop value");
    }
    // SAFETY: the caller's promise; the pointer is not null.
    unsafe { &*value }
}

fn unknown(tag: u64, group: &[u8]) -> ! {
    let text = crate::text::str_from_i64(tag as i64);
    // SAFETY: the handle is fresh.
    let number = unsafe { content(text) };
    fail_with(&[
        b"interop tag ",
        number,
        b" is unknown in dispatch group ",
        group,
    ])
}

#[cfg(test)]
mod tests {
    use core::ptr;

    use super::*;

    #[test]
    fn ext_005_string_length_answers_in_the_usize_group() {
        let value = InteropValue {
            descriptor: ptr::null(),
            tag: INTEROP_STR_LEN,
            payload: join(&[b"hello"]).cast(),
        };
        // SAFETY: the payload is a string, as the tag asks.
        assert_eq!(unsafe { interop_dispatch_usize(&raw const value) }, 5);
    }

    #[test]
    fn ext_005_a_string_clone_is_another_handle() {
        let original = join(&[b"hello"]);
        let value = InteropValue {
            descriptor: ptr::null(),
            tag: INTEROP_STR_CLONE,
            payload: original.cast(),
        };
        // SAFETY: the payload is a string, as the tag asks.
        let copy = unsafe { interop_dispatch_ptr(&raw const value) };
        assert_ne!(copy, original.cast_const().cast());
        // SAFETY: the result is a string.
        assert_eq!(unsafe { content(copy.cast()) }, b"hello");
    }
}
