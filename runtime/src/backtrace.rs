//! What a panic or a fault came through: the program's functions on the stack
//! (PAN-1). Each frame begins with the address of its caller's and the address to
//! which it returns; a table that the program carries says whose code that is.

use core::ffi::{CStr, c_int, c_void};
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

use crate::frame::{Frame, told_by};
use crate::layout::{FunctionEntry, FunctionTable};
use crate::libc;
use crate::write::write_all;

const STDERR: c_int = 2;
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
    let mut names = Names::new(table);
    let mut lines = Lines::new(most);
    let mut memory = Memory { page: usize::MAX };
    for _ in 0..DEEPEST {
        if let Some(name) = names.of(frame.code).filter(|name| !name.is_empty()) {
            lines.add(name);
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
    lines.end();
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

/// The functions of a table by address.
struct Names<'t> {
    entries: &'t [FunctionEntry],
    end: usize,
    /// The code of the function that was found last.
    known: core::ops::Range<usize>,
    name: &'t [u8],
}

impl<'t> Names<'t> {
    fn new(table: &'t FunctionTable) -> Self {
        // SAFETY: the program's table is as it says.
        let entries = unsafe { core::slice::from_raw_parts(table.entries.as_ptr(), table.count) };
        Self {
            entries,
            end: table.end.addr(),
            known: 0..0,
            name: b"",
        }
    }

    /// The function that has this address; `None` if it is none of the table's.
    fn of(&mut self, address: usize) -> Option<&'t [u8]> {
        if self.known.contains(&address) {
            return Some(self.name);
        }
        let mut found = None::<&FunctionEntry>;
        let mut end = self.end;
        for entry in self.entries {
            let start = entry.code.addr();
            if start > address {
                end = end.min(start);
            } else if found.is_none_or(|found| found.code.addr() < start) {
                found = Some(entry);
            }
        }
        let entry = found.filter(|_| address < end)?;
        self.known = entry.code.addr()..end;
        // SAFETY: the program's table is as it says.
        self.name = unsafe { core::slice::from_raw_parts(entry.name, entry.length) };
        Some(self.name)
    }
}

/// The lines of a backtrace: equal ones in a row are told once, with their number.
struct Lines<'t> {
    last: Option<&'t [u8]>,
    /// How many are equal to the last one.
    more: usize,
    left: usize,
    /// How many came after there was no room.
    hidden: usize,
}

impl<'t> Lines<'t> {
    const fn new(most: usize) -> Self {
        Self {
            last: None,
            more: 0,
            left: most,
            hidden: 0,
        }
    }

    fn add(&mut self, name: &'t [u8]) {
        if self.left == 0 {
            self.hidden += 1;
            return;
        }
        if self.last == Some(name) {
            self.more += 1;
            return;
        }
        self.fold();
        if self.left == 0 {
            self.hidden += 1;
            return;
        }
        self.left -= 1;
        self.last = Some(name);
        for part in [b"  at ", name, b"\n"] {
            let _ = write_all(STDERR, part);
        }
    }

    /// Tells how many were equal to the last one.
    fn fold(&mut self) {
        match self.more {
            0 => {}
            more => tell(more, b" more\n"),
        }
        self.more = 0;
    }

    fn end(mut self) {
        self.fold();
        if self.hidden > 0 {
            tell(self.hidden, b" more; BESKID_BACKTRACE=full shows them\n");
        }
    }
}

/// Writes a number with commas between thousands.
fn tell(number: usize, what: &[u8]) {
    let mut digits = [0_u8; 27];
    let mut at = digits.len();
    let mut rest = number;
    let mut count = 0;
    loop {
        if count > 0 && count % 3 == 0 {
            at -= 1;
            digits[at] = b',';
        }
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        count += 1;
        if rest == 0 {
            break;
        }
    }
    for part in [
        "  … ".as_bytes(),
        digits.get(at..).unwrap_or_default(),
        what,
    ] {
        let _ = write_all(STDERR, part);
    }
}
