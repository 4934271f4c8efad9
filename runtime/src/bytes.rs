//! Arrays of bytes.

use core::cmp::Ordering;
use core::slice;

use crate::fail::fail;
use crate::layout::{BeskidArray, BeskidStr};
use crate::strings::{self, INVALID, join};

/// The bytes of an array; a null handle ends the program.
///
/// # Safety
/// The handle is null or that of a valid array of bytes, which nobody changes as
/// long as the bytes are used.
pub(crate) unsafe fn content<'a>(array: *const BeskidArray) -> &'a [u8] {
    if array.is_null() {
        fail(b"null array handle");
    }
    // SAFETY: the caller's promise.
    unsafe {
        match (*array).len {
            0 => &[],
            len => slice::from_raw_parts((*array).ptr, len),
        }
    }
}

/// A string with the bytes of an array, which must be UTF-8.
///
/// # Safety
/// `array` is null or a valid array of bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn str_from_bytes_utf8(array: *const BeskidArray) -> *mut BeskidStr {
    // SAFETY: the caller's promise.
    let bytes = unsafe { content(array) };
    if core::str::from_utf8(bytes).is_err() {
        fail(INVALID);
    }
    join(&[bytes])
}

/// Copies `count` bytes from one array, or another part of it, to another. What is
/// out of bounds ends the program before anything is copied.
///
/// # Safety
/// Both are null or valid arrays of bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bytes_copy(
    to: *mut BeskidArray,
    to_start: i64,
    from: *const BeskidArray,
    from_start: i64,
    count: i64,
) {
    // SAFETY: the caller's promise; the bytes are used one after the other.
    unsafe {
        let [to_len, from_len] = [content(to).len(), content(from).len()];
        let to_start = start(to_len, to_start, count);
        let from_start = start(from_len, from_start, count);
        let from = (*from).ptr.add(from_start);
        // Checked above: it is not negative.
        from.copy_to((*to).ptr.add(to_start), count as usize);
    }
}

/// Copies all bytes of a string to an array. If there is no room for them, the program
/// ends before anything is copied.
///
/// # Safety
/// Both are null or valid handles, of an array of bytes and of a string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn str_copy(to: *mut BeskidArray, to_start: i64, text: *const BeskidStr) {
    // SAFETY: the caller's promise; a string and an array are no parts of each other.
    unsafe {
        let text = strings::content(text);
        // No string is longer than an i64 counts.
        let to_start = start(content(to).len(), to_start, text.len() as i64);
        let to = (*to).ptr.add(to_start);
        to.copy_from_nonoverlapping(text.as_ptr(), text.len());
    }
}

/// Where a part of so many bytes begins, if there is one.
fn start(len: usize, start: i64, count: i64) -> usize {
    let part = usize::try_from(start).ok().zip(usize::try_from(count).ok());
    let part = part.filter(|(start, count)| {
        len.checked_sub(*start)
            .is_some_and(|behind| *count <= behind)
    });
    match part {
        Some((start, _)) => start,
        None => fail(b"index out of bounds"),
    }
}

/// -1, 0 or 1: whether the first array comes before the second, byte by byte, is
/// equal, or comes after it.
///
/// # Safety
/// Both are null or valid arrays of bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bytes_compare(left: *const BeskidArray, right: *const BeskidArray) -> i64 {
    // SAFETY: the caller's promise.
    match unsafe { content(left).cmp(content(right)) } {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

/// The byte at an index; one that is out of bounds ends the program.
///
/// # Safety
/// `array` is null or a valid array of bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bytes_get(array: *const BeskidArray, index: i64) -> i64 {
    // SAFETY: the caller's promise.
    let bytes = unsafe { content(array) };
    let byte = usize::try_from(index)
        .ok()
        .and_then(|index| bytes.get(index));
    match byte {
        Some(byte) => i64::from(*byte),
        None => fail(b"index out of bounds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrays::bytes_of;

    #[test]
    fn parts_are_copied_even_onto_themselves() {
        let array = bytes_of(b"abcdef");
        // SAFETY: the array is valid.
        unsafe {
            bytes_copy(array, 1, array, 0, 5);
            assert_eq!(content(array), b"aabcde");
            bytes_copy(array, 0, array, 2, 4);
            assert_eq!(content(array), b"bcdede");
            bytes_copy(array, 6, array, 6, 0);
            bytes_copy(array, 5, bytes_of(b"xyz"), 2, 1);
            assert_eq!(content(array), b"bcdedz");
            assert_eq!(bytes_get(array, 5), i64::from(b'z'));
        }
    }

    #[test]
    fn strings_are_copied_into_arrays() {
        let array = bytes_of(b"abcdef");
        // SAFETY: the handles are valid.
        unsafe {
            str_copy(array, 1, join(&["šu".as_bytes()]));
            assert_eq!(content(array), "ašuef".as_bytes());
            str_copy(array, 6, join(&[]));
            str_copy(array, 5, join(&[b"z"]));
            assert_eq!(content(array), "ašuez".as_bytes());
        }
    }

    #[test]
    fn arrays_are_compared_byte_by_byte() {
        // SAFETY: the arrays are valid.
        let compare =
            |left: &[u8], right: &[u8]| unsafe { bytes_compare(bytes_of(left), bytes_of(right)) };
        assert_eq!(compare(b"ab", b"ab"), 0);
        assert_eq!(compare(b"ab", b"abc"), -1);
        assert_eq!(compare(b"\x80", b"ab"), 1);
        assert_eq!(compare(b"", b""), 0);
    }

    #[test]
    fn bytes_become_a_string() {
        // SAFETY: the array and the string are valid.
        let text = unsafe { strings::content(str_from_bytes_utf8(bytes_of("šuma".as_bytes()))) };
        assert_eq!(text, "šuma".as_bytes());
    }
}
