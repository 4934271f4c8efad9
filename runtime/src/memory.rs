//! Memory of threads that are not inside the collector: a bump arena of zeroed
//! chunks, freed when the process ends. And the way to the collector for those
//! that are.

use core::sync::atomic::{AtomicPtr, Ordering};
use core::{hint, ptr};

use crate::fail::out_of_memory;
use crate::layout::{GC_KIND_OBJECT, GC_KIND_PLAIN, TypeDescriptor};
use crate::libc;
use crate::lock::Lock;
use crate::room;

/// Every allocation has this alignment, in bytes.
const ALIGN: usize = 16;
/// Size of a chunk, in bytes.
const CHUNK: usize = 1 << 18;
/// Larger allocations get memory of their own.
const LARGE: usize = CHUNK / 4;

struct Arena {
    next: usize,
    end: usize,
}

static ARENA: Lock<Arena> = Lock::new(Arena { next: 0, end: 0 });

/// Says that nothing of this thread goes on that may have the arena.
pub(crate) fn abandon() {
    ARENA.abandon();
}

/// `size` zeroed bytes, aligned to 16; never null.
pub(crate) fn zeroed(size: usize) -> *mut u8 {
    let size = match size.max(1).checked_next_multiple_of(ALIGN) {
        Some(size) => size,
        None => out_of_memory(),
    };
    if size > LARGE {
        return chunk(size);
    }
    let address = ARENA.with(|arena| {
        if arena.end - arena.next < size {
            let start = chunk(CHUNK) as usize;
            arena.next = start;
            arena.end = start + CHUNK;
        }
        let address = arena.next;
        arena.next += size;
        address
    });
    ptr::with_exposed_provenance_mut(address)
}

fn chunk(size: usize) -> *mut u8 {
    // The C library has locks of its own.
    room::ensure();
    // SAFETY: `calloc` may be called with any sizes.
    let memory = unsafe { libc::calloc(1, size) }.cast::<u8>();
    if memory.is_null() {
        out_of_memory();
    }
    memory.expose_provenance();
    memory
}

/// What the collector does for threads that are inside; see [`object`].
pub(crate) struct Collector {
    /// Memory for an object of a size and a kind, perhaps zeroed; null if the
    /// thread is not inside. Collects nothing.
    pub(crate) allocate: fn(usize, u64, bool) -> *mut u8,
    /// Collects what is due, and keeps the object.
    pub(crate) settle: fn(*mut u8),
    /// Zeroed memory for as many references as fit the bytes, which lives as long
    /// as an old object refers to it; null if the thread is not inside. Collects
    /// nothing.
    pub(crate) words: fn(usize) -> *mut u8,
}

static COLLECTOR: AtomicPtr<Collector> = AtomicPtr::new(ptr::null_mut());

/// From now on the collector is asked. It comes with the first thread that goes
/// inside, so that programs without such threads do not contain it.
pub(crate) fn install(collector: &'static Collector) {
    // Known to the optimizer, it would be part of every program again.
    let collector = hint::black_box(ptr::from_ref(collector).cast_mut());
    COLLECTOR.store(collector, Ordering::Release);
}

/// The collector, if a thread has ever been inside.
pub(crate) fn collector() -> Option<&'static Collector> {
    // SAFETY: it is null, or the address of a static.
    unsafe { COLLECTOR.load(Ordering::Acquire).as_ref() }
}

/// An object of `size` bytes, filled before anything is collected: it may be
/// filled from objects that nothing else keeps alive. What is not filled is zeroed
/// if `is_zeroed`. It lies in the arena if the thread is not inside.
pub(crate) fn object(
    size: usize,
    kind: u64,
    is_zeroed: bool,
    fill: impl FnOnce(*mut u8),
) -> *mut u8 {
    if let Some(collector) = collector() {
        let object = (collector.allocate)(size, kind, is_zeroed);
        if !object.is_null() {
            fill(object);
            (collector.settle)(object);
            return object;
        }
    }
    let object = zeroed(size);
    fill(object);
    object
}

/// Allocates a heap object of `size` bytes, zeroed but for word 0, which is
/// its type descriptor if there is one.
///
/// # Safety
/// If `descriptor` is not null, `size` is at least the size of a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn alloc(size: usize, descriptor: *const TypeDescriptor) -> *mut u8 {
    let has_descriptor = !descriptor.is_null() && size >= size_of::<usize>();
    let kind = if has_descriptor {
        GC_KIND_OBJECT
    } else {
        GC_KIND_PLAIN
    };
    object(size, kind, true, |object| {
        if has_descriptor {
            // SAFETY: the memory is fresh, aligned to 16, and has room for a word.
            unsafe { object.cast::<*const TypeDescriptor>().write(descriptor) };
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_zeroed_aligned_and_never_null() {
        for size in [0, 1, 15, 16, 17, 4096, LARGE + 1, CHUNK * 3] {
            // SAFETY: there is no descriptor.
            let memory = unsafe { alloc(size, ptr::null()) };
            assert!(!memory.is_null());
            assert_eq!(memory as usize % ALIGN, 0);
            // SAFETY: `size` bytes were just allocated.
            let bytes = unsafe { core::slice::from_raw_parts(memory, size) };
            assert!(bytes.iter().all(|byte| *byte == 0));
        }
    }

    #[test]
    fn allocations_do_not_overlap() {
        let first = zeroed(24) as usize;
        let second = zeroed(24) as usize;
        assert!(first.abs_diff(second) >= 32);
    }

    #[test]
    fn threads_get_memory_of_their_own() {
        const COUNT: usize = 5000;
        let work = |mark: u8| {
            move || {
                let blocks = (0..COUNT).map(|index| {
                    let memory = zeroed(index % 97 + 1);
                    // SAFETY: every block has at least one byte.
                    assert_eq!(unsafe { memory.read() }, 0);
                    // SAFETY: as above.
                    unsafe { memory.write(mark) };
                    memory as usize
                });
                let blocks = blocks.collect::<std::vec::Vec<_>>();
                for block in &blocks {
                    // SAFETY: the block was allocated above and is never freed.
                    assert_eq!(unsafe { (*block as *const u8).read() }, mark);
                }
                blocks
            }
        };
        let threads = [1, 2, 3, 4].map(|mark| std::thread::spawn(work(mark)));
        let mut all = std::vec::Vec::new();
        for thread in threads {
            all.extend(thread.join().unwrap());
        }
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 4 * COUNT);
    }

    #[test]
    fn word_0_is_the_type_descriptor() {
        let descriptor = TypeDescriptor {
            size: 16,
            align: 8,
            pointers: 0,
            offsets: ptr::null(),
        };
        // SAFETY: the object has two words.
        let object = unsafe { alloc(16, &raw const descriptor) };
        // SAFETY: word 0 was just written.
        let word = unsafe { object.cast::<*const TypeDescriptor>().read() };
        assert_eq!(word, &raw const descriptor);
    }
}
