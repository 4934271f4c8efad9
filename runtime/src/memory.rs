//! Memory: a bump arena of zeroed chunks, freed when the process ends.

use core::ptr;

use crate::fail::fail;
use crate::layout::TypeDescriptor;
use crate::libc;
use crate::lock::Lock;

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

/// `size` zeroed bytes, aligned to 16; never null.
pub(crate) fn zeroed(size: usize) -> *mut u8 {
    let size = match size.max(1).checked_next_multiple_of(ALIGN) {
        Some(size) => size,
        None => fail(b"out of memory"),
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

/// Gives back the end of an allocation that was just made by [`zeroed`], if
/// nothing was allocated since: all but the first `used` of its `size` bytes.
///
/// # Safety
/// `memory` came from `zeroed(size)`; what is given back is still zeroed and
/// is not used again.
pub(crate) unsafe fn give_back(memory: *mut u8, size: usize, used: usize) {
    let round = |size: usize| size.max(1).next_multiple_of(ALIGN);
    if used > size || size > LARGE {
        return;
    }
    let start = memory as usize;
    ARENA.with(|arena| {
        if arena.next == start + round(size) {
            arena.next = start + round(used);
        }
    });
}

fn chunk(size: usize) -> *mut u8 {
    // SAFETY: `calloc` may be called with any sizes.
    let memory = unsafe { libc::calloc(1, size) }.cast::<u8>();
    if memory.is_null() {
        fail(b"out of memory");
    }
    memory.expose_provenance();
    memory
}

/// Allocates a heap object of `size` bytes, zeroed but for word 0, which is
/// its type descriptor if there is one.
///
/// # Safety
/// If `descriptor` is not null, `size` is at least the size of a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn alloc(size: usize, descriptor: *const TypeDescriptor) -> *mut u8 {
    let memory = zeroed(size);
    if !descriptor.is_null() && size >= size_of::<usize>() {
        // SAFETY: the memory is fresh, aligned to 16, and has room for a word.
        unsafe { memory.cast::<*const TypeDescriptor>().write(descriptor) };
    }
    memory
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
    fn memory_that_was_given_back_comes_again_zeroed() {
        const SIZE: usize = 256;
        let mut again = 0;
        // Other tests allocate meanwhile, and then nothing is given back.
        for _ in 0..10_000 {
            let memory = zeroed(SIZE);
            // SAFETY: 5 bytes of `SIZE`; the others were not touched.
            unsafe {
                memory.write_bytes(7, 5);
                give_back(memory, SIZE, 5);
            }
            let next = zeroed(SIZE);
            // SAFETY: `SIZE` bytes were just allocated.
            let bytes = unsafe { core::slice::from_raw_parts(next, SIZE) };
            assert!(bytes.iter().all(|byte| *byte == 0));
            // SAFETY: 5 bytes of it are still ours.
            assert_eq!(unsafe { core::slice::from_raw_parts(memory, 5) }, [7; 5]);
            again += usize::from(next as usize == memory as usize + ALIGN);
        }
        assert!(again > 0);
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
