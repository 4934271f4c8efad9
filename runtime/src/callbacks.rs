//! The table of callbacks that a foreign host registers (FFI-5).

use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

use crate::layout::{CALLBACK_LAYOUT_BAND, CallbackTable};

static TABLE: AtomicPtr<CallbackTable> = AtomicPtr::new(ptr::null_mut());

/// Registers a table of callbacks whose layout is of band `band`, in place of
/// the one before; null takes it away. Returns 0, or the runtime's own band,
/// negated, if that is another; then nothing changes.
///
/// # Safety
/// `table` is null, or a table that stays valid until another one is
/// registered and no call through it is under way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn beskid_register_callbacks(table: *mut CallbackTable, band: i64) -> i64 {
    if band != CALLBACK_LAYOUT_BAND {
        return -CALLBACK_LAYOUT_BAND;
    }
    TABLE.store(table, Ordering::Release);
    0
}

/// The callback at an index of the registered table; null if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn callback_at(index: i64) -> *const u8 {
    let table = TABLE.load(Ordering::Acquire);
    // SAFETY: who registered the table keeps it valid.
    let count = match unsafe { table.as_ref() } {
        Some(table) => table.count,
        None => 0,
    };
    let Some(index) = usize::try_from(index).ok().filter(|index| *index < count) else {
        return ptr::null();
    };
    // SAFETY: the table has a function for every index below its count.
    unsafe {
        let functions = (&raw const (*table).functions).cast::<*const u8>();
        functions.add(index).read()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a host lays out: the count, then the functions.
    #[repr(C)]
    struct Table {
        count: usize,
        functions: [*const u8; 2],
    }

    #[test]
    fn ffi_5_callbacks_come_from_the_registered_table_of_the_same_band() {
        let function = ptr::without_provenance::<u8>(8);
        let mut table = Table {
            count: 2,
            functions: [function, ptr::null()],
        };
        let table = (&raw mut table).cast::<CallbackTable>();
        assert!(callback_at(0).is_null());
        // SAFETY: the table is valid to the end of the test.
        unsafe {
            assert_eq!(
                beskid_register_callbacks(table, CALLBACK_LAYOUT_BAND + 1),
                -1
            );
            assert!(callback_at(0).is_null());
            assert_eq!(beskid_register_callbacks(table, CALLBACK_LAYOUT_BAND), 0);
        }
        assert_eq!(callback_at(0), function);
        assert!(callback_at(1).is_null());
        assert!(callback_at(2).is_null());
        assert!(callback_at(-1).is_null());
        // SAFETY: null is allowed.
        let removed = unsafe { beskid_register_callbacks(ptr::null_mut(), CALLBACK_LAYOUT_BAND) };
        assert_eq!(removed, 0);
        assert!(callback_at(0).is_null());
    }
}
