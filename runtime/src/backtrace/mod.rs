//! What a panic or a fault came through: the program's functions on the stack
//! (PAN-1). Each frame begins with the address of its caller's and the address to
//! which it returns; a table that the program carries says whose code that is, and what
//! debuggers are told of the program on which line, if they are told something.

mod calls;
mod elf;
mod functions;
mod line_table;
mod listed;
#[cfg(target_os = "linux")]
mod loaded;
mod reader;
mod relocations;
mod told;

pub use listed::rt_debug_list;

use core::ffi::{CStr, c_void};
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

use crate::frame::{Frame, told_by};
use crate::layout::FunctionTable;
use crate::libc;
use calls::Calls;
use functions::{Function, Functions};
use told::Told;

const VARIABLE: &CStr = c"BESKID_BACKTRACE";
/// Lines that are written unless the variable asks for all.
const SOME: usize = 16;
/// Most frames that are looked at.
const DEEPEST: usize = 1 << 24;
const WORD: usize = size_of::<usize>();

/// The table for who has none at hand.
static TABLE: AtomicPtr<FunctionTable> = AtomicPtr::new(ptr::null_mut());

/// Names the functions that faults come through, null for none; the table before.
///
/// # Safety
/// The table is null, or one that stays until another is named.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rt_functions(table: *const FunctionTable) -> *const FunctionTable {
    told_by(write_registered);
    TABLE.swap(table.cast_mut(), Ordering::AcqRel)
}

/// The line of the source that an address of code comes from, in a function that begins at
/// another one, if debuggers are told of it: for hosts that tell of backtraces themselves.
pub fn line_of_call(code: usize, begin: usize) -> Option<u64> {
    Calls::new().line(Function { begin, text: b"" }, code)
}

/// Writes the functions around a frame, by the table that [`rt_functions`] was given.
fn write_registered(frame: Frame) {
    // SAFETY: who named the table keeps it.
    if let Some(table) = unsafe { TABLE.load(Ordering::Acquire).as_ref() } {
        write(table, frame);
    }
}

/// Writes the functions around a frame.
pub(crate) fn write(table: &FunctionTable, mut frame: Frame) {
    let Some(most) = wanted() else { return };
    let mut functions = Functions::new(table);
    let mut told = Told::new(most);
    let mut memory = Memory { page: usize::MAX };
    for _ in 0..DEEPEST {
        if let Some(function) = functions.of(frame.code) {
            told.add(function, frame.code);
        }
        let at = frame.pointer;
        if at < frame.floor || !at.is_multiple_of(WORD) || !memory.has(at) || !memory.has(at + WORD)
        {
            break;
        }
        let at = ptr::with_exposed_provenance::<usize>(at);
        // SAFETY: the system has said that there is memory, of a stack or above it.
        let (pointer, code) = unsafe { (at.read(), at.add(1).read()) };
        if code == 0 {
            break;
        }
        frame = Frame {
            // A call may be the last instruction of a function.
            code: code - 1,
            pointer,
            floor: frame.pointer + 2 * WORD,
        };
    }
    told.end();
}

/// How many lines are wanted; `None`: no backtrace.
fn wanted() -> Option<usize> {
    // SAFETY: the name is a string of C, and so is what is found.
    let value = unsafe {
        let value = libc::getenv(VARIABLE.as_ptr());
        (!value.is_null()).then(|| CStr::from_ptr(value).to_bytes())
    };
    match value {
        Some(b"0") => None,
        Some(b"full") => Some(usize::MAX),
        _ => Some(SOME),
    }
}

/// Where there is memory: the system is asked once for each page.
struct Memory {
    page: usize,
}

impl Memory {
    fn has(&mut self, address: usize) -> bool {
        // SAFETY: it has no preconditions.
        let size = usize::try_from(unsafe { libc::getpagesize() }).unwrap_or(1);
        let page = address - address % size.max(1);
        if self.page == page {
            return true;
        }
        let mut state = 0_u8;
        let start = ptr::with_exposed_provenance_mut::<c_void>(page);
        // SAFETY: only asks, and there is room for the byte of one page.
        let is_there = unsafe { libc::mincore(start, size, &raw mut state) } == 0;
        if is_there {
            self.page = page;
        }
        is_there
    }
}
