//! Cells: the hidden word before each object, what it says and how it is marked.

use core::ptr;

use crate::layout::{GC_CELL_ALIGN, GC_HIDDEN_SIZE, GC_KIND_SHIFT, GC_STATE_OLD};

const STATE_SHIFT: u32 = GC_KIND_SHIFT + 8;
const EPOCH_SHIFT: u32 = GC_KIND_SHIFT + 16;
/// The cell has blocks of its own, and its size is their number.
const LARGE: u64 = 1 << 56;
/// What marking leaves as it is.
const KEPT: u64 = ((1 << STATE_SHIFT) - 1) | LARGE;

/// The hidden word of an object.
#[derive(Clone, Copy)]
pub(super) struct Hidden(u64);

impl Hidden {
    /// That of a young object in a cell of `size` bytes.
    #[inline(always)]
    pub(super) fn small(size: usize, kind: u64) -> Self {
        Self(size as u64 | kind << GC_KIND_SHIFT)
    }

    /// That of a young object in so many blocks.
    pub(super) fn large(blocks: usize, kind: u64) -> Self {
        Self(blocks as u64 | kind << GC_KIND_SHIFT | LARGE)
    }

    /// # Safety
    /// There is an object of the heap.
    #[inline(always)]
    pub(super) unsafe fn read(object: usize) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { word(object - GC_HIDDEN_SIZE).cast::<u64>().read() })
    }

    /// # Safety
    /// A cell of the heap is there, and nobody else uses its hidden word.
    #[inline(always)]
    pub(super) unsafe fn write(self, object: usize) {
        // SAFETY: the caller's promise.
        unsafe { word(object - GC_HIDDEN_SIZE).cast::<u64>().write(self.0) };
    }

    /// Size of the cell in bytes, or in blocks if it is large.
    #[inline(always)]
    pub(super) fn size(self) -> usize {
        self.0 as u32 as usize
    }

    #[inline(always)]
    pub(super) fn kind(self) -> u64 {
        self.0 >> GC_KIND_SHIFT & 0xff
    }

    #[inline(always)]
    pub(super) fn is_large(self) -> bool {
        self.0 & LARGE != 0
    }

    pub(super) fn state(self) -> u8 {
        (self.0 >> STATE_SHIFT) as u8
    }

    pub(super) fn with_state(self, state: u8) -> Self {
        Self(self.0 & !(0xff << STATE_SHIFT) | u64::from(state) << STATE_SHIFT)
    }

    /// Whether it was marked in this epoch.
    #[inline(always)]
    pub(super) fn is_marked(self, epoch: u8) -> bool {
        (self.0 >> EPOCH_SHIFT) as u8 == epoch
    }

    /// Marked in this epoch, and old.
    #[inline(always)]
    pub(super) fn marked(self, epoch: u8) -> Self {
        let state = u64::from(GC_STATE_OLD) << STATE_SHIFT;
        Self(self.0 & KEPT | state | u64::from(epoch) << EPOCH_SHIFT)
    }
}

/// Size in bytes of the cell for an object of `size` bytes; `None` if nothing in
/// memory is as large.
#[inline(always)]
pub(super) fn cell_size(size: usize) -> Option<usize> {
    // No object is smaller than its header.
    let cell = size.max(GC_HIDDEN_SIZE).checked_add(GC_HIDDEN_SIZE)?;
    let cell = cell.checked_next_multiple_of(GC_CELL_ALIGN)?;
    (cell <= isize::MAX as usize).then_some(cell)
}

/// The word at an address.
#[inline(always)]
pub(super) fn word(address: usize) -> *mut usize {
    ptr::with_exposed_provenance_mut(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{GC_KIND_REFERENCES, GC_KIND_SHARED, GC_STATE_REMEMBERED, GC_STATE_YOUNG};

    #[test]
    fn a_hidden_word_says_what_was_put_into_it() {
        for (hidden, is_large) in [
            (Hidden::small(48, GC_KIND_REFERENCES), false),
            (Hidden::large(48, GC_KIND_REFERENCES), true),
        ] {
            let marked = hidden.marked(2);
            assert!(!hidden.is_marked(1) && !hidden.is_marked(2));
            assert_eq!(hidden.state(), GC_STATE_YOUNG);
            assert!(!marked.is_marked(1) && marked.is_marked(2));
            assert!(marked.marked(1).is_marked(1));
            let remembered = marked.with_state(GC_STATE_REMEMBERED);
            assert_eq!(remembered.state(), GC_STATE_REMEMBERED);
            for hidden in [hidden, marked, remembered] {
                assert_eq!(hidden.size(), 48);
                assert_eq!(hidden.kind(), GC_KIND_REFERENCES);
                assert_eq!(hidden.is_large(), is_large);
            }
        }
        assert_eq!(Hidden::small(16, GC_KIND_SHARED).kind(), GC_KIND_SHARED);
    }

    #[test]
    fn cells_are_whole_and_none_is_larger_than_memory() {
        let sizes = [0, 1, 8, 9, 24, 25, 1000].map(cell_size);
        assert_eq!(sizes, [16, 16, 16, 32, 32, 48, 1008].map(Some));
        for size in [usize::MAX, usize::MAX - 8, isize::MAX as usize] {
            assert_eq!(cell_size(size), None);
        }
    }
}
