//! Growing lists in arena memory, without initialisation.

use core::ptr;

use crate::fail::out_of_memory;
use crate::memory::zeroed;

/// A growing list.
pub(crate) struct List<T> {
    entries: *mut T,
    len: usize,
    cap: usize,
}

// SAFETY: a list owns its entries, and their memory is never freed.
unsafe impl<T: Send> Send for List<T> {}

impl<T: Copy> List<T> {
    pub(crate) const fn new() -> Self {
        Self {
            entries: ptr::null_mut(),
            len: 0,
            cap: 0,
        }
    }

    /// Appends an entry and returns its index.
    pub(crate) fn push(&mut self, entry: T) -> usize {
        if self.len == self.cap {
            self.grow();
        }
        let index = self.len;
        // SAFETY: `len` is less than `cap`, the room at `entries`.
        unsafe { self.entries.add(index).write(entry) };
        self.len += 1;
        index
    }

    /// Removes an entry that exists; the last one takes its place.
    pub(crate) fn swap_remove(&mut self, index: usize) {
        let entries = self.as_mut_slice();
        if let Some(last) = entries.len().checked_sub(1) {
            entries.swap(index, last);
            self.len = last;
        }
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        if self.len == 0 {
            return &mut [];
        }
        // SAFETY: `len` entries have been written.
        unsafe { core::slice::from_raw_parts_mut(self.entries, self.len) }
    }

    fn grow(&mut self) {
        // Arena memory is aligned for every type but vectors of SIMD.
        const { assert!(align_of::<T>() <= 16) };
        let cap = (self.cap * 2).max(16);
        let Some(size) = cap.checked_mul(size_of::<T>()) else {
            out_of_memory();
        };
        let entries = zeroed(size).cast::<T>();
        if self.len > 0 {
            // SAFETY: both have room for `len` entries, and `entries` is fresh.
            unsafe { entries.copy_from_nonoverlapping(self.entries, self.len) };
        }
        self.entries = entries;
        self.cap = cap;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_survive_growth() {
        let mut list = List::new();
        for number in 0..1000_usize {
            assert_eq!(list.push(number), number);
        }
        assert!(list.as_mut_slice().iter().copied().eq(0..1000));
    }

    #[test]
    fn the_last_entry_takes_the_place_of_a_removed_one() {
        let mut list = List::new();
        for letter in *b"abcd" {
            list.push(letter);
        }
        list.swap_remove(1);
        assert_eq!(list.as_mut_slice(), b"adc");
        list.swap_remove(2);
        assert_eq!(list.as_mut_slice(), b"ad");
    }
}
