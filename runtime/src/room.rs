//! Room on the stack for what must not end in the middle: a stack that overflows is taken
//! back by who embeds the program, and a lock that is held then is held for good.

use core::mem::MaybeUninit;

/// More than anything needs that holds a lock, of the C library too, in bytes.
const ROOM: usize = 16 << 10;
/// The least that guards a stack, in bytes.
const GUARD: usize = 4 << 10;

/// Faults here, where nothing is held, if the stack has less room.
#[inline(never)]
pub(crate) fn ensure() {
    let mut room = MaybeUninit::<[u8; ROOM]>::uninit();
    let start = room.as_mut_ptr().cast::<u8>();
    // From the end that is in use, so that no guard is stepped over.
    for step in (0..ROOM / GUARD).rev() {
        // SAFETY: the byte is inside.
        unsafe { start.add(step * GUARD).write_volatile(0) };
    }
}
