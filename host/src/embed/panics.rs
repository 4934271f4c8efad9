//! Panics of programs, as the runtime tells of them: they leave the program and become
//! traps.

use std::slice;

use beskid_plugin_api::runtime_abi::{FunctionTable, PanicReport};

use super::boundary;
use super::frames;
use super::told::Told;
use super::trap::{Trap, TrapKind};

/// Most functions that a trap names.
const MOST: usize = 64;

/// The address of what a runtime is to be given as `rt_on_panic`.
pub(super) fn listener() -> *const () {
    told as *const ()
}

/// Has panics of the runtime in this process told.
pub(super) fn listen() {
    // SAFETY: the function takes a report, and is there to the end of the process.
    unsafe { beskid_runtime::rt_on_panic(listener()) };
}

/// Told of a panic on the thread that panics. Comes back if no embedded program runs on
/// it: the panic then ends the process.
unsafe extern "C" fn told(report: *const PanicReport) {
    let here = (&raw const report).addr();
    // SAFETY: the runtime gives a report, and holds nothing; `leave` runs the closure
    // before it leaves, and this frame has nothing to destroy.
    unsafe { boundary::leave(|stack| trap_of(&*report, here..stack)) };
}

/// # Safety
/// The report is the runtime's, and `stack` the part of this thread's that is the
/// program's.
unsafe fn trap_of(report: &PanicReport, stack: std::ops::Range<usize>) -> Trap {
    // SAFETY: the caller's promise.
    unsafe {
        let message = text(report.message, report.message_length);
        let place = (!report.place.is_null()).then(|| text(report.place, report.place_length));
        let mut functions = Vec::new();
        if let Some(table) = report.functions.as_ref()
            && report.code != 0
        {
            frames::walk(report.code, report.frame, stack, |code| {
                functions.extend(function_at(table, code));
                functions.len() < MOST
            });
        }
        Trap::new(TrapKind::Panic, message)
            .at(place)
            .through(functions)
    }
}

/// # Safety
/// So many bytes are there, or `length` is 0.
unsafe fn text(bytes: *const u8, length: usize) -> String {
    if length == 0 {
        return String::new();
    }
    // SAFETY: the caller's promise.
    let bytes = unsafe { slice::from_raw_parts(bytes, length) };
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a table says of the function that has an address of code, if it is to be told.
///
/// # Safety
/// The table is a program's.
unsafe fn function_at(table: &FunctionTable, code: usize) -> Option<String> {
    if code >= table.end.addr() {
        return None;
    }
    // SAFETY: the caller's promise.
    let entries = unsafe { slice::from_raw_parts(table.entries.as_ptr(), table.count) };
    let begun = entries.iter().filter(|entry| entry.code.addr() <= code);
    let entry = begun.max_by_key(|entry| entry.code.addr())?;
    // SAFETY: as above.
    let told = unsafe { text(entry.name, entry.length) };
    let begin = entry.code.addr();
    (!told.is_empty()).then(|| Told::of_table(&told).at(code, begin))
}
