//! A stack of words in memory of its own, which grows as the system allows.

use core::ptr;

use crate::fail::out_of_memory;
use crate::pages::{PAGE, map, unmap};

/// Memory that is kept for the next time, in bytes.
const KEPT: usize = 16 * PAGE;

pub(super) struct Pile {
    entries: *mut usize,
    len: usize,
    cap: usize,
}

// SAFETY: a pile owns its memory.
unsafe impl Send for Pile {}

impl Pile {
    pub(super) const fn new() -> Self {
        Self {
            entries: ptr::null_mut(),
            len: 0,
            cap: 0,
        }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, entry: usize) {
        if self.len == self.cap {
            self.grow();
        }
        // SAFETY: `len` is less than `cap`, the room at `entries`.
        unsafe { self.entries.add(self.len).write(entry) };
        self.len += 1;
    }

    #[inline(always)]
    pub(super) fn pop(&mut self) -> Option<usize> {
        self.len = self.len.checked_sub(1)?;
        // SAFETY: it was written by `push`.
        Some(unsafe { self.entries.add(self.len).read() })
    }

    /// Forgets all entries, and gives back memory that is seldom needed.
    pub(super) fn clear(&mut self) {
        self.len = 0;
        let size = self.cap * size_of::<usize>();
        if size > KEPT {
            // SAFETY: there are no entries in it.
            unsafe { unmap(self.entries.cast(), size) };
            self.cap = 0;
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let size = self.cap * size_of::<usize>();
        let wanted = (size * 2).max(PAGE);
        let Some(memory) = map(wanted) else {
            out_of_memory();
        };
        let entries = memory.cast::<usize>();
        if self.cap > 0 {
            // SAFETY: the new memory is larger, and the old one ours alone.
            unsafe {
                entries.copy_from_nonoverlapping(self.entries, self.len);
                unmap(self.entries.cast(), size);
            }
        }
        self.entries = entries;
        self.cap = wanted / size_of::<usize>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_survive_growth_and_come_back_in_turn() {
        let mut pile = Pile::new();
        for round in [300_000, 5] {
            for number in 0..round {
                pile.push(number);
            }
            for number in (round / 2..round).rev() {
                assert_eq!(pile.pop(), Some(number));
            }
            pile.clear();
            assert_eq!(pile.pop(), None);
        }
    }
}
