//! Roots that programs name: objects by handle, and registered variables.

use core::{mem, ptr};

use crate::list::List;
use crate::lock::Lock;

#[derive(Clone, Copy)]
enum Slot {
    /// Keeps the object at this address alive.
    Taken(usize),
    /// Free; the index of the next free slot, if any.
    Free(Option<usize>),
}

/// Objects that are kept alive, by handle.
struct Handles {
    slots: List<Slot>,
    free: Option<usize>,
}

impl Handles {
    const fn new() -> Self {
        Self {
            slots: List::new(),
            free: None,
        }
    }

    fn root(&mut self, object: usize) -> usize {
        let Some(index) = self.free else {
            return self.slots.push(Slot::Taken(object));
        };
        if let Some(slot) = self.slots.as_mut_slice().get_mut(index)
            && let Slot::Free(next) = mem::replace(slot, Slot::Taken(object))
        {
            self.free = next;
        }
        index
    }

    fn unroot(&mut self, handle: usize) {
        let slot = self.slots.as_mut_slice().get_mut(handle);
        if let Some(slot @ Slot::Taken(_)) = slot {
            *slot = Slot::Free(self.free.replace(handle));
        }
    }
}

static HANDLES: Lock<Handles> = Lock::new(Handles::new());
static ROOTS: Lock<List<usize>> = Lock::new(List::new());

/// Keeps an object alive; returns its handle. The first handle is 0. Handles in
/// use are distinct and do not change; one that was given back is used again.
#[unsafe(no_mangle)]
pub extern "C" fn gc_root_handle(object: *const u8) -> i64 {
    HANDLES.with(|handles| handles.root(object.expose_provenance())) as i64
}

/// Gives a handle back; one that is not in use changes nothing.
#[unsafe(no_mangle)]
pub extern "C" fn gc_unroot_handle(handle: i64) {
    if let Ok(handle) = usize::try_from(handle) {
        HANDLES.with(|handles| handles.unroot(handle));
    }
}

/// Registers the address of a variable that refers to an object.
#[unsafe(no_mangle)]
pub extern "C" fn gc_register_root(variable: *const u8) {
    ROOTS.with(|roots| roots.push(variable.expose_provenance()));
}

/// Undoes one [`gc_register_root`] of this address; an unknown address changes
/// nothing.
#[unsafe(no_mangle)]
pub extern "C" fn gc_unregister_root(variable: *const u8) {
    ROOTS.with(|roots| {
        let mut addresses = roots.as_mut_slice().iter();
        if let Some(index) = addresses.position(|address| *address == variable as usize) {
            roots.swap_remove(index);
        }
    });
}

/// Says that nothing of this thread goes on that may have the roots.
pub(crate) fn abandon() {
    HANDLES.abandon();
    ROOTS.abandon();
}

/// Gives the address of each object that is kept alive so, or null, or what is
/// no object.
///
/// # Safety
/// Registered variables are readable, and nobody writes to them now.
pub(crate) unsafe fn each(mut act: impl FnMut(usize)) {
    HANDLES.with(|handles| {
        for slot in handles.slots.as_mut_slice() {
            if let Slot::Taken(object) = slot {
                act(*object);
            }
        }
    });
    ROOTS.with(|roots| {
        for variable in roots.as_mut_slice() {
            let variable = ptr::with_exposed_provenance::<usize>(*variable);
            if !variable.is_null() {
                // SAFETY: the caller's promise. It may be a word of a packed
                // structure.
                act(unsafe { variable.read_unaligned() });
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gc_handles_count_from_zero_and_stay_distinct() {
        // The only test that roots objects in the process: it sees the first.
        let object = ptr::without_provenance(16);
        for expected in 0..100 {
            assert_eq!(gc_root_handle(object), expected);
        }
        gc_unroot_handle(7);
        assert_eq!(gc_root_handle(object), 7);
        assert_eq!(gc_root_handle(object), 100);
    }

    #[test]
    fn gc_handles_are_stable_and_unknown_ones_change_nothing() {
        let mut handles = Handles::new();
        for object in 0..50 {
            assert_eq!(handles.root(object), object);
        }
        for unknown in [50, usize::MAX] {
            handles.unroot(unknown);
        }
        gc_unroot_handle(-1);
        gc_unroot_handle(i64::MIN);
        handles.unroot(3);
        handles.unroot(3);
        handles.unroot(5);
        let kept = handles.slots.as_mut_slice().iter().enumerate();
        for (handle, slot) in kept {
            match slot {
                Slot::Taken(object) => assert_eq!(*object, handle),
                Slot::Free(_) => assert!(handle == 3 || handle == 5),
            }
        }
        let again = [100, 101, 102].map(|object| handles.root(object));
        assert_eq!(again, [5, 3, 50], "each slot is used once");
    }

    #[test]
    fn gc_roots_are_registered_and_unregistered_by_address() {
        let count = |variable: *const u8| {
            ROOTS.with(|roots| {
                let addresses = roots.as_mut_slice().iter();
                addresses
                    .filter(|address| **address == variable as usize)
                    .count()
            })
        };
        let [first, second] = [16, 32].map(ptr::without_provenance);
        gc_register_root(first);
        gc_register_root(second);
        gc_register_root(first);
        assert_eq!([count(first), count(second)], [2, 1]);
        gc_unregister_root(first);
        assert_eq!([count(first), count(second)], [1, 1]);
        gc_unregister_root(first);
        gc_unregister_root(first);
        assert_eq!([count(first), count(second)], [0, 1]);
    }
}
