//! GC hooks. The arena never moves or frees objects, so roots are recorded and
//! nothing else; a collector can be put behind the same symbols.

use core::ptr;

use crate::fail::fail;
use crate::lock::Lock;
use crate::memory::zeroed;

/// A growing table of addresses; 0 marks a free entry.
struct Table {
    entries: *mut usize,
    len: usize,
    cap: usize,
}

impl Table {
    const fn new() -> Self {
        Self {
            entries: ptr::null_mut(),
            len: 0,
            cap: 0,
        }
    }

    fn push(&mut self, address: usize) -> usize {
        if self.len == self.cap {
            self.grow();
        }
        // SAFETY: `len` is less than `cap`, the room at `entries`.
        unsafe { self.entries.add(self.len).write(address) };
        self.len += 1;
        self.len - 1
    }

    fn grow(&mut self) {
        let cap = (self.cap * 2).max(16);
        let Some(size) = cap.checked_mul(size_of::<usize>()) else {
            fail(b"too many roots");
        };
        let entries = zeroed(size).cast::<usize>();
        if self.len > 0 {
            // SAFETY: both have room for `len` entries, and `entries` is fresh.
            unsafe { entries.copy_from_nonoverlapping(self.entries, self.len) };
        }
        self.entries = entries;
        self.cap = cap;
    }

    fn slice(&mut self) -> &mut [usize] {
        if self.len == 0 {
            return &mut [];
        }
        // SAFETY: `len` entries have been written.
        unsafe { core::slice::from_raw_parts_mut(self.entries, self.len) }
    }

    /// Clears the first entry with this address.
    fn remove(&mut self, address: usize) {
        if let Some(entry) = self.slice().iter_mut().find(|entry| **entry == address) {
            *entry = 0;
        }
    }
}

static HANDLES: Lock<Table> = Lock::new(Table::new());
static ROOTS: Lock<Table> = Lock::new(Table::new());

/// Keeps an object alive; returns its handle. The first handle is 0; a handle
/// is never used twice.
#[unsafe(no_mangle)]
pub extern "C" fn gc_root_handle(object: *const u8) -> i64 {
    HANDLES.with(|table| table.push(object as usize)) as i64
}

/// Lets the object of a handle go; an unknown handle changes nothing.
#[unsafe(no_mangle)]
pub extern "C" fn gc_unroot_handle(handle: i64) {
    let Ok(index) = usize::try_from(handle) else {
        return;
    };
    HANDLES.with(|table| {
        if let Some(entry) = table.slice().get_mut(index) {
            *entry = 0;
        }
    });
}

/// Registers the address of a variable that refers to an object.
#[unsafe(no_mangle)]
pub extern "C" fn gc_register_root(variable: *const u8) {
    ROOTS.with(|table| table.push(variable as usize));
}

/// Undoes [`gc_register_root`]; an unknown address changes nothing.
#[unsafe(no_mangle)]
pub extern "C" fn gc_unregister_root(variable: *const u8) {
    ROOTS.with(|table| table.remove(variable as usize));
}

/// Says that `object` now refers to `value`. Nothing needs to be done.
#[unsafe(no_mangle)]
pub extern "C" fn gc_write_barrier(object: *const u8, value: *const u8) {
    let _ = (object, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_count_from_zero_and_stay_distinct() {
        let object = zeroed(16);
        let first = gc_root_handle(object);
        assert_eq!(first, 0);
        for expected in 1..100 {
            assert_eq!(gc_root_handle(object), expected);
        }
        gc_unroot_handle(first);
        gc_unroot_handle(first);
        gc_unroot_handle(-1);
        gc_unroot_handle(i64::MAX);
        assert_eq!(gc_root_handle(object), 100);
    }

    #[test]
    fn roots_and_barriers_take_anything() {
        gc_write_barrier(ptr::null(), ptr::null());
        let variable = zeroed(16);
        gc_register_root(variable);
        gc_unregister_root(variable);
        gc_unregister_root(variable);
    }
}
