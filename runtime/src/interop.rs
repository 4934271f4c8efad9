//! Interop dispatch (EXT-005): operations on tagged values, in three groups by
//! kind of result. A tag of another group, or of none, ends the program.

use crate::arrays::array_len;
use crate::fail::{fail, fail_with};
use crate::io::syscall_write;
use crate::layout::{
    BeskidStr, INTEROP_ARRAY_LEN, INTEROP_PRINT, INTEROP_STR_CLONE, INTEROP_STR_LEN, InteropGroup,
    InteropValue,
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
        tag => unknown(tag, InteropGroup::Unit),
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
        tag => unknown(tag, InteropGroup::Ptr),
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
        tag => unknown(tag, InteropGroup::Usize),
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

fn unknown(tag: u64, group: InteropGroup) -> ! {
    let group: &[u8] = match group {
        InteropGroup::Unit => b"unit",
        InteropGroup::Ptr => b"ptr",
        InteropGroup::Usize => b"usize",
    };
    let mut digits = [0; 20];
    fail_with(&[
        b"interop tag ",
        decimal(tag, &mut digits),
        b" is unknown in dispatch group ",
        group,
    ])
}

/// Digits of a number, written from the end of the room for them.
fn decimal(mut number: u64, digits: &mut [u8; 20]) -> &[u8] {
    let mut start = digits.len();
    for (index, digit) in digits.iter_mut().enumerate().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        start = index;
        if number == 0 {
            break;
        }
    }
    digits.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use core::ptr;

    use super::*;
    use crate::arrays::array_new;
    use crate::layout::HeapHeader;

    fn value(tag: u64, payload: *const u8) -> InteropValue {
        let header = HeapHeader {
            descriptor: ptr::null(),
        };
        InteropValue {
            header,
            tag,
            payload,
        }
    }

    #[test]
    fn ext_005_lengths_answer_in_the_usize_group() {
        let string = value(INTEROP_STR_LEN, join(&[b"hello"]).cast());
        // SAFETY: the payload is a string, as the tag asks.
        assert_eq!(unsafe { interop_dispatch_usize(&raw const string) }, 5);
        let array = value(INTEROP_ARRAY_LEN, array_new(8, 3).cast());
        // SAFETY: the payload is an array, as the tag asks.
        assert_eq!(unsafe { interop_dispatch_usize(&raw const array) }, 3);
    }

    #[test]
    fn ext_005_a_string_clone_is_another_handle() {
        let original = join(&[b"hello"]);
        let value = value(INTEROP_STR_CLONE, original.cast());
        // SAFETY: the payload is a string, as the tag asks.
        let copy = unsafe { interop_dispatch_ptr(&raw const value) };
        assert_ne!(copy, original.cast_const().cast());
        // SAFETY: the result is a string.
        assert_eq!(unsafe { content(copy.cast()) }, b"hello");
    }

    #[test]
    fn tags_are_named_in_decimal() {
        for number in [0, 7, 10, 99, u64::MAX] {
            let mut digits = [0; 20];
            let text = core::str::from_utf8(decimal(number, &mut digits)).unwrap();
            assert_eq!(text.parse(), Ok(number));
        }
    }
}
