//! Marking: what can be reached, without recursion.

use super::bitmap::BLOCK;
use super::cell::{Hidden, word};
use super::pile::Pile;
use super::space::Space;
use crate::layout::{
    BeskidArray, GC_HIDDEN_SIZE, GC_KIND_OBJECT, GC_KIND_REFERENCES, GC_KIND_SHARED, GC_KIND_WORDS,
    TypeDescriptor,
};

/// Where a shared string says which cell has its bytes.
pub(super) const OWNER_OFFSET: usize = 16;
/// Objects whose hidden words are asked for at once.
const QUEUE: usize = 16;
/// Elements of an array that are looked at before what they refer to.
const PART: usize = 1024;

/// Has memory come to the processor.
#[inline(always)]
fn prefetch(address: usize) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: it reads nothing, whatever the address.
    unsafe {
        core::arch::x86_64::_mm_prefetch(
            word(address).cast_const().cast(),
            core::arch::x86_64::_MM_HINT_T0,
        );
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

/// Marks what it visits, and then everything that can be reached from there.
pub(super) struct Marker<'a> {
    space: &'a mut Space,
    base: usize,
    size: usize,
    epoch: u8,
    /// Bytes that were marked.
    pub(super) marked: usize,
    pile: &'a mut Pile,
}

impl<'a> Marker<'a> {
    pub(super) fn new(space: &'a mut Space, pile: &'a mut Pile, epoch: u8) -> Self {
        let (base, size) = space.range();
        Self {
            space,
            base,
            size,
            epoch,
            marked: 0,
            pile,
        }
    }

    /// Takes an address down that is to be marked, if it is of the heap.
    #[inline(always)]
    pub(super) fn visit(&mut self, address: usize) {
        if address.wrapping_sub(self.base) < self.size {
            self.pile.push(address);
        }
    }

    /// Marks what was visited, and everything that can be reached from there.
    ///
    /// Memory is slower than the processor: what an object's hidden word says is
    /// looked at when some others have been asked for.
    ///
    /// # Safety
    /// What was visited, and every reference in an object, is the address of an
    /// object, or not of the heap; nobody else uses them now.
    pub(super) unsafe fn drain(&mut self) {
        let mut queue = [0; QUEUE];
        let (mut first, mut count) = (0_usize, 0);
        loop {
            if count < QUEUE
                && let Some(entry) = self.pile.pop()
            {
                if entry % 2 == 0 {
                    prefetch(entry - GC_HIDDEN_SIZE);
                    queue[(first + count) % QUEUE] = entry;
                    count += 1;
                } else {
                    // SAFETY: the array was marked; its number of elements that
                    // are left lies below it.
                    unsafe { self.rest(entry - 1) };
                }
            } else if count > 0 {
                let object = queue[first % QUEUE];
                first += 1;
                count -= 1;
                // SAFETY: the caller's promise.
                unsafe { self.mark(object) };
            } else {
                return;
            }
        }
    }

    /// Marks an object and visits what it refers to.
    ///
    /// # Safety
    /// As for [`Marker::drain`]; there is an object.
    #[inline(always)]
    unsafe fn mark(&mut self, object: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            let hidden = Hidden::read(object);
            if hidden.is_marked(self.epoch) {
                return;
            }
            hidden.marked(self.epoch).write(object);
            let mut size = hidden.size();
            if hidden.is_large() {
                size *= BLOCK;
            } else {
                self.space.mark(object, size);
            }
            self.marked += size;
            self.scan(object);
        }
    }

    /// Visits what an object refers to.
    ///
    /// # Safety
    /// As for [`Marker::drain`]; there is an object.
    #[inline]
    pub(super) unsafe fn scan(&mut self, object: usize) {
        // SAFETY: the kind says what is in the object.
        unsafe {
            let hidden = Hidden::read(object);
            match hidden.kind() {
                GC_KIND_OBJECT => {
                    let descriptor = word(object).cast::<*const TypeDescriptor>().read();
                    let Some(descriptor) = descriptor.as_ref() else {
                        return;
                    };
                    for index in 0..descriptor.pointers {
                        let offset = descriptor.offsets.add(index).read();
                        self.visit(word(object + offset).read());
                    }
                }
                GC_KIND_REFERENCES => {
                    let array = &*word(object).cast::<BeskidArray>();
                    self.part(object, array.ptr.expose_provenance(), array.len);
                }
                GC_KIND_SHARED => self.visit(word(object + OWNER_OFFSET).read()),
                GC_KIND_WORDS => {
                    let unit = if hidden.is_large() { BLOCK } else { 1 };
                    let end = object - GC_HIDDEN_SIZE + hidden.size() * unit;
                    self.words(
                        object,
                        end - GC_HIDDEN_SIZE * usize::from(hidden.is_large()),
                    );
                }
                _ => {}
            }
        }
    }

    /// Visits the elements of an array that are left, whose number is on the pile.
    ///
    /// # Safety
    /// As for [`Marker::drain`]; there is an array.
    unsafe fn rest(&mut self, object: usize) {
        let left = self.pile.pop().unwrap_or_default();
        // SAFETY: the caller's promise.
        unsafe {
            let array = &*word(object).cast::<BeskidArray>();
            let first = array.ptr.expose_provenance() + (array.len - left) * size_of::<usize>();
            self.part(object, first, left);
        }
    }

    /// Visits elements of an array; what follows the first ones is for later, so
    /// that the pile does not get as long as the array.
    ///
    /// # Safety
    /// As for [`Marker::drain`]; so many elements are at this address.
    unsafe fn part(&mut self, object: usize, elements: usize, count: usize) {
        let now = count.min(PART);
        if now < count {
            self.pile.push(count - now);
            self.pile.push(object + 1);
        }
        // SAFETY: the caller's promise.
        unsafe { self.words(elements, elements + now * size_of::<usize>()) };
    }

    /// Visits what the words of a range refer to.
    ///
    /// # Safety
    /// As for [`Marker::drain`]; the words are readable references.
    pub(super) unsafe fn words(&mut self, start: usize, end: usize) {
        let mut at = start;
        while at < end {
            // SAFETY: the caller's promise.
            unsafe { self.visit(word(at).read()) };
            at += size_of::<usize>();
        }
    }
}
