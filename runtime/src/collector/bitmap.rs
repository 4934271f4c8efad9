//! Which parts of a block are in use: a bit for each 16 bytes.

use crate::layout::{GC_CELL_ALIGN, GC_HIDDEN_SIZE};

/// Size of a block in bytes; it lies at a multiple of it.
pub(super) const BLOCK: usize = 32 << 10;

const BITS: usize = BLOCK / GC_CELL_ALIGN;
const WORDS: usize = BITS / 64;

/// A bit stands for the 16 bytes from 8 before to 8 after an address at which an
/// object may be. The first one of a block is always set: its cell would begin in
/// the block before.
#[repr(C)]
pub(super) struct Bitmap([u64; WORDS]);

impl Bitmap {
    /// Nothing is in use.
    pub(super) fn clear(&mut self) {
        self.0 = [0; WORDS];
        self.0[0] = 1;
    }

    pub(super) fn is_clear(&self) -> bool {
        let [first, rest @ ..] = &self.0;
        *first <= 1 && rest.iter().all(|word| *word == 0)
    }

    /// The cell of an object in this block is in use.
    #[inline(always)]
    pub(super) fn mark(&mut self, object: usize, size: usize) {
        let bit = object % BLOCK / GC_CELL_ALIGN;
        let count = size / GC_CELL_ALIGN;
        let (index, shift) = (bit / 64, bit % 64);
        if shift + count <= 63 {
            if let Some(word) = self.0.get_mut(index) {
                *word |= ((1 << count) - 1) << shift;
            }
        } else {
            self.mark_words(index, shift, count);
        }
    }

    #[inline(never)]
    fn mark_words(&mut self, index: usize, shift: usize, count: usize) {
        let (mut shift, mut rest) = (shift, count);
        for word in self.0.iter_mut().skip(index) {
            let here = rest.min(64 - shift);
            *word |= (!0 >> (64 - here)) << shift;
            rest -= here;
            shift = 0;
            if rest == 0 {
                return;
            }
        }
    }

    /// The first hole from a bit on that has at least so many bits free: from its
    /// first bit to the one behind it.
    pub(super) fn hole(&self, from: usize, least: usize) -> Option<(usize, usize)> {
        let mut start = self.next(from, 0);
        while start < BITS {
            let end = self.next(start, !0);
            if end - start >= least {
                return Some((start, end));
            }
            start = self.next(end, 0);
        }
        None
    }

    /// The first bit from `from` on that is set, or clear if `flip` is 0.
    fn next(&self, from: usize, flip: u64) -> usize {
        let mut mask = !0 << (from % 64);
        for (index, word) in self.0.iter().enumerate().skip(from / 64) {
            let found = (*word ^ !flip) & mask;
            if found != 0 {
                return index * 64 + found.trailing_zeros() as usize;
            }
            mask = !0;
        }
        BITS
    }
}

/// Where the cell of a bit begins, counted from the block's start.
pub(super) fn cell_offset(bit: usize) -> usize {
    bit * GC_CELL_ALIGN - GC_HIDDEN_SIZE
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    fn bitmap() -> Bitmap {
        let mut bitmap = Bitmap([!0; WORDS]);
        bitmap.clear();
        bitmap
    }

    fn holes(bitmap: &Bitmap, least: usize) -> Vec<(usize, usize)> {
        let mut holes = Vec::new();
        let mut from = 0;
        while let Some((start, end)) = bitmap.hole(from, least) {
            holes.push((start, end));
            from = end;
        }
        holes
    }

    #[test]
    fn an_empty_block_is_one_hole() {
        let bitmap = bitmap();
        assert!(bitmap.is_clear());
        assert_eq!(holes(&bitmap, 1), [(1, BITS)]);
        assert_eq!(cell_offset(1), 8);
        assert_eq!(cell_offset(BITS) + GC_HIDDEN_SIZE, BLOCK);
    }

    #[test]
    fn holes_are_what_no_cell_covers() {
        // Every cell that fits, alone in a block, by the slow way.
        for bit in [1, 2, 62, 63, 64, 65, 127, 700, 2000, 2047] {
            for count in [1, 2, 3, 63, 64, 65, 128, 500, 1024] {
                if bit + count > BITS {
                    continue;
                }
                let mut bitmap = bitmap();
                bitmap.mark(3 * BLOCK + bit * GC_CELL_ALIGN, count * GC_CELL_ALIGN);
                assert!(!bitmap.is_clear());
                let mut expected = Vec::new();
                if bit > 1 {
                    expected.push((1, bit));
                }
                if bit + count < BITS {
                    expected.push((bit + count, BITS));
                }
                assert_eq!(holes(&bitmap, 1), expected, "{bit} {count}");
            }
        }
    }

    #[test]
    fn small_holes_are_passed_over() {
        let mut bitmap = bitmap();
        for bit in (1..BITS).step_by(5) {
            bitmap.mark(bit * GC_CELL_ALIGN, 2 * GC_CELL_ALIGN);
        }
        assert_eq!(holes(&bitmap, 3).len(), BITS / 5);
        assert_eq!(holes(&bitmap, 4), []);
        assert_eq!(bitmap.hole(9, 3), Some((13, 16)));
    }
}
