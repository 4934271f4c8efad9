//! How to leave the frames of a session's code, told to the unwinder of the
//! process: exceptions pass, and backtraces go on.

use std::ffi::c_void;

use beskid_clif::unwind::{Pointers, eh_frame};
use cranelift_module::Module;

use crate::addresses::Addresses;

/// A table that the unwinder reads for as long as this is there.
pub(crate) struct Registered {
    table: Box<[u8]>,
}

impl Registered {
    /// The table of a module's functions, as in the file of a debugger; `None` where
    /// there is nothing to tell.
    pub(crate) fn table(code: Addresses<'_>) -> Option<Vec<u8>> {
        let frames = code.defined.frames();
        let section = eh_frame(code.module.isa(), frames, Pointers::Absolute)?;
        code.fill(section).map(|(_, table)| table)
    }

    /// Tells the unwinder of a [`table`](Self::table).
    pub(crate) fn new(mut table: Vec<u8>) -> Self {
        // An entry without a length is the last one.
        table.extend([0; 4]);
        let table = table.into_boxed_slice();
        for entry in entries(&table) {
            // SAFETY: the table is well formed, does not move, and is taken back before
            // it goes; its functions have the code that it describes.
            unsafe { __register_frame(entry) };
        }
        Self { table }
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        for entry in entries(&self.table) {
            // SAFETY: `new` has registered the same address.
            unsafe { __deregister_frame(entry) };
        }
    }
}

/// What the unwinder wants to be told of: here the whole table.
#[cfg(not(target_vendor = "apple"))]
fn entries(table: &[u8]) -> impl Iterator<Item = *const c_void> {
    std::iter::once(table.as_ptr().cast())
}

/// What the unwinder wants to be told of: here each function's entry.
#[cfg(target_vendor = "apple")]
fn entries(table: &[u8]) -> impl Iterator<Item = *const c_void> {
    let mut rest = table;
    let all = std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        let entry = rest;
        rest = after.get(length..)?;
        (length != 0).then_some(entry)
    });
    // What all have in common refers to nothing.
    let own = all.filter(|entry| entry.get(4..8).is_some_and(|word| word != [0; 4]));
    own.map(|entry| entry.as_ptr().cast())
}

unsafe extern "C" {
    fn __register_frame(table: *const c_void);
    fn __deregister_frame(table: *const c_void);
}
