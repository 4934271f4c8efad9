//! Reading and writing file descriptors.

use core::ffi::c_int;

use crate::arrays::bytes_of;
use crate::fail::fail;
use crate::input::read_at_most;
use crate::layout::{BeskidArray, BeskidStr};
use crate::strings::INVALID;
use crate::write::{MOST, write_all};
use crate::{bytes, pages, strings};

/// Writes a string to a file descriptor, all of it; returns its length in
/// bytes, or the negative error number of the system if that is not possible.
///
/// # Safety
/// `string` is null or a valid string handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn syscall_write(fd: i64, string: *const BeskidStr) -> i64 {
    // SAFETY: the caller's promise.
    let bytes = unsafe { strings::content(string) };
    write_all(descriptor(fd), bytes)
}

/// Reads up to `max` bytes from a file descriptor, as many as are there; at the
/// end of the file the string is empty. A character of which only a part is
/// there is read to its end, so the string may have up to 3 bytes more. Text
/// that is not UTF-8, a failing read and a negative `max` end the program.
#[unsafe(no_mangle)]
pub extern "C" fn syscall_read(fd: i64, max: i64) -> *mut BeskidStr {
    let fd = descriptor(fd);
    // SAFETY: there is room for `max` and `REST` bytes.
    with_room(max, |memory, max| unsafe { read_text(fd, memory, max) })
}

/// Reads up to `max` bytes from a file descriptor, as many as are there, into an
/// array; it is empty at the end of the file and if that is not possible. A
/// negative `max` ends the program.
#[unsafe(no_mangle)]
pub extern "C" fn syscall_read_bytes(fd: i64, max: i64) -> *mut BeskidArray {
    let fd = descriptor(fd);
    with_room(max, |memory, max| {
        // SAFETY: there is room for `max` bytes, and as many are read as counted.
        unsafe {
            let count = read_at_most(fd, memory, max).unwrap_or(0);
            bytes_of(strings::bytes(memory, count))
        }
    })
}

/// Writes an array of bytes to a file descriptor, all of it; returns its length,
/// or the negative error number of the system if that is not possible.
///
/// # Safety
/// `array` is null or a valid array of bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn syscall_write_bytes(fd: i64, array: *const BeskidArray) -> i64 {
    // SAFETY: the caller's promise.
    let bytes = unsafe { bytes::content(array) };
    write_all(descriptor(fd), bytes)
}

/// Reads what fits this many bytes without memory of its own.
const SMALL: usize = 4096;

/// Gives room for `max` bytes, or as many as can be read at once, and for [`REST`]
/// more, which are gone afterwards.
fn with_room<R>(max: i64, act: impl FnOnce(*mut u8, usize) -> R) -> R {
    let Ok(max) = usize::try_from(max) else {
        fail(b"negative length in a read");
    };
    let max = max.min(MOST);
    if max <= SMALL {
        return act([0; SMALL + REST].as_mut_ptr(), max);
    }
    let Some(room) = pages::map(max + REST) else {
        fail(b"out of memory");
    };
    let result = act(room.cast(), max);
    // SAFETY: nobody uses the room any more.
    unsafe { pages::unmap(room, max + REST) };
    result
}

/// Reads up to `max` bytes, and the rest of the last character.
///
/// # Safety
/// `memory` has room for [`REST`] bytes more.
unsafe fn read_text(fd: c_int, memory: *mut u8, max: usize) -> *mut BeskidStr {
    // SAFETY: the memory has room for `max` bytes.
    let mut count = unsafe { read_some(fd, memory, max) };
    loop {
        // SAFETY: the kernel has written `count` bytes.
        let bytes = unsafe { strings::bytes(memory, count) };
        let missing = missing(bytes);
        if missing == 0 {
            return strings::join(&[bytes]);
        }
        // SAFETY: at most `REST` bytes are missing behind the first `max`.
        let more = unsafe { read_some(fd, memory.add(count), missing) };
        if more == 0 {
            fail(INVALID);
        }
        count += more;
    }
}

/// Most bytes of a character behind its first one.
const REST: usize = 3;

/// How many bytes are missing of the character at the end. What is not UTF-8
/// ends the program.
fn missing(bytes: &[u8]) -> usize {
    let Err(error) = core::str::from_utf8(bytes) else {
        return 0;
    };
    let rest = bytes.get(error.valid_up_to()..).unwrap_or_default();
    let length = match rest {
        [0xc2..0xe0, ..] => 2,
        [0xe0..0xf0, ..] => 3,
        _ => 4,
    };
    match error.error_len() {
        None => length - rest.len(),
        Some(_) => fail(INVALID),
    }
}

/// Reads at most `max` bytes; a failure is like the end.
///
/// # Safety
/// `memory` has room for `max` bytes.
unsafe fn read_some(fd: c_int, memory: *mut u8, max: usize) -> usize {
    // SAFETY: the caller's promise.
    unsafe { read_at_most(fd, memory, max) }.unwrap_or_default()
}

/// A number that is no descriptor becomes -1, which the kernel refuses.
fn descriptor(fd: i64) -> c_int {
    c_int::try_from(fd).unwrap_or(-1)
}

static TEST_BYTES: [u8; 5] = *b"hello";

/// Address of five constant bytes, `hello`, for tests of foreign calls.
#[unsafe(no_mangle)]
pub extern "C" fn test_bytes_ptr() -> i64 {
    TEST_BYTES.as_ptr() as i64
}

/// Number of bytes at [`test_bytes_ptr`].
#[unsafe(no_mangle)]
pub extern "C" fn test_bytes_len() -> i64 {
    TEST_BYTES.len() as i64
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::fd::AsRawFd;

    use super::*;

    #[test]
    fn a_bad_descriptor_is_reported_as_a_negative_number() {
        let text = strings::join(&[b"text"]);
        // SAFETY: `join` returns valid handles.
        unsafe {
            assert!(syscall_write(-1, text) < 0);
            assert!(syscall_write(i64::MAX, text) < 0);
        }
    }

    #[test]
    fn everything_is_written_even_if_the_system_takes_a_part_at_a_time() {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let text = "čaj".repeat(200_000);
        let received = std::thread::spawn(move || {
            let mut received = std::string::String::new();
            reader.read_to_string(&mut received).unwrap();
            received
        });
        let handle = strings::join(&[text.as_bytes()]);
        // SAFETY: `join` returns valid handles.
        let written = unsafe { syscall_write(writer.as_raw_fd().into(), handle) };
        assert_eq!(written, text.len() as i64);
        drop(writer);
        assert!(received.join().unwrap() == text);
    }

    #[test]
    fn a_read_gives_at_most_what_was_asked_and_nothing_at_the_end_and_on_failure() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let fd = i64::from(reader.as_raw_fd());
        // SAFETY: `syscall_read` returns valid handles.
        let read = |max| unsafe { strings::content(syscall_read(fd, max)) };
        writer.write_all("sljez 🌿".as_bytes()).unwrap();
        assert_eq!(read(0), b"");
        assert_eq!(read(3), b"slj");
        assert_eq!(read(1 << 20), "ez 🌿".as_bytes());
        writer.write_all(b"a\0b").unwrap();
        drop(writer);
        assert_eq!(read(4096), b"a\0b");
        assert_eq!(read(4096), b"");
        // SAFETY: the same.
        assert_eq!(unsafe { strings::content(syscall_read(-1, 9)) }, b"");
    }

    #[test]
    fn a_character_that_comes_in_parts_is_read_to_its_end() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let fd = i64::from(reader.as_raw_fd());
        // SAFETY: `syscall_read` returns valid handles.
        let read = |max| unsafe { strings::content(syscall_read(fd, max)) };
        for max in [1, 2, 3, 5] {
            writer.write_all("🌿šuma".as_bytes()).unwrap();
            let mut found = std::vec::Vec::new();
            while found.len() < 9 {
                let part = read(max);
                assert!(core::str::from_utf8(part).is_ok());
                found.extend_from_slice(part);
            }
            assert_eq!(found, "🌿šuma".as_bytes());
        }
        let [first, .., last] = "🌿".as_bytes() else {
            panic!("four bytes");
        };
        let middle = &"🌿".as_bytes()[1..3];
        std::thread::scope(|scope| {
            writer.write_all(&[*first]).unwrap();
            let reading = scope.spawn(|| read(4096));
            writer.write_all(middle).unwrap();
            writer.write_all(&[*last]).unwrap();
            assert_eq!(reading.join().unwrap(), "🌿".as_bytes());
        });
    }

    #[test]
    fn bytes_are_read_and_written_as_they_are() {
        let (reader, writer) = std::io::pipe().unwrap();
        let [from, to] = [reader.as_raw_fd(), writer.as_raw_fd()].map(i64::from);
        let sent = b"\xff\0\xc5";
        // SAFETY: the arrays are valid.
        unsafe {
            assert_eq!(syscall_write_bytes(to, bytes_of(sent)), 3);
            assert_eq!(syscall_write_bytes(-1, bytes_of(sent)), -9);
            assert_eq!(bytes::content(syscall_read_bytes(from, 2)), b"\xff\0");
            assert_eq!(bytes::content(syscall_read_bytes(from, 1 << 20)), b"\xc5");
            drop(writer);
            assert_eq!(bytes::content(syscall_read_bytes(from, 9)), b"");
            assert_eq!(bytes::content(syscall_read_bytes(-1, 9)), b"");
        }
    }

    #[test]
    fn the_test_bytes_are_readable() {
        let (ptr, len) = (
            test_bytes_ptr() as usize as *const u8,
            test_bytes_len() as usize,
        );
        // SAFETY: both describe a static.
        assert_eq!(unsafe { strings::bytes(ptr, len) }, b"hello");
    }
}
