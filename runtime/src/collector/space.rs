//! The heap's addresses and blocks. Each is free, or has small cells, or is part
//! of a large one.

use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

use super::bitmap::{BLOCK, Bitmap};
use super::cell::{Hidden, word};
use crate::layout::{GC_CELL_ALIGN, GC_HIDDEN_SIZE};
use crate::pages;

/// Addresses that are reserved at first, in bytes; half as many as long as the
/// system refuses.
const RESERVED: usize = 1 << 38;
/// With fewer than these there is no heap.
const LEAST: usize = 1 << 22;
/// Blocks become usable so many at a time.
const STEP: usize = 128;
/// What freed cells are overwritten with, to be seen by who still uses them.
const PATTERN: u8 = 0xdb;

/// What a block is.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Use {
    /// Free, and all zeroes.
    Fresh,
    /// Free.
    Free,
    /// Has cells that survived, and perhaps holes.
    Partial,
    /// A context has filled it since the last collection, or does.
    Taken,
    /// A large cell begins here.
    Large,
    /// A large cell goes on here.
    Tail,
}

/// The blocks.
pub(super) struct Space {
    base: usize,
    /// Blocks that there are addresses for.
    blocks: usize,
    /// Blocks that are usable.
    committed: usize,
    /// Blocks that have ever been used, the first ones.
    frontier: usize,
    uses: *mut Use,
    bitmaps: *mut Bitmap,
    /// Where to look for the next block with holes, free block, and large cell.
    small: usize,
    medium: usize,
    large: usize,
}

// SAFETY: the space owns its memory.
unsafe impl Send for Space {}

/// The addresses of the heap, for who does not have it.
static BASE: AtomicUsize = AtomicUsize::new(0);
static SIZE: AtomicUsize = AtomicUsize::new(0);

/// Whether an address is one of the heap's.
pub(crate) fn is_inside(address: usize) -> bool {
    // The base is never written again once the size is not 0.
    let size = SIZE.load(Ordering::Acquire);
    address.wrapping_sub(BASE.load(Ordering::Relaxed)) < size
}

impl Space {
    pub(super) const fn new() -> Self {
        Self {
            base: 0,
            blocks: 0,
            committed: 0,
            frontier: 0,
            uses: ptr::null_mut(),
            bitmaps: ptr::null_mut(),
            small: 0,
            medium: 0,
            large: 0,
        }
    }

    pub(super) fn is_reserved(&self) -> bool {
        self.base != 0
    }

    /// The first address and the number of bytes that objects may be at.
    pub(super) fn range(&self) -> (usize, usize) {
        (self.base, self.blocks * BLOCK)
    }

    /// Reserves addresses; says whether there are any.
    pub(super) fn reserve(&mut self) -> bool {
        let mut size = RESERVED;
        while size >= LEAST {
            if self.reserve_size(size) {
                return true;
            }
            size /= 2;
        }
        false
    }

    fn reserve_size(&mut self, size: usize) -> bool {
        let blocks = size / BLOCK;
        let bitmaps = (blocks * size_of::<Bitmap>()).next_multiple_of(pages::PAGE);
        let uses = blocks.next_multiple_of(pages::PAGE);
        // One block more, so that the first one can be at a multiple of its size.
        let Some(start) = pages::reserve(size + BLOCK + bitmaps + uses) else {
            return false;
        };
        let base = start.next_multiple_of(BLOCK);
        let tables = base + size;
        // SAFETY: this is the end of the reservation.
        if !unsafe { pages::commit(tables + bitmaps, uses) } {
            // SAFETY: nobody knows of it.
            unsafe { pages::unmap(word(start).cast(), size + BLOCK + bitmaps + uses) };
            return false;
        }
        self.base = base;
        self.blocks = blocks;
        self.bitmaps = ptr::with_exposed_provenance_mut(tables);
        self.uses = ptr::with_exposed_provenance_mut(tables + bitmaps);
        BASE.store(base, Ordering::Relaxed);
        SIZE.store(size, Ordering::Release);
        true
    }

    fn r#use(&self, block: usize) -> Use {
        debug_assert!(block < self.blocks);
        // SAFETY: there is an entry for every block, zeroes at first, which is
        // `Use::Fresh`.
        unsafe { self.uses.add(block).read() }
    }

    fn set_use(&mut self, block: usize, new: Use) {
        debug_assert!(block < self.blocks);
        // SAFETY: as in `use`.
        unsafe { self.uses.add(block).write(new) };
    }

    /// The bitmap of a block that has been used.
    pub(super) fn bitmap(&mut self, block: usize) -> &mut Bitmap {
        debug_assert!(block < self.committed);
        // SAFETY: the bitmaps of usable blocks are usable.
        unsafe { &mut *self.bitmaps.add(block) }
    }

    /// Address of a block.
    pub(super) fn start(&self, block: usize) -> usize {
        self.base + block * BLOCK
    }

    /// Notes that the small cell of an object is in use.
    #[inline(always)]
    pub(super) fn mark(&mut self, object: usize, size: usize) {
        let block = (object - self.base) / BLOCK;
        self.bitmap(block).mark(object, size);
    }

    /// Takes the next block that has a hole of at least so many bits, for small
    /// cells or for medium ones: its number.
    pub(super) fn take(&mut self, least: usize, is_medium: bool) -> Option<usize> {
        let mut block = if is_medium { self.medium } else { self.small };
        let mut found = None;
        while block < self.frontier && found.is_none() {
            match self.r#use(block) {
                Use::Fresh | Use::Free => {
                    self.bitmap(block).clear();
                    found = Some(block);
                }
                Use::Partial => {
                    let hole = self.bitmap(block).hole(0, least);
                    found = hole.map(|_| block);
                }
                Use::Taken | Use::Large | Use::Tail => {}
            }
            block += 1;
        }
        if found.is_none() && self.extend(1) {
            block = self.frontier;
            self.bitmap(block - 1).clear();
            found = Some(block - 1);
        }
        *if is_medium {
            &mut self.medium
        } else {
            &mut self.small
        } = block;
        if let Some(block) = found {
            self.set_use(block, Use::Taken);
        }
        found
    }

    /// Takes blocks for a large cell with zeroes in it: the first one's number.
    pub(super) fn take_large(&mut self, count: usize) -> Option<usize> {
        let first = self.find_free(count).or_else(|| {
            // What is free at the end is the begin of the new one.
            let mut first = self.frontier;
            while first > 0 && self.is_free(first - 1) {
                first -= 1;
            }
            let more = count - (self.frontier - first).min(count);
            self.extend(more).then_some(first)
        })?;
        for block in first..first + count {
            if self.r#use(block) == Use::Free {
                // SAFETY: the block is usable, and has nothing in it.
                unsafe { word(self.start(block)).cast::<u8>().write_bytes(0, BLOCK) };
            }
            self.set_use(
                block,
                if block == first {
                    Use::Large
                } else {
                    Use::Tail
                },
            );
        }
        Some(first)
    }

    fn is_free(&self, block: usize) -> bool {
        matches!(self.r#use(block), Use::Fresh | Use::Free)
    }

    fn find_free(&mut self, count: usize) -> Option<usize> {
        let mut run = 0;
        while self.large < self.frontier {
            let is_free = self.is_free(self.large);
            run = if is_free { run + 1 } else { 0 };
            self.large += 1;
            if run == count {
                return Some(self.large - count);
            }
        }
        self.large -= run;
        None
    }

    /// Moves the frontier; says whether that was possible.
    fn extend(&mut self, count: usize) -> bool {
        let Some(frontier) = self
            .frontier
            .checked_add(count)
            .filter(|frontier| *frontier <= self.blocks)
        else {
            return false;
        };
        if frontier > self.committed {
            let end = frontier.next_multiple_of(STEP).min(self.blocks);
            let tables = self.bitmaps.expose_provenance();
            let size = size_of::<Bitmap>();
            // From whole pages on, to whole pages: what is committed twice is kept.
            let from = self.committed * size / pages::PAGE * pages::PAGE;
            let to = (end * size).next_multiple_of(pages::PAGE);
            // SAFETY: both are of the reservation.
            let done = unsafe {
                pages::commit(self.start(self.committed), (end - self.committed) * BLOCK)
                    && pages::commit(tables + from, to - from)
            };
            if !done {
                return false;
            }
            self.committed = end;
        }
        self.frontier = frontier;
        true
    }

    /// Forgets what is in use, before everything is marked.
    pub(super) fn clear(&mut self) {
        for block in 0..self.frontier {
            if matches!(self.r#use(block), Use::Partial | Use::Taken) {
                self.bitmap(block).clear();
            }
        }
    }

    /// Frees what was not marked in this epoch, and begins anew with filling.
    pub(super) fn sweep(&mut self, epoch: u8) {
        let mut block = 0;
        while block < self.frontier {
            let mut count = 1;
            match self.r#use(block) {
                Use::Partial | Use::Taken => {
                    let is_clear = self.bitmap(block).is_clear();
                    self.set_use(block, if is_clear { Use::Free } else { Use::Partial });
                }
                Use::Large => {
                    let object = self.start(block) + GC_CELL_ALIGN;
                    // SAFETY: a large cell begins with its hidden word, which
                    // belongs to the collector now.
                    let hidden = unsafe { Hidden::read(object) };
                    count = hidden.size();
                    if !hidden.is_marked(epoch) {
                        for block in block..block + count {
                            self.set_use(block, Use::Free);
                        }
                    }
                }
                Use::Fresh | Use::Free | Use::Tail => {}
            }
            block += count;
        }
        (self.small, self.medium, self.large) = (0, 0, 0);
    }

    /// Gives free memory back to the system, but for as many bytes, the first ones.
    pub(super) fn trim(&mut self, kept: usize) {
        let mut kept = kept / BLOCK;
        let mut block = 0;
        while block < self.frontier {
            let first = block;
            while block < self.frontier && self.r#use(block) == Use::Free {
                block += 1;
            }
            let kept_here = kept.min(block - first);
            kept -= kept_here;
            let first = first + kept_here;
            let size = (block - first) * BLOCK;
            // SAFETY: the blocks are usable, and nobody uses what is in them.
            if size > 0 && unsafe { pages::discard(self.start(first), size) } {
                for block in first..block {
                    self.set_use(block, Use::Fresh);
                }
            }
            block += 1;
        }
    }

    /// Overwrites what is free.
    pub(super) fn poison(&mut self) {
        for block in 0..self.frontier {
            let start = self.start(block);
            let mut from = 0;
            match self.r#use(block) {
                Use::Fresh => continue,
                Use::Free => self.bitmap(block).clear(),
                Use::Partial | Use::Taken => {}
                Use::Large | Use::Tail => continue,
            }
            while let Some((first, end)) = self.bitmap(block).hole(from, 1) {
                let cell = start + first * GC_CELL_ALIGN - GC_HIDDEN_SIZE;
                let size = (end - first) * GC_CELL_ALIGN;
                // SAFETY: the hole is in a usable block, and no cell is in it.
                unsafe { word(cell).cast::<u8>().write_bytes(PATTERN, size) };
                from = end;
            }
        }
    }
}
