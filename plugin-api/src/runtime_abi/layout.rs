//! Layouts that programs and runtime share. This file uses `core` alone: the
//! runtime is compiled with it, without any other crate.

use core::mem::{offset_of, size_of};

/// Version of the runtime ABI: symbols, signatures, layouts and meanings
/// (ABI-004).
pub const BESKID_RUNTIME_ABI_VERSION: u32 = 2;

/// A string: immutable UTF-8, which may contain NUL and does not end with one.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct BeskidStr {
    /// First byte; any value if `len` is 0.
    pub ptr: *const u8,
    /// Length in bytes.
    pub len: usize,
}

/// Byte offset of the pointer in a string.
pub const STR_PTR_OFFSET: usize = offset_of!(BeskidStr, ptr);
/// Byte offset of the length in a string.
pub const STR_LEN_OFFSET: usize = offset_of!(BeskidStr, len);

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

/// Byte offset of the pointer to the elements in an array.
pub const ARRAY_PTR_OFFSET: usize = offset_of!(BeskidArray, ptr);
/// Byte offset of the number of elements in an array.
pub const ARRAY_LEN_OFFSET: usize = offset_of!(BeskidArray, len);
/// Byte offset of the number of elements that fit in an array.
pub const ARRAY_CAP_OFFSET: usize = offset_of!(BeskidArray, cap);

/// First word of every heap object; an object's address is that of its header.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct HeapHeader {
    /// The type of the object; null if it has none.
    pub descriptor: *const TypeDescriptor,
}

/// Size of the header of a heap object in bytes, one word; its fields follow.
pub const HEAP_HEADER_SIZE: usize = size_of::<HeapHeader>();

/// Describes heap objects of one type; their headers point here. In an artifact
/// it is a data object of the program.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct TypeDescriptor {
    /// Size of an object in bytes, with its header.
    pub size: usize,
    /// Alignment in bytes.
    pub align: usize,
    /// Number of pointers in an object.
    pub pointers: usize,
    /// Byte offsets of the pointers, from the start of the object; any value if
    /// there are none.
    pub offsets: *const usize,
}

/// Byte offset of the size in a type descriptor.
pub const DESCRIPTOR_SIZE_OFFSET: usize = offset_of!(TypeDescriptor, size);
/// Byte offset of the alignment in a type descriptor.
pub const DESCRIPTOR_ALIGN_OFFSET: usize = offset_of!(TypeDescriptor, align);
/// Byte offset of the number of pointers in a type descriptor.
pub const DESCRIPTOR_POINTERS_OFFSET: usize = offset_of!(TypeDescriptor, pointers);
/// Byte offset of the address of the pointer offsets in a type descriptor.
pub const DESCRIPTOR_OFFSETS_OFFSET: usize = offset_of!(TypeDescriptor, offsets);

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

/// What compiled code reads and writes of the calling thread's collector context,
/// which `gc_enter` returns; more follows that belongs to the runtime.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct GcContext {
    /// Address where the next cell would begin, 8 modulo 16.
    pub next: usize,
    /// End of the free hole there: a cell fits if it ends at or below it.
    pub limit: usize,
    /// First free word of the root stack, which grows upwards.
    pub roots: usize,
}

/// Byte offset of the next cell's address in a context.
pub const GC_NEXT_OFFSET: usize = offset_of!(GcContext, next);
/// Byte offset of the end of the free hole in a context.
pub const GC_LIMIT_OFFSET: usize = offset_of!(GcContext, limit);
/// Byte offset of the first free word of the root stack in a context.
pub const GC_ROOTS_OFFSET: usize = offset_of!(GcContext, roots);

/// Size in bytes of the hidden word, which lies right before an object. A cell is
/// that word and the object.
pub const GC_HIDDEN_SIZE: usize = 8;
/// Cells are a multiple of this many bytes, and objects aligned to it.
pub const GC_CELL_ALIGN: usize = 16;
/// Largest cell in bytes that compiled code takes from the hole by itself.
pub const GC_INLINE_MOST: usize = 1024;

/// Bit of the hidden word at which the kind begins. The size of the cell in bytes
/// stands below it.
pub const GC_KIND_SHIFT: u32 = 32;
/// Kind of a cell without references: a string with its bytes behind it, an array
/// of numbers.
pub const GC_KIND_PLAIN: u64 = 0;
/// Kind of an object: its first word is the address of its [`TypeDescriptor`], or
/// null if there are no references in it.
pub const GC_KIND_OBJECT: u64 = 1;
/// Kind of an array of references: a [`BeskidArray`], then its elements.
pub const GC_KIND_REFERENCES: u64 = 2;
/// Kind of a string whose bytes are in another cell, which its third word names.
pub const GC_KIND_SHARED: u64 = 3;
/// Kind of a cell of references and nothing else: the handlers of an event.
pub const GC_KIND_WORDS: u64 = 4;

/// Where the byte with an object's state is, counted from the object's address.
pub const GC_STATE_OFFSET: isize = -3;
/// State of an object made since the last collection.
pub const GC_STATE_YOUNG: u8 = 0;
/// State of an object that has survived one: stores of references into it need
/// `gc_remember` first.
pub const GC_STATE_OLD: u8 = 1;
/// State of an old object that is already remembered.
pub const GC_STATE_REMEMBERED: u8 = 3;

/// A part of a string that `str_interpolate` makes.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextPart {
    /// What the value is: [`STRING`](Self::STRING) and the like.
    pub kind: i64,
    /// The value.
    pub value: i64,
}

impl TextPart {
    /// Kind of a string, whose text is itself: the value is its address.
    pub const STRING: i64 = 0;
    /// Kind of an integer, whose text is decimal.
    pub const INTEGER: i64 = 1;
    /// Kind of a truth: `false` for 0, otherwise `true`.
    pub const BOOL: i64 = 2;
    /// Kind of a character: the value is a Unicode scalar value.
    pub const CHAR: i64 = 3;
    /// Kind of a float, by its bits; its text is that of `str_of_f64`.
    pub const FLOAT: i64 = 4;
}

/// Size of a part in bytes.
pub const PART_SIZE: i32 = size_of::<TextPart>() as i32;
/// Byte offset of the value in a part.
pub const PART_VALUE_OFFSET: i32 = offset_of!(TextPart, value) as i32;

/// The functions of a program by address, for backtraces. All of its code is listed,
/// what is of no source without a name.
#[repr(C)]
#[derive(Debug)]
pub struct FunctionTable {
    /// Number of functions.
    pub count: usize,
    /// An address at which the last of their code has ended.
    pub end: *const u8,
    /// The first of that many functions, in no order.
    pub entries: [FunctionEntry; 0],
}

/// A function of a [`FunctionTable`].
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct FunctionEntry {
    /// Where its code begins.
    pub code: *const u8,
    /// What backtraces say of it: UTF-8 without a NUL at its end. If it has the form
    /// `name (file:line)`, they may tell the line of a call in place of the declaration's.
    pub name: *const u8,
    /// Length of that in bytes.
    pub length: usize,
}

/// What a panic says to who is told of it before it ends the program; see `rt_on_panic`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct PanicReport {
    /// The message: UTF-8 without a NUL at its end.
    pub message: *const u8,
    /// Length of that in bytes.
    pub message_length: usize,
    /// The place in the source; null if there is none.
    pub place: *const u8,
    /// Length of that in bytes.
    pub place_length: usize,
    /// An address in the function that panicked, 0 if it is not known.
    pub code: usize,
    /// That function's frame pointer, 0 if it is not known.
    pub frame: usize,
    /// The program's functions, null if they are not known.
    pub functions: *const FunctionTable,
}

/// What a thread may have of the collector's memory; see `gc_limit`. All zeroes limits
/// nothing.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct GcLimit {
    /// So many bytes; 0 for any number.
    pub most: usize,
    /// Bytes that it has been given, without those that a collection of everything has freed
    /// since.
    pub given: usize,
    /// A function without arguments, null for none: called before a thread that wants more
    /// ends the program. It may leave the program's frames.
    pub over: *const (),
}

/// A tagged interop value: a heap object that says what to do, and with what.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct InteropValue {
    /// The header of every heap object.
    pub header: HeapHeader,
    /// The operation: one of the `INTEROP_*` tags.
    pub tag: u64,
    /// Argument of the operation.
    pub payload: *const u8,
}

/// Byte offset of the tag in an interop value (EXT-005).
pub const INTEROP_TAG_OFFSET: usize = 8;
/// Byte offset of the payload in an interop value (EXT-005).
pub const INTEROP_PAYLOAD_OFFSET: usize = 16;

/// Writes the payload, a string, to standard output.
pub const INTEROP_PRINT: u64 = 0;
/// Returns a copy of the payload, a string.
pub const INTEROP_STR_CLONE: u64 = 1;
/// The length in bytes of the payload, a string.
pub const INTEROP_STR_LEN: u64 = 2;
/// The number of elements of the payload, an array.
pub const INTEROP_ARRAY_LEN: u64 = 3;

/// The dispatch symbols, by kind of result. A value answers through the symbol
/// of its tag's group alone (EXT-005).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InteropGroup {
    /// `interop_dispatch_unit`: no result.
    Unit,
    /// `interop_dispatch_ptr`: a pointer.
    Ptr,
    /// `interop_dispatch_usize`: a size.
    Usize,
}

/// Every tag and its group. Any other tag is an error in every group.
pub const INTEROP_TAGS: &[(u64, InteropGroup)] = &[
    (INTEROP_PRINT, InteropGroup::Unit),
    (INTEROP_STR_CLONE, InteropGroup::Ptr),
    (INTEROP_STR_LEN, InteropGroup::Usize),
    (INTEROP_ARRAY_LEN, InteropGroup::Usize),
];

/// A table of functions that a foreign host offers to the program, of band
/// [`CALLBACK_LAYOUT_BAND`]. It must stay where it is while it is registered.
#[repr(C)]
#[derive(Debug)]
pub struct CallbackTable {
    /// Number of functions.
    pub count: usize,
    /// The first of that many addresses; null stands for a function that is
    /// not there.
    pub functions: [*const u8; 0],
}

/// Byte offset of the first function in a callback table.
pub const CALLBACKS_OFFSET: usize = offset_of!(CallbackTable, functions);

/// Version of the layout of callback tables, the second argument of
/// `beskid_register_callbacks` (FFI-5).
pub const CALLBACK_LAYOUT_BAND: i64 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: usize = size_of::<usize>();

    #[test]
    fn abi_004_strings_have_two_words_and_arrays_three() {
        assert_eq!(BESKID_RUNTIME_ABI_VERSION, 2);
        assert_eq!(size_of::<BeskidStr>(), 2 * WORD);
        assert_eq!([STR_PTR_OFFSET, STR_LEN_OFFSET], [0, WORD]);
        assert_eq!(size_of::<BeskidArray>(), 3 * WORD);
        let array = [ARRAY_PTR_OFFSET, ARRAY_LEN_OFFSET, ARRAY_CAP_OFFSET];
        assert_eq!(array, [0, WORD, 2 * WORD]);
    }

    #[test]
    fn abi_004_heap_objects_have_a_header_of_one_word() {
        assert_eq!(HEAP_HEADER_SIZE, WORD);
        assert_eq!(size_of::<TypeDescriptor>(), 4 * WORD);
        let descriptor = [
            DESCRIPTOR_SIZE_OFFSET,
            DESCRIPTOR_ALIGN_OFFSET,
            DESCRIPTOR_POINTERS_OFFSET,
            DESCRIPTOR_OFFSETS_OFFSET,
        ];
        assert_eq!(descriptor, [0, WORD, 2 * WORD, 3 * WORD]);
        assert_eq!(size_of::<EventState>(), 3 * WORD);
        assert_eq!(offset_of!(EventState, len), WORD);
        assert_eq!(offset_of!(EventState, cap), 2 * WORD);
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn ext_005_interop_values_have_tag_and_payload_at_8_and_16() {
        assert_eq!(offset_of!(InteropValue, tag), INTEROP_TAG_OFFSET);
        assert_eq!(offset_of!(InteropValue, payload), INTEROP_PAYLOAD_OFFSET);
        assert_eq!(size_of::<InteropValue>(), 24);
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn abi_005_compiled_code_finds_the_hole_and_the_roots_of_its_context() {
        let context = [GC_NEXT_OFFSET, GC_LIMIT_OFFSET, GC_ROOTS_OFFSET];
        assert_eq!(context, [0, 8, 16]);
        // The state is a byte of the hidden word, above size and kind.
        let state = GC_HIDDEN_SIZE as isize + GC_STATE_OFFSET;
        assert_eq!(state * 8, GC_KIND_SHIFT as isize + 8);
        assert_eq!(GC_INLINE_MOST % GC_CELL_ALIGN, 0);
    }

    #[test]
    fn ffi_5_callbacks_follow_their_number() {
        assert_eq!(CALLBACKS_OFFSET, WORD);
        assert_eq!(size_of::<CallbackTable>(), WORD);
    }

    #[test]
    fn ext_005_tags_are_numbered_in_table_order() {
        let tags = INTEROP_TAGS.iter().map(|(tag, _)| *tag);
        assert!(tags.eq(0..INTEROP_TAGS.len() as u64));
    }
}
