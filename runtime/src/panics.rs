//! Panics of programs, each a message of theirs.

use core::arch::naked_asm;

use crate::backtrace;
use crate::fail::{Origin, end, fail, say, tell};
use crate::frame::Frame;
use crate::layout::{BeskidStr, FunctionTable};
use crate::strings;

/// Ends the program with a message of `len` bytes.
///
/// # Safety
/// `len` bytes at `ptr` are readable, or `len` is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panic(ptr: *const u8, len: usize) -> ! {
    // SAFETY: the caller's promise.
    fail(unsafe { strings::bytes(ptr, len) })
}

/// Ends the program with a message.
///
/// # Safety
/// `message` is null or a valid string handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panic_str(message: *const BeskidStr) -> ! {
    // SAFETY: the caller's promise.
    fail(unsafe { strings::content(message) })
}

/// Ends the program with a message and the source position it stems from.
///
/// # Safety
/// Both are null or valid string handles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panic_at(message: *const BeskidStr, place: *const BeskidStr) -> ! {
    // SAFETY: the caller's promise.
    let (message, place) = unsafe { (strings::content(message), strings::content(place)) };
    let origin = Origin {
        place,
        ..Origin::UNKNOWN
    };
    tell(message, origin);
    say(&[message, b"\n  at ", place]);
    end()
}

/// Ends the program with a message, the source position it stems from, and the
/// functions of the table that it came through.
///
/// # Safety
/// Both are null or valid string handles; the table is null or the caller's program's.
// The frame pointer is still the caller's: a function of Rust may use the register.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn panic_traced(
    message: *const BeskidStr,
    place: *const BeskidStr,
    functions: *const FunctionTable,
) -> ! {
    #[cfg(target_arch = "x86_64")]
    naked_asm!("mov rcx, rbp", "mov r8, [rsp]", "jmp {}", sym traced);
    #[cfg(target_arch = "aarch64")]
    naked_asm!("mov x3, x29", "mov x4, x30", "b {}", sym traced);
    #[cfg(target_arch = "riscv64")]
    naked_asm!("mv a3, s0", "mv a4, ra", "tail {}", sym traced);
}

/// # Safety
/// As for [`panic_traced`], which was called from `code` in the frame of `pointer`.
unsafe extern "C" fn traced(
    message: *const BeskidStr,
    place: *const BeskidStr,
    functions: *const FunctionTable,
    pointer: usize,
    code: usize,
) -> ! {
    // SAFETY: the caller's promise.
    let (message, place) = unsafe { (strings::content(message), strings::content(place)) };
    let here = (&raw const pointer).addr();
    let frame = Frame {
        code: code - 1,
        pointer,
        floor: here,
    };
    let origin = Origin {
        place,
        frame: Some(frame),
        functions,
    };
    tell(message, origin);
    say(&[message, b"\n  at ", place]);
    // SAFETY: the caller's promise.
    if let Some(table) = unsafe { functions.as_ref() } {
        backtrace::write(table, frame);
    }
    end()
}
