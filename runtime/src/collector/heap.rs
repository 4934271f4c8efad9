//! The heap: cells for contexts, and when it collects.

use super::bitmap::{BLOCK, cell_offset};
use super::cell::Hidden;
use super::context::{Context, Lane};
use super::mark::Marker;
use super::pile::Pile;
use super::space::Space;
use crate::fail::out_of_memory;
use crate::layout::{GC_CELL_ALIGN, GC_STATE_OLD, GC_STATE_REMEMBERED};
use crate::libc;
use crate::lock::Lock;
use crate::roots;

/// Larger cells do not end the search for holes of small ones, in bytes.
const MEDIUM: usize = 128;
/// Larger cells have blocks of their own, in bytes.
pub(super) const LARGE: usize = BLOCK / 2;
/// Smaller holes are not worth the way to them, in bytes.
const HOLE: usize = 64;
/// What is allocated between two collections at least, in bytes.
const BUDGET: usize = 4 << 20;
/// What a heap of some size has beside what is live, in bytes; a small one three
/// times as much as that, a large one half as much.
const HEADROOM: usize = 32 << 20;
/// How many collections of everything follow one that has freed much of what was
/// old.
const FULL_ROUNDS: u8 = 4;

/// Everything that contexts share.
pub(super) struct Heap {
    space: Space,
    /// Old objects that may refer to young ones.
    remembered: Pile,
    /// Objects that were marked, but not what they refer to.
    pile: Pile,
    /// The value in the hidden words of what the last collection has marked, 1 or
    /// 2; the other one is that of the last collection but one of everything.
    epoch: u8,
    /// Bytes given out since the last collection, and how many may be.
    allocated: usize,
    budget: usize,
    /// Bytes that are old, and how many were when everything was collected.
    old: usize,
    live: usize,
    /// Threads that are inside.
    pub(super) inside: usize,
    /// So many of the next collections are to be of everything.
    full_rounds: u8,
    /// Each allocation collects.
    is_stressed: bool,
}

/// Why there is no cell.
pub(super) enum Refused {
    /// The system has no more memory.
    NoMemory,
    /// The thread has had what it may.
    OverLimit,
}

pub(super) static HEAP: Lock<Heap> = Lock::new(Heap::new());

/// Name of the environment variable with which each allocation collects.
const STRESS: &core::ffi::CStr = c"BESKID_GC_STRESS";

impl Heap {
    const fn new() -> Self {
        Self {
            space: Space::new(),
            remembered: Pile::new(),
            pile: Pile::new(),
            epoch: 1,
            allocated: 0,
            budget: BUDGET,
            old: 0,
            live: 0,
            inside: 0,
            full_rounds: 0,
            is_stressed: false,
        }
    }

    /// Makes the heap, if nobody has.
    pub(super) fn prepare(&mut self) {
        if self.space.is_reserved() {
            return;
        }
        if !self.space.reserve() {
            out_of_memory();
        }
        // SAFETY: the name is a string; what comes back is null or one.
        self.is_stressed = unsafe {
            let value = libc::getenv(STRESS.as_ptr());
            !value.is_null() && value.cast::<u8>().read() == b'1'
        };
    }

    /// A thread is inside no more.
    pub(super) fn leave(&mut self) {
        self.inside -= 1;
        // Code that has gone may have described what is remembered.
        if self.inside == 0 {
            self.forget_code();
        }
    }

    /// Collects everything next time.
    pub(super) fn forget_code(&mut self) {
        self.full_rounds = self.full_rounds.max(1);
    }

    /// How much more than what was live when everything was collected the heap may
    /// have, in bytes.
    fn headroom(&self) -> usize {
        let most = HEADROOM.max(self.live / 2);
        self.live.saturating_mul(3).clamp(BUDGET, most)
    }

    /// Whether the heap is to be collected before so many bytes are allocated.
    fn is_due(&self, cell: usize) -> bool {
        self.is_stressed || self.allocated.saturating_add(cell) > self.budget
    }

    /// An object in a cell of so many bytes, for which the context has no hole; what is in
    /// it is as it was. Collects before, if it may and must. Where it may not, the thread is
    /// given what is beyond its limit, and [`Heap::settle`] says so.
    ///
    /// # Errors
    /// Why there is none.
    ///
    /// # Safety
    /// The context is that of the calling thread, which is inside.
    pub(super) unsafe fn allocate(
        &mut self,
        context: *mut Context,
        cell: usize,
        kind: u64,
        may_collect: bool,
    ) -> Result<usize, Refused> {
        // SAFETY: the caller's promise.
        unsafe {
            let is_over = !Context::may_have(context, cell);
            let is_due = is_over || self.is_due(cell);
            if is_due && may_collect {
                self.collect(context, is_over);
            } else {
                (*context).is_due |= is_due;
            }
            // What is larger than the limit is not given before it is settled either.
            let fits = may_collect && Context::may_have(context, cell);
            if is_over && !fits && (may_collect || cell > (*context).limit.most) {
                return Err(Refused::OverLimit);
            }
            let found = self.find(context, cell, kind).or_else(|| {
                if may_collect {
                    self.collect(context, true);
                }
                self.find(context, cell, kind)
            });
            found.ok_or(Refused::NoMemory)
        }
    }

    /// Collects what is due. `false` if the thread has more than it may all the same.
    ///
    /// # Safety
    /// As for [`Heap::allocate`].
    pub(super) unsafe fn settle(&mut self, context: *mut Context) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            self.collect(context, !Context::may_have(context, 0));
            Context::may_have(context, 0)
        }
    }

    /// A cell, which counts as given to the context.
    ///
    /// # Safety
    /// As for [`Heap::allocate`].
    unsafe fn find(&mut self, context: *mut Context, cell: usize, kind: u64) -> Option<usize> {
        let before = self.allocated;
        // SAFETY: the caller's promise.
        unsafe {
            let found = self.take(context, cell, kind);
            (*context).limit.given += self.allocated - before;
            found
        }
    }

    /// # Safety
    /// As for [`Heap::allocate`].
    unsafe fn take(&mut self, context: *mut Context, cell: usize, kind: u64) -> Option<usize> {
        // SAFETY: the caller's promise.
        let context = unsafe { &mut *context };
        if cell > LARGE {
            return self.find_large(cell, kind);
        }
        let (hole, is_medium) = match cell > MEDIUM {
            true => ((context.medium.0, context.medium.1), true),
            false => ((0, 0), false),
        };
        let (mut next, mut limit) = hole;
        if next + cell > limit {
            let lane = if is_medium {
                &mut context.medium.2
            } else {
                &mut context.lane
            };
            (next, limit) = self.next_hole(lane, cell.max(HOLE) / GC_CELL_ALIGN, is_medium)?;
        }
        let object = next + size_of::<u64>();
        // SAFETY: the hole is large enough, and this thread's alone.
        unsafe { Hidden::small(cell, kind).write(object) };
        if is_medium {
            (context.medium.0, context.medium.1) = (next + cell, limit);
        } else if self.is_stressed {
            // What is left of the hole is for the next time.
            context.lane.bit = (next + cell + size_of::<u64>()) % BLOCK / GC_CELL_ALIGN;
            if context.lane.bit == 0 {
                context.lane = Lane {
                    block: None,
                    bit: 0,
                };
            }
        } else {
            (context.shared.next, context.shared.limit) = (next + cell, limit);
        }
        Some(object)
    }

    /// The next hole of at least so many times 16 bytes: where it begins and ends.
    fn next_hole(
        &mut self,
        lane: &mut Lane,
        least: usize,
        is_medium: bool,
    ) -> Option<(usize, usize)> {
        loop {
            let block = match lane.block {
                Some(block) => block,
                None => self.space.take(least, is_medium)?,
            };
            lane.block = Some(block);
            if let Some((first, end)) = self.space.bitmap(block).hole(lane.bit, least) {
                lane.bit = end;
                let start = self.space.start(block);
                let hole = (start + cell_offset(first), start + cell_offset(end));
                self.allocated += hole.1 - hole.0;
                return Some(hole);
            }
            *lane = Lane {
                block: None,
                bit: 0,
            };
        }
    }

    fn find_large(&mut self, cell: usize, kind: u64) -> Option<usize> {
        let blocks = (cell + size_of::<u64>()).div_ceil(BLOCK);
        let first = self.space.take_large(blocks)?;
        self.allocated += blocks * BLOCK;
        let object = self.space.start(first) + GC_CELL_ALIGN;
        // SAFETY: the blocks are free, and the cell fits into them.
        unsafe { Hidden::large(blocks, kind).write(object) };
        Some(object)
    }

    /// Collects the heap, or what is young of it, unless another thread is inside.
    ///
    /// # Safety
    /// As for [`Heap::allocate`].
    pub(super) unsafe fn collect(&mut self, context: *mut Context, everything: bool) {
        // SAFETY: the caller's promise.
        if self.inside != 1 || unsafe { (*context).entries } == 0 {
            return;
        }
        for context in Context::all() {
            // SAFETY: the only thread that is inside is this one.
            unsafe { Context::forget_holes(context) };
        }
        let before = self.old;
        let grown = before - self.live;
        let is_full =
            everything || self.full_rounds > 0 || grown > (self.headroom() / 2).max(self.live / 2);
        if is_full {
            self.epoch ^= 3;
            self.space.clear();
            self.old = 0;
            self.remembered.clear();
        }
        let mut marker = Marker::new(&mut self.space, &mut self.pile, self.epoch);
        // SAFETY: no thread but this one is inside, and it is here; so no object
        // changes, and each is as its kind says.
        unsafe {
            while let Some(object) = self.remembered.pop() {
                Hidden::read(object).with_state(GC_STATE_OLD).write(object);
                marker.scan(object);
            }
            roots::each(|object| marker.visit(object));
            for other in Context::all().filter(|other| *other != context) {
                marker.words(Context::bottom(other), (*other).shared.roots);
            }
            marker.drain();
            let of_others = marker.marked;
            marker.words(Context::bottom(context), (*context).shared.roots);
            marker.drain();
            if is_full {
                (*context).limit.given = marker.marked - of_others;
            }
        }
        self.old += marker.marked;
        self.pile.clear();
        self.space.sweep(self.epoch);
        self.allocated = 0;
        if is_full {
            self.live = self.old;
            self.full_rounds = self.full_rounds.saturating_sub(1);
            if self.old < before / 4 * 3 {
                // The old die as soon as the young: nothing is won by sparing them.
                self.full_rounds = FULL_ROUNDS;
            }
            self.space.trim(self.headroom());
        }
        let grown = self.old - self.live;
        let least = BUDGET.max(self.live / 4);
        self.budget = self.headroom().saturating_sub(grown).max(least);
        if self.is_stressed {
            self.space.poison();
            // Those of everything find other faults than those of the young.
            self.full_rounds = u8::from(!is_full);
        }
    }

    /// Notes that an old object may refer to young ones from now on.
    ///
    /// # Safety
    /// There is an object of the heap.
    pub(super) unsafe fn remember(&mut self, object: usize) {
        // SAFETY: the caller's promise; states change under the lock alone.
        unsafe {
            let hidden = Hidden::read(object);
            if hidden.state() == GC_STATE_OLD {
                hidden.with_state(GC_STATE_REMEMBERED).write(object);
                self.remembered.push(object);
            }
        }
    }

    /// Makes an object old and remembered that was just allocated.
    ///
    /// # Safety
    /// There is such an object.
    pub(super) unsafe fn make_old(&mut self, object: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            let hidden = Hidden::read(object);
            let size = if hidden.is_large() {
                hidden.size() * BLOCK
            } else {
                self.space.mark(object, hidden.size());
                hidden.size()
            };
            self.old += size;
            hidden.marked(self.epoch).write(object);
            self.remember(object);
        }
    }
}
