//! Layouts that programs and runtime share. This file uses `core` alone: the
//! runtime is compiled with it, without any other crate.

/// Version of the runtime ABI: symbols, signatures, layouts and meanings.
pub const BESKID_RUNTIME_ABI_VERSION: u32 = 2;

/// A string: immutable UTF-8, which may contain NUL.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct BeskidStr {
    /// First byte; any value if `len` is 0.
    pub ptr: *const u8,
    /// Length in bytes.
    pub len: usize,
}

/// An array.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct BeskidArray {
    /// First element; any value if `cap` is 0.
    pub ptr: *mut u8,
    /// Number of elements.
    pub len: usize,
    /// Number of elements that fit.
    pub cap: usize,
}

/// Describes heap objects of one type. Word 0 of each such object points here.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct TypeDescriptor {
    /// Size of an object in bytes, with its header.
    pub size: usize,
    /// Alignment in bytes.
    pub align: usize,
    /// Number of pointers in an object.
    pub pointers: usize,
    /// Byte offsets of the pointers, from the start of the object.
    pub offsets: *const usize,
}

/// The handlers of an event field, in the order of subscription. All zeroes is
/// an event without handlers.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct EventState {
    /// First handler.
    pub handlers: *mut *const u8,
    /// Number of handlers.
    pub len: usize,
    /// Number of handlers that fit the memory at `handlers`.
    pub cap: usize,
}

/// Header of a tagged interop value: word 0 points to its type descriptor.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct InteropValue {
    /// The type descriptor.
    pub descriptor: *const TypeDescriptor,
    /// Says what to do; one of the `INTEROP_*` tags.
    pub tag: u64,
    /// Argument of the operation, at byte 16.
    pub payload: *const u8,
}

/// Byte offset of the tag in an interop value.
pub const INTEROP_TAG_OFFSET: usize = 8;
/// Byte offset of the payload in an interop value.
pub const INTEROP_PAYLOAD_OFFSET: usize = 16;

/// Group `unit`: writes the payload, a string, to standard output.
pub const INTEROP_PRINT: u64 = 0;
/// Group `ptr`: returns a copy of the payload, a string.
pub const INTEROP_STR_CLONE: u64 = 1;
/// Group `usize`: the length in bytes of the payload, a string.
pub const INTEROP_STR_LEN: u64 = 2;
/// Group `usize`: the number of elements of the payload, an array.
pub const INTEROP_ARRAY_LEN: u64 = 3;

/// Version of the layout of callback tables (FFI-5).
pub const CALLBACK_LAYOUT_BAND: i64 = 1;

#[cfg(test)]
mod tests {
    use core::mem::{offset_of, size_of};

    use super::*;

    const WORD: usize = size_of::<usize>();

    #[test]
    fn abi_004_layouts_are_frozen() {
        assert_eq!(size_of::<BeskidStr>(), 2 * WORD);
        assert_eq!(offset_of!(BeskidStr, len), WORD);
        assert_eq!(size_of::<BeskidArray>(), 3 * WORD);
        assert_eq!(offset_of!(BeskidArray, len), WORD);
        assert_eq!(offset_of!(BeskidArray, cap), 2 * WORD);
        assert_eq!(size_of::<EventState>(), 3 * WORD);
        assert_eq!(offset_of!(TypeDescriptor, offsets), 3 * WORD);
        assert_eq!(BESKID_RUNTIME_ABI_VERSION, 2);
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn ext_005_interop_values_have_tag_and_payload_at_8_and_16() {
        assert_eq!(offset_of!(InteropValue, tag), INTEROP_TAG_OFFSET);
        assert_eq!(offset_of!(InteropValue, payload), INTEROP_PAYLOAD_OFFSET);
    }
}
