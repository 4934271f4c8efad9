//! The table of callbacks that a foreign host registers (FFI-5).

use core::sync::atomic::{AtomicPtr, Ordering};

use crate::layout::CALLBACK_LAYOUT_BAND;

static TABLE: AtomicPtr<u8> = AtomicPtr::new(core::ptr::null_mut());

/// Registers a table of callbacks whose layout is of band `band`, in place of
/// the one before; null takes it away. Returns 0, or the runtime's own band,
/// negated, if that is another; then nothing changes.
#[unsafe(no_mangle)]
pub extern "C" fn beskid_register_callbacks(table: *mut u8, band: i64) -> i64 {
    if band != CALLBACK_LAYOUT_BAND {
        return -CALLBACK_LAYOUT_BAND;
    }
    TABLE.store(table, Ordering::Release);
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ffi_5_a_table_of_another_band_is_refused() {
        let table = core::ptr::without_provenance_mut(8);
        assert_eq!(
            beskid_register_callbacks(table, CALLBACK_LAYOUT_BAND + 1),
            -1
        );
        assert!(TABLE.load(Ordering::Acquire).is_null());
        assert_eq!(beskid_register_callbacks(table, CALLBACK_LAYOUT_BAND), 0);
        assert_eq!(TABLE.load(Ordering::Acquire), table);
    }
}
