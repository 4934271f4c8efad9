//! Calling an entrypoint that is in memory.

use crate::artifact::ResultKind;

/// Calls an entrypoint by the platform's C convention; returns the bits of its
/// result, zero-extended to 64 bits, and 0 for no result: what
/// [`Session::run`](crate::backend::Session::run) returns.
///
/// # Safety
/// `address` is that of a function which takes no parameters, follows the C
/// calling convention of this platform, and returns the machine type that
/// [`ResultKind`] gives for `result`.
pub unsafe fn call_entrypoint(address: *const u8, result: ResultKind) -> u64 {
    use std::mem::transmute;
    // SAFETY: the caller's promise, for each of the result types.
    unsafe {
        match result {
            ResultKind::Unit => {
                transmute::<*const u8, extern "C" fn()>(address)();
                0
            }
            ResultKind::Bool | ResultKind::U8 => {
                transmute::<*const u8, extern "C" fn() -> u8>(address)().into()
            }
            ResultKind::I32 | ResultKind::Char => {
                transmute::<*const u8, extern "C" fn() -> u32>(address)().into()
            }
            ResultKind::F64 => transmute::<*const u8, extern "C" fn() -> f64>(address)().to_bits(),
            ResultKind::I64 => transmute::<*const u8, extern "C" fn() -> u64>(address)(),
            ResultKind::Str | ResultKind::Pointer => {
                transmute::<*const u8, extern "C" fn() -> usize>(address)() as u64
            }
        }
    }
}
