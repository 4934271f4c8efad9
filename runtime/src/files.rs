//! Files by their paths.

use core::ffi::c_int;

use crate::arrays::bytes_of;
use crate::bytes;
use crate::fail::fail;
use crate::layout::{BeskidArray, BeskidStr};
use crate::libc::{self, result};
use crate::pages::{self, PAGE};
use crate::paths::with_c_string;
use crate::strings::{INVALID, content, join};
use crate::write::{MOST, write_all};

/// What new files may be, before the process's mask.
const FILE_MODE: c_int = 0o666;
/// What new folders may be, before the process's mask.
const FOLDER_MODE: libc::Mode = 0o777;

/// All of a file; empty if that cannot be read. A file that is not UTF-8 ends the
/// program.
///
/// # Safety
/// `path` is null or a valid string handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fs_read_text(path: *const BeskidStr) -> *mut BeskidStr {
    // SAFETY: the caller's promise.
    read(unsafe { content(path) }, |bytes| {
        if core::str::from_utf8(bytes).is_err() {
            fail(INVALID);
        }
        join(&[bytes])
    })
}

/// All bytes of a file; none if it cannot be read.
///
/// # Safety
/// As for [`fs_read_text`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fs_read_bytes(path: *const BeskidStr) -> *mut BeskidArray {
    // SAFETY: the caller's promise.
    read(unsafe { content(path) }, bytes_of)
}

/// Why the thread's last call, which read a file, came back empty: the system's error
/// number, negated; 0 if the file was read.
#[unsafe(no_mangle)]
pub extern "C" fn fs_error() -> i64 {
    -i64::from(libc::errno())
}

/// What is made of all bytes of a file, or of none if it cannot be read; the thread's
/// error number says afterwards why, and is 0 if it could.
fn read<R>(path: &[u8], make: impl FnOnce(&[u8]) -> R) -> R {
    let mut bytes = Growing::new();
    let error = open(path, 0).and_then(|fd| {
        let read = bytes.read(fd);
        // SAFETY: the descriptor is ours.
        unsafe { libc::close(fd) };
        read
    });
    let made = make(match error {
        Ok(()) => bytes.bytes(),
        Err(_) => &[],
    });
    // Error numbers of the system are small.
    let number = error.err().and_then(|error| c_int::try_from(-error).ok());
    drop(bytes);
    libc::set_errno(number.unwrap_or(0));
    made
}

/// Writes a file anew, all of it; 0, or the system's error number, negated.
///
/// # Safety
/// Both are null or valid string handles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fs_write_text(path: *const BeskidStr, text: *const BeskidStr) -> i64 {
    // SAFETY: the caller's promise.
    let (path, text) = unsafe { (content(path), content(text)) };
    write(path, text)
}

/// Writes a file anew, all of it; 0, or the system's error number, negated.
///
/// # Safety
/// Both are null or valid handles, of a string and of an array of bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fs_write_bytes(path: *const BeskidStr, bytes: *const BeskidArray) -> i64 {
    // SAFETY: the caller's promise.
    let (path, bytes) = unsafe { (content(path), bytes::content(bytes)) };
    write(path, bytes)
}

fn write(path: &[u8], bytes: &[u8]) -> i64 {
    let fd = match open(path, libc::WRITE_ANEW) {
        Ok(fd) => fd,
        Err(error) => return error,
    };
    let written = write_all(fd, bytes);
    // SAFETY: the descriptor is ours.
    let closed = result(unsafe { libc::close(fd) });
    written.min(closed).min(0)
}

/// 1 if there is something at a path, else 0.
///
/// # Safety
/// As for [`fs_read_text`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fs_exists(path: *const BeskidStr) -> i64 {
    const THERE: c_int = 0;
    // SAFETY: the caller's promise.
    let path = unsafe { content(path) };
    let found = with_c_string(path, |path| {
        // SAFETY: it is a string of C.
        unsafe { libc::access(path.as_ptr(), THERE) == 0 }
    });
    i64::from(found.unwrap_or(false))
}

/// Deletes a file; 0, or the system's error number, negated.
///
/// # Safety
/// As for [`fs_read_text`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fs_delete(path: *const BeskidStr) -> i64 {
    // SAFETY: the caller's promise.
    let path = unsafe { content(path) };
    let done = with_c_string(path, |path| {
        // SAFETY: it is a string of C.
        result(unsafe { libc::unlink(path.as_ptr()) })
    });
    done.unwrap_or_else(|error| error)
}

/// Makes a folder in one that is there; 0, or the system's error number, negated.
///
/// # Safety
/// As for [`fs_read_text`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fs_mkdir(path: *const BeskidStr) -> i64 {
    // SAFETY: the caller's promise.
    let path = unsafe { content(path) };
    let done = with_c_string(path, |path| {
        // SAFETY: it is a string of C.
        result(unsafe { libc::mkdir(path.as_ptr(), FOLDER_MODE) })
    });
    done.unwrap_or_else(|error| error)
}

/// A descriptor, or the system's error number, negated.
fn open(path: &[u8], flags: c_int) -> Result<c_int, i64> {
    with_c_string(path, |path| {
        loop {
            // SAFETY: it is a string of C.
            let fd = unsafe { libc::open(path.as_ptr(), flags | libc::CLOSE_ON_EXEC, FILE_MODE) };
            match fd {
                -1 if libc::errno() == libc::EINTR => {}
                -1 => return Err(-i64::from(libc::errno())),
                fd => return Ok(fd),
            }
        }
    })?
}

/// Bytes that are read, in memory of their own.
struct Growing {
    memory: *mut u8,
    len: usize,
    size: usize,
}

impl Growing {
    fn new() -> Self {
        let mut new = Self {
            memory: core::ptr::null_mut(),
            len: 0,
            size: 0,
        };
        new.grow(PAGE);
        new
    }

    fn grow(&mut self, size: usize) {
        let Some(memory) = pages::map(size) else {
            fail(b"out of memory");
        };
        let memory = memory.cast::<u8>();
        // SAFETY: the new memory is larger, and the old one ours alone.
        unsafe {
            memory.copy_from_nonoverlapping(self.memory, self.len);
            self.free();
        }
        self.memory = memory;
        self.size = size;
    }

    /// # Safety
    /// The memory is used no more.
    unsafe fn free(&mut self) {
        if self.size > 0 {
            // SAFETY: the caller's promise.
            unsafe { pages::unmap(self.memory.cast(), self.size) };
        }
    }

    /// Reads to the end, unless there is an error number of the system, negated.
    fn read(&mut self, fd: c_int) -> Result<(), i64> {
        loop {
            if self.len == self.size {
                self.grow(self.size * 2);
            }
            let room = (self.size - self.len).min(MOST);
            // SAFETY: there is as much room.
            let count = unsafe { libc::read(fd, self.memory.add(self.len).cast(), room) };
            match usize::try_from(count) {
                Ok(0) => return Ok(()),
                Ok(count) => self.len += count,
                Err(_) if libc::errno() == libc::EINTR => {}
                Err(_) => return Err(-i64::from(libc::errno())),
            }
        }
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: as many have been read.
        unsafe { core::slice::from_raw_parts(self.memory, self.len) }
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        // SAFETY: nobody has it any more.
        unsafe { self.free() };
    }
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;

    fn string(text: impl AsRef<std::path::Path>) -> *mut BeskidStr {
        join(&[text.as_ref().to_str().unwrap().as_bytes()])
    }

    #[test]
    fn files_come_and_go() {
        let folder = tempfile::tempdir().unwrap();
        let [path, missing] = ["f.txt", "no/f.txt"].map(|name| string(folder.path().join(name)));
        let text = "šljiva\n".repeat(50_000);
        // SAFETY: all handles are valid.
        unsafe {
            assert_eq!(fs_exists(path), 0);
            assert_eq!(content(fs_read_text(path)), b"");
            assert_eq!(fs_write_text(path, string("more than what follows")), 0);
            assert_eq!(fs_write_text(path, string("")), 0);
            assert_eq!(
                [fs_exists(path), fs_write_text(path, string(&text))],
                [1, 0]
            );
            assert!(content(fs_read_text(path)) == text.as_bytes());
            assert_eq!([fs_delete(path), fs_exists(path)], [0, 0]);
            let not_there = -2;
            assert_eq!(fs_delete(path), not_there);
            assert_eq!(fs_write_text(missing, path), not_there);
            assert_eq!(fs_mkdir(missing), not_there);
        }
    }

    #[test]
    fn files_have_bytes_and_reading_tells_errors() {
        let folder = tempfile::tempdir().unwrap();
        let [path, none] = ["bytes", "none"].map(|name| string(folder.path().join(name)));
        let folder = string(folder.path());
        // SAFETY: all handles are valid.
        unsafe {
            assert_eq!(fs_write_bytes(path, bytes_of(b"\xff\0a")), 0);
            assert_eq!(bytes::content(fs_read_bytes(path)), b"\xff\0a");
            assert_eq!(fs_error(), 0);
            assert_eq!(bytes::content(fs_read_bytes(none)), b"");
            assert_eq!(fs_error(), -2);
            assert_eq!(content(fs_read_text(folder)), b"");
            assert_eq!(fs_error(), -21);
            assert_eq!(fs_write_bytes(folder, bytes_of(b"")), -21);
            assert_eq!(fs_write_bytes(path, bytes_of(b"")), 0);
            assert_eq!(content(fs_read_text(path)), b"");
            assert_eq!(fs_error(), 0);
        }
    }

    #[test]
    fn folders_are_made_once_and_are_no_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = string(folder.path().join("new"));
        // SAFETY: all handles are valid.
        unsafe {
            assert_eq!(
                [fs_mkdir(path), fs_exists(path), fs_mkdir(path)],
                [0, 1, -17]
            );
            assert_eq!(content(fs_read_text(path)), b"");
            assert_eq!(fs_write_text(path, path), -21);
            assert!(fs_delete(path) < 0);
        }
    }

    #[test]
    fn paths_that_no_file_has_are_refused() {
        let long = String::from("x").repeat(100_000);
        for path in ["", "a\0b", &long] {
            let path = string(path);
            // SAFETY: all handles are valid.
            unsafe {
                assert_eq!(fs_exists(path), 0);
                assert_eq!(content(fs_read_text(path)), b"");
                let errors = [fs_write_text(path, path), fs_delete(path), fs_mkdir(path)];
                assert!(errors.iter().all(|error| *error < 0), "{errors:?}");
            }
        }
    }
}
