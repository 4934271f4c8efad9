//! Ending the program: a message on standard error, exit status 101. Who embeds the program
//! is told before, and may leave it instead.

use core::ffi::c_int;
use core::mem;
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

use crate::frame::Frame;
use crate::layout::{FunctionTable, PanicReport};
use crate::libc;
use crate::write::write_all;

const STDERR: c_int = 2;
const STATUS: c_int = 101;
/// Most bytes of a message in several parts that are told.
const MOST: usize = 256;

/// Who is told of panics.
type Told = unsafe extern "C" fn(*const PanicReport);

static TOLD: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// Names the function that is told of each panic, with a `PanicReport`, before anything is
/// said of it, null for none; the function before. It runs on the thread that panics, which
/// holds nothing of the runtime's: it may leave the program, or return, and the panic ends
/// the process.
///
/// # Safety
/// `told` is null or such a function, and stays so until another one is named.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rt_on_panic(told: *const ()) -> *const () {
    TOLD.swap(told.cast_mut(), Ordering::AcqRel)
}

/// Where a panic came from, as far as that is known.
#[derive(Clone, Copy)]
pub(crate) struct Origin<'p> {
    /// The place in the source.
    pub(crate) place: &'p [u8],
    pub(crate) frame: Option<Frame>,
    pub(crate) functions: *const FunctionTable,
}

impl Origin<'_> {
    pub(crate) const UNKNOWN: Self = Self {
        place: b"",
        frame: None,
        functions: ptr::null(),
    };
}

/// Tells who is told of panics, if there is somebody.
pub(crate) fn tell(message: &[u8], origin: Origin<'_>) {
    let told = TOLD.load(Ordering::Acquire);
    // SAFETY: it is null, or what `rt_on_panic` was given; `None` has the form of null.
    let Some(told) = (unsafe { mem::transmute::<*mut (), Option<Told>>(told) }) else {
        return;
    };
    let place = origin.place;
    let report = PanicReport {
        message: message.as_ptr(),
        message_length: message.len(),
        place: if place.is_empty() {
            ptr::null()
        } else {
            place.as_ptr()
        },
        place_length: place.len(),
        code: origin.frame.map_or(0, |frame| frame.code),
        frame: origin.frame.map_or(0, |frame| frame.pointer),
        functions: origin.functions,
    };
    // SAFETY: who named the function keeps it.
    unsafe { told(&raw const report) };
}

/// Ends the program with a message.
pub(crate) fn fail(message: &[u8]) -> ! {
    tell(message, Origin::UNKNOWN);
    say(&[message]);
    end()
}

/// Ends the program with a message in several parts.
pub(crate) fn fail_with(parts: &[&[u8]]) -> ! {
    let mut message = [0_u8; MOST];
    let mut length = 0;
    for byte in parts.iter().copied().flatten().take(MOST) {
        if let Some(place) = message.get_mut(length) {
            *place = *byte;
            length += 1;
        }
    }
    tell(message.get(..length).unwrap_or_default(), Origin::UNKNOWN);
    say(parts);
    end()
}

/// Ends the program because the system gives no more memory. Nobody is told, for a lock
/// may be held.
pub(crate) fn out_of_memory() -> ! {
    say(&[b"out of memory"]);
    end()
}

/// Writes the message of a panic, in several parts.
pub(crate) fn say(parts: &[&[u8]]) {
    // Nothing can be done for a program that cannot even write its last words.
    let _ = write_all(STDERR, b"panic: ");
    for part in parts {
        let _ = write_all(STDERR, part);
    }
    let _ = write_all(STDERR, b"\n");
}

/// Ends the program after its last words.
pub(crate) fn end() -> ! {
    // SAFETY: ending the process is always allowed. `_exit`, because exit
    // handlers must not run in a program whose state is broken.
    unsafe { libc::_exit(STATUS) }
}
