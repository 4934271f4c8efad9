//! Building the manifest at compile time.

use super::{NOTE_TYPE, OWNER};

const OWNER_SIZE: usize = (OWNER.len() + 1).next_multiple_of(4);
const HEAD: usize = 12 + OWNER_SIZE;

/// A note where readers look for one: at a multiple of four bytes.
#[repr(C, align(4))]
pub struct Aligned<T>(pub T);

/// Length of the concatenation of `parts`, in bytes.
pub const fn text_len(parts: &[&str]) -> usize {
    let mut sum = 0;
    let mut part = 0;
    while part < parts.len() {
        sum += parts[part].len();
        part += 1;
    }
    sum
}

/// The concatenation of `parts`; `N` is their [`text_len`].
pub const fn text<const N: usize>(parts: &[&str]) -> [u8; N] {
    let mut out = [0; N];
    let mut at = 0;
    let mut part = 0;
    while part < parts.len() {
        at = copy(&mut out, at, parts[part].as_bytes());
        part += 1;
    }
    out
}

/// Size of the ELF note that holds a manifest of `text` bytes.
pub const fn note_len(text: usize) -> usize {
    HEAD + text.next_multiple_of(4)
}

/// The ELF note that holds `text`; `N` is [`note_len`] of its length.
pub const fn note<const N: usize>(text: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    let mut at = copy(&mut out, 0, &(OWNER.len() as u32 + 1).to_ne_bytes());
    at = copy(&mut out, at, &(text.len() as u32).to_ne_bytes());
    at = copy(&mut out, at, &NOTE_TYPE.to_ne_bytes());
    copy(&mut out, at, OWNER.as_bytes());
    copy(&mut out, HEAD, text);
    out
}

const fn copy(out: &mut [u8], mut at: usize, from: &[u8]) -> usize {
    let mut index = 0;
    while index < from.len() {
        out[at] = from[index];
        at += 1;
        index += 1;
    }
    at
}
