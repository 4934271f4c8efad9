//! Marking: what can be reached, without recursion.

use super::bitmap::BLOCK;
use super::cell::{Hidden, word};
use super::pile::Pile;
use super::space::Space;
use crate::layout::{
    BeskidArray, GC_HIDDEN_SIZE, GC_KIND_OBJECT, GC_KIND_PLAIN, GC_KIND_REFERENCES, GC_KIND_SHARED,
    GC_KIND_WORDS, TypeDescriptor,
};

/// Where a shared string says which cell has its bytes.
pub(super) const OWNER_OFFSET: usize = 16;
/// Elements of an array that are looked at before what they refer to.
const PART: usize = 1024;

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

    /// Marks an object, if the address is of the heap; what it refers to is for
    /// later.
    ///
    /// # Safety
    /// If the address is of the heap, it is that of an object, which nobody else
    /// uses.
    #[inline(always)]
    pub(super) unsafe fn visit(&mut self, address: usize) {
        if address.wrapping_sub(self.base) >= self.size {
            return;
        }
        // SAFETY: the caller's promise.
        let hidden = unsafe { Hidden::read(address) };
        if hidden.is_marked(self.epoch) {
            return;
        }
        // SAFETY: as above.
        unsafe { hidden.marked(self.epoch).write(address) };
        let mut size = hidden.size();
        if hidden.is_large() {
            size *= BLOCK;
        } else {
            self.space.mark(address, size);
        }
        self.marked += size;
        if hidden.kind() != GC_KIND_PLAIN {
            self.pile.push(address);
        }
    }

    /// Marks everything that can be reached from what was visited.
    ///
    /// # Safety
    /// References in objects are addresses of objects, or not of the heap; nobody
    /// else uses them now.
    pub(super) unsafe fn drain(&mut self) {
        while let Some(object) = self.pile.pop() {
            // SAFETY: what is on the pile was visited; an odd entry is one more
            // than an array's address, behind the number of its elements that are
            // left.
            unsafe {
                if object % 2 == 0 {
                    self.scan(object);
                } else {
                    let left = self.pile.pop().unwrap_or_default();
                    let array = &*word(object - 1).cast::<BeskidArray>();
                    let elements = array.ptr.expose_provenance();
                    let first = array.len - left;
                    self.part(object - 1, elements + first * size_of::<usize>(), left);
                }
            }
        }
    }

    /// Visits what an object refers to.
    ///
    /// # Safety
    /// As for [`Marker::drain`]; there is an object.
    #[inline(always)]
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
