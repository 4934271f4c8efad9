//! Bytes and answers on their way between C and Rust.

use std::ffi::c_void;
use std::{ptr, slice};

use abi_stable::std_types::{RSlice, RVec};

use super::types::{CBytes, CReply, CServices};
use crate::abi::messages::{not_offered, pack};
use crate::abi::modules::ServicesRef;
use crate::abi::reply::Reply;

impl CBytes {
    pub(super) const fn of(bytes: &[u8]) -> Self {
        Self {
            data: bytes.as_ptr(),
            len: bytes.len(),
        }
    }

    /// The bytes; none if no memory can be so large, or begins at null.
    ///
    /// # Safety
    /// They are there, and nobody changes them, as long as the slice is used.
    const unsafe fn get<'b>(self) -> &'b [u8] {
        if self.data.is_null() || self.len > isize::MAX as usize {
            return &[];
        }
        // SAFETY: not null; the rest is the caller's promise.
        unsafe { slice::from_raw_parts(self.data, self.len) }
    }
}

/// The answer of a plugin, copied, and freed there.
///
/// # Safety
/// It is one that a plugin has just given.
pub(super) unsafe fn taken(reply: CReply) -> Reply {
    // SAFETY: a plugin's answer is there until it is released.
    let copy = |bytes: CBytes| RVec::from(unsafe { bytes.get() }.to_vec());
    let copied = Reply {
        message: copy(reply.message),
        payload: copy(reply.payload),
    };
    if let Some(release) = reply.release {
        // SAFETY: once, with what it wants, as the header says.
        unsafe { release(reply.owner) };
    }
    copied
}

/// An answer of the host's, for a plugin to release.
fn given(reply: Reply) -> CReply {
    let owned = Box::new(reply);
    CReply {
        message: CBytes::of(&owned.message),
        payload: CBytes::of(&owned.payload),
        release: Some(release),
        owner: Box::into_raw(owned).cast(),
    }
}

unsafe extern "C" fn release(owner: *mut c_void) {
    if !owner.is_null() {
        // SAFETY: `given` made it, and the header says that it is released once.
        drop(unsafe { Box::from_raw(owner.cast::<Reply>()) });
    }
}

/// The services of a table, for C; they hold as long as the table's place does.
pub(super) const fn services(table: &ServicesRef) -> CServices {
    CServices {
        size: size_of::<CServices>(),
        context: ptr::from_ref(table).cast(),
        log: Some(log),
        progress: Some(progress),
        cancelled: Some(cancelled),
        scratch: Some(scratch),
        run: Some(run),
    }
}

/// # Safety
/// `context` is that of [`services`], and its table is still there.
const unsafe fn table(context: *const c_void) -> ServicesRef {
    // SAFETY: the caller's promise.
    unsafe { *context.cast::<ServicesRef>() }
}

unsafe extern "C" fn log(context: *const c_void, level: u8, message: CBytes) {
    // SAFETY: the plugin passes what the header says, as in the functions below.
    let (table, message) = unsafe { (table(context), message.get()) };
    table.log()(level, RSlice::from_slice(message));
}

unsafe extern "C" fn progress(context: *const c_void, done: u64, total: u64) {
    // SAFETY: as above.
    unsafe { table(context) }.progress()(done, total);
}

unsafe extern "C" fn cancelled(context: *const c_void) -> bool {
    // SAFETY: as above.
    unsafe { table(context) }.cancelled()()
}

unsafe extern "C" fn scratch(context: *const c_void) -> CReply {
    // SAFETY: as above.
    let scratch = unsafe { table(context) }.scratch();
    given(match scratch {
        Some(scratch) => scratch(),
        None => pack::<()>(Err(not_offered("a scratch folder"))),
    })
}

unsafe extern "C" fn run(context: *const c_void, call: CBytes) -> CReply {
    // SAFETY: as above.
    let (table, call) = unsafe { (table(context), call.get()) };
    given(match table.run() {
        Some(run) => run(RSlice::from_slice(call)),
        None => pack::<()>(Err(not_offered("to run a tool"))),
    })
}
