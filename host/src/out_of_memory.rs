//! When the system gives no more memory, the command ends with an error.

use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use beskid_plugin_api::codes::Code;

use crate::at_exit::end_now;
use crate::scratch;

/// The system's allocator, for a program that runs commands: where the system
/// refuses memory, the command removes its scratch and ends with E4045, since
/// little of what follows could do without.
#[derive(Debug, Clone, Copy, Default)]
pub struct Allocator;

/// Whether errors are JSON.
static JSON: AtomicBool = AtomicBool::new(false);
/// Whether a thread is about to end the process.
static ENDING: AtomicBool = AtomicBool::new(false);

/// Exit status of a command that failed.
const FAILED: u8 = 1;
/// Room for the message, in bytes.
const LONGEST: usize = 512;

/// Has the error be a line of JSON, as all others are.
pub(crate) fn say_in_json() {
    JSON.store(true, Ordering::Relaxed);
}

// SAFETY: what is returned is the system's, which keeps the contract.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        given(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        given(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        given(unsafe { System.realloc(memory, layout, size) }, size)
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the same.
        unsafe { System.dealloc(memory, layout) };
    }
}

fn given(memory: *mut u8, size: usize) -> *mut u8 {
    if memory.is_null() {
        refused(size);
    }
    memory
}

#[cold]
fn refused(size: usize) -> ! {
    while ENDING.swap(true, Ordering::AcqRel) {
        std::thread::yield_now();
    }
    let mut message = Buffer::default();
    let what = Refused {
        bytes: size,
        json: JSON.load(Ordering::Relaxed),
    };
    // What does not fit is not said, and nobody can be told what is not written.
    let _ = write!(message, "{what}");
    let _ = std::io::stderr().write_all(&message.bytes[..message.length]);
    scratch::remove_at_crash();
    end_now(FAILED)
}

/// The error, which is written without memory.
struct Refused {
    bytes: usize,
    json: bool,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (code, bytes) = (Code::E4045, self.bytes);
        let message = format_args!("out of memory: the system refuses {bytes} bytes");
        let help = "compile with fewer threads (`--jobs 1`), or raise the limit of memory";
        match self.json {
            true => writeln!(
                out,
                "{{\"severity\":\"error\",\"code\":\"{code}\",\"message\":\"{message}\",\
                 \"path\":null,\"line\":null,\"column\":null,\"end\":null,\"plugin\":null,\
                 \"notes\":[],\"help\":\"{help}\"}}"
            ),
            false => writeln!(out, "error[{code}]: {message}\n  help: {help}"),
        }
    }
}

struct Buffer {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Default for Buffer {
    fn default() -> Self {
        Self {
            bytes: [0; LONGEST],
            length: 0,
        }
    }
}

impl std::fmt::Write for Buffer {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.length + text.len();
        let room = self.bytes.get_mut(self.length..end);
        room.ok_or(std::fmt::Error)?
            .copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_message_fits_and_is_json_like_others() {
        for json in [false, true] {
            let refused = Refused {
                bytes: usize::MAX,
                json,
            };
            let mut buffer = Buffer::default();
            write!(buffer, "{refused}").unwrap();
            let text = std::str::from_utf8(&buffer.bytes[..buffer.length]).unwrap();
            assert_eq!(text, refused.to_string());
            if json {
                let value: serde_json::Value = serde_json::from_str(text).unwrap();
                assert_eq!(value["code"], "E4045");
            }
        }
    }
}
