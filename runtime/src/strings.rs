//! Strings: immutable UTF-8 behind a handle.

use core::slice;

use crate::fail::fail;
use crate::layout::{BeskidStr, GC_KIND_PLAIN};
use crate::memory::object;

/// What is said of bytes that are no text.
pub(crate) const INVALID: &[u8] = b"invalid utf-8 string data";
/// Greatest length in bytes: nothing in memory is longer.
const MAX: usize = isize::MAX as usize;
/// Where the bytes of a string are that are not those of another one.
const HEADER: usize = size_of::<BeskidStr>();

/// The bytes behind a pointer and a length.
///
/// # Safety
/// `len` bytes at `ptr` are readable and do not change, or `len` is 0.
pub(crate) unsafe fn bytes<'a>(ptr: *const u8, len: usize) -> &'a [u8] {
    if len == 0 {
        return &[];
    }
    if len > MAX {
        fail(b"string too long");
    }
    if ptr.is_null() {
        fail(b"null string data");
    }
    // SAFETY: the caller's promise; the pointer is not null.
    unsafe { slice::from_raw_parts(ptr, len) }
}

/// The bytes of a string; a null handle ends the program.
///
/// # Safety
/// The handle is null or valid.
pub(crate) unsafe fn content<'a>(handle: *const BeskidStr) -> &'a [u8] {
    if handle.is_null() {
        fail(b"null string handle");
    }
    // SAFETY: the handle is valid, and strings never change.
    unsafe { bytes((*handle).ptr, (*handle).len) }
}

/// A new string with the parts one after the other. Together they are UTF-8.
pub(crate) fn join(parts: &[&[u8]]) -> *mut BeskidStr {
    let length = parts
        .iter()
        .try_fold(0_usize, |sum, part| sum.checked_add(part.len()));
    let Some(length) = length.filter(|length| *length <= MAX) else {
        fail(b"string too long");
    };
    let size = HEADER + length;
    let string = object(size, GC_KIND_PLAIN, false, |string| {
        // SAFETY: the memory is fresh and has room for the string and all parts.
        unsafe { write(string, parts) }
    });
    string.cast()
}

/// A new string of so many bytes, which are zero until `fill` writes them. They must be
/// UTF-8 then.
pub(crate) fn filled(length: usize, fill: impl FnOnce(&mut [u8])) -> *mut BeskidStr {
    if length > MAX {
        fail(b"string too long");
    }
    let string = object(HEADER + length, GC_KIND_PLAIN, true, |string| {
        // SAFETY: the memory is fresh, zeroed, and has room for the string and its bytes.
        unsafe {
            let ptr = string.add(HEADER);
            string
                .cast::<BeskidStr>()
                .write(BeskidStr { ptr, len: length });
            fill(slice::from_raw_parts_mut(ptr, length));
        }
    });
    string.cast()
}

/// # Safety
/// The memory is aligned, and has room for a string with these bytes behind it.
unsafe fn write(string: *mut u8, parts: &[&[u8]]) {
    // SAFETY: the caller's promise; `len` is the sum of the lengths of the parts
    // before each.
    unsafe {
        let ptr = string.add(HEADER);
        let mut len = 0;
        for part in parts {
            ptr.add(len)
                .copy_from_nonoverlapping(part.as_ptr(), part.len());
            len += part.len();
        }
        string.cast::<BeskidStr>().write(BeskidStr { ptr, len });
    }
}

/// A new string with a copy of `len` bytes, which must be UTF-8.
///
/// # Safety
/// `len` bytes at `ptr` are readable, or `len` is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn str_new(ptr: *const u8, len: usize) -> *mut BeskidStr {
    // SAFETY: the caller's promise.
    let bytes = unsafe { bytes(ptr, len) };
    if core::str::from_utf8(bytes).is_err() {
        fail(INVALID);
    }
    join(&[bytes])
}

/// A new string: `left`, then `right`.
///
/// # Safety
/// Both are null or valid string handles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn str_concat(
    left: *const BeskidStr,
    right: *const BeskidStr,
) -> *mut BeskidStr {
    // SAFETY: the caller's promise.
    let parts = unsafe { [content(left), content(right)] };
    join(&parts)
}

/// `count` bytes of a string from `start` on, as one. What is out of bounds, or
/// begins or ends within a character, ends the program.
///
/// # Safety
/// `string` is null or a valid string handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn str_slice(
    string: *const BeskidStr,
    start: i64,
    count: i64,
) -> *mut BeskidStr {
    // SAFETY: the caller's promise.
    let bytes = unsafe { content(string) };
    let part = usize::try_from(start).ok().zip(usize::try_from(count).ok());
    let part = part.and_then(|(start, count)| bytes.get(start..start.checked_add(count)?));
    let Some(part) = part else {
        fail(b"index out of bounds");
    };
    if core::str::from_utf8(part).is_err() {
        fail(INVALID);
    }
    join(&[part])
}

/// Length in bytes.
///
/// # Safety
/// `string` is null or a valid string handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn str_len(string: *const BeskidStr) -> i64 {
    // SAFETY: the caller's promise.
    unsafe { content(string) }.len() as i64
}

/// 1 if both have the same bytes, else 0.
///
/// # Safety
/// Both are null or valid string handles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn str_eq(left: *const BeskidStr, right: *const BeskidStr) -> i64 {
    // SAFETY: the caller's promise.
    i64::from(unsafe { content(left) == content(right) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(text: &str) -> *mut BeskidStr {
        // SAFETY: the text is readable.
        unsafe { str_new(text.as_ptr(), text.len()) }
    }

    fn concat(left: &str, right: &str) -> &'static [u8] {
        // SAFETY: `new` returns valid handles.
        unsafe { content(str_concat(new(left), new(right))) }
    }

    #[test]
    fn concatenation_works_with_empty_sides() {
        assert_eq!(concat("", ""), b"");
        assert_eq!(concat("a", ""), b"a");
        assert_eq!(concat("", "b"), b"b");
        assert_eq!(concat("šum", "a"), "šuma".as_bytes());
    }

    #[test]
    fn lengths_are_in_bytes_and_nul_is_allowed() {
        // SAFETY: `new` returns valid handles.
        unsafe {
            assert_eq!(str_len(new("šuma")), 5);
            assert_eq!(str_len(new("a\0b")), 3);
            assert_eq!(str_len(new("")), 0);
        }
    }

    #[test]
    fn slices_are_parts() {
        let text = new("šuma");
        // SAFETY: `new` returns valid handles.
        unsafe {
            assert_eq!(content(str_slice(text, 0, 2)), "š".as_bytes());
            assert_eq!(content(str_slice(text, 2, 3)), b"uma");
            assert_eq!(content(str_slice(text, 5, 0)), b"");
        }
    }

    #[test]
    fn equality_is_by_content() {
        // SAFETY: `new` returns valid handles.
        unsafe {
            assert_eq!(str_eq(new("ab"), new("ab")), 1);
            assert_eq!(str_eq(new("ab"), new("abc")), 0);
            assert_eq!(str_eq(new(""), new("")), 1);
        }
    }
}
