//! What surrounds the process: environment, working folder, number, terminal.

use core::ffi::{CStr, c_int};

use crate::fail::fail;
use crate::layout::BeskidStr;
use crate::libc::{self, EINVAL};
use crate::paths::{LONGEST, with_c_string};
use crate::strings::{INVALID, content, join};

/// The value of an environment variable; empty if there is none. One that is not
/// UTF-8 ends the program.
///
/// # Safety
/// `name` is null or a valid string handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn env_get(name: *const BeskidStr) -> *mut BeskidStr {
    // SAFETY: the caller's promise.
    let name = unsafe { content(name) };
    let found = with_c_string(name, |name| {
        // SAFETY: it is a string of C; what is found stays until the variable is set.
        unsafe {
            let value = libc::getenv(name.as_ptr());
            (!value.is_null()).then(|| text(CStr::from_ptr(value).to_bytes()))
        }
    });
    match found {
        Ok(Some(value)) => value,
        Ok(None) | Err(_) => join(&[]),
    }
}

/// A string of what the system says, which must be UTF-8.
fn text(bytes: &[u8]) -> *mut BeskidStr {
    if core::str::from_utf8(bytes).is_err() {
        fail(INVALID);
    }
    join(&[bytes])
}

/// Sets an environment variable; 0, or the system's error number, negated.
///
/// # Safety
/// Both are null or valid string handles; no other thread uses the environment.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn env_set(name: *const BeskidStr, value: *const BeskidStr) -> i64 {
    // SAFETY: the caller's promise.
    let (name, value) = unsafe { (content(name), content(value)) };
    if name.is_empty() || name.contains(&b'=') {
        return -i64::from(EINVAL);
    }
    let set = with_c_string(name, |name| {
        with_c_string(value, |value| {
            // SAFETY: both are strings of C.
            libc::result(unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) })
        })
    });
    match set {
        Ok(Ok(result)) => result,
        Ok(Err(error)) | Err(error) => error,
    }
}

/// The working folder; empty if there is none. One that is not UTF-8 ends the
/// program.
#[unsafe(no_mangle)]
pub extern "C" fn env_getcwd() -> *mut BeskidStr {
    let mut room = [0_u8; LONGEST];
    // SAFETY: there is as much room.
    let found = unsafe { libc::getcwd(room.as_mut_ptr().cast(), room.len()) };
    match CStr::from_bytes_until_nul(&room) {
        Ok(path) if !found.is_null() => text(path.to_bytes()),
        Ok(_) | Err(_) => join(&[]),
    }
}

/// The number of the process.
#[unsafe(no_mangle)]
pub extern "C" fn process_getpid() -> u32 {
    // SAFETY: it has no preconditions. No process has a negative number.
    unsafe { libc::getpid() }.cast_unsigned()
}

/// Ends the process, as a return from C's `main` does, with the low 32 bits as
/// status.
#[unsafe(no_mangle)]
pub extern "C" fn process_exit(status: i64) -> ! {
    // SAFETY: a program ends itself once.
    unsafe { libc::exit(status as c_int) }
}

/// The size of the terminal that a descriptor is: columns times 65536 and rows; 0
/// if it is none.
#[unsafe(no_mangle)]
pub extern "C" fn tty_winsize(fd: i64) -> i64 {
    let mut size = libc::WindowSize::default();
    let fd = c_int::try_from(fd).unwrap_or(-1);
    // SAFETY: the request writes such a structure.
    if unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &raw mut size) } != 0 {
        return 0;
    }
    i64::from(size.columns) << 16 | i64::from(size.rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(name: &str) -> &'static [u8] {
        // SAFETY: `join` returns valid handles.
        unsafe { content(env_get(join(&[name.as_bytes()]))) }
    }

    #[test]
    fn names_and_values_that_no_variable_has_are_refused() {
        // SAFETY: `join` returns valid handles; nothing is set.
        let set = |name: &str, value: &str| unsafe {
            env_set(join(&[name.as_bytes()]), join(&[value.as_bytes()]))
        };
        for (name, value) in [("", "x"), ("a=b", "x"), ("a\0", "x"), ("a", "\0")] {
            assert_eq!(set(name, value), -22, "{name:?}");
        }
        assert_eq!(get("a\0b"), b"");
        assert_eq!(get(""), b"");
    }

    #[test]
    fn the_working_folder_and_the_process_are_those_of_the_system() {
        let folder = std::env::current_dir().unwrap();
        // SAFETY: it is a valid handle.
        let found = unsafe { content(env_getcwd()) };
        assert_eq!(found, folder.to_str().unwrap().as_bytes());
        assert_eq!(process_getpid(), std::process::id());
    }

    #[test]
    fn what_is_no_terminal_has_no_size() {
        let (reader, _writer) = std::io::pipe().unwrap();
        let fd = std::os::fd::AsRawFd::as_raw_fd(&reader);
        for fd in [i64::from(fd), -1, i64::MAX] {
            assert_eq!(tty_winsize(fd), 0);
        }
    }
}
