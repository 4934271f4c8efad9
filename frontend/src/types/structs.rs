//! Structs and their layout in memory.

use std::collections::HashMap;

use beskid_plugin_api::runtime_abi::HEAP_HEADER_SIZE;

use super::kind::Type;

/// Size of a machine word in bytes: of a pointer, and of the eightbytes in
/// which System V passes structs.
pub(crate) const WORD: u32 = 8;

/// A struct.
#[derive(Debug)]
pub(crate) struct Struct {
    pub(crate) name: String,
    pub(crate) fields: Vec<Field>,
    /// Index of the field of each name.
    names: HashMap<String, usize>,
    pub(crate) form: Form,
    /// Byte offset of the first field, behind the header.
    pub(crate) base: u32,
    /// Size in bytes of the fields as C sees them: a multiple of `align`.
    pub(crate) c_size: u32,
    /// Alignment in bytes.
    pub(crate) align: u32,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) ty: Type,
    /// Byte offset from the start of the object.
    pub(crate) offset: u32,
}

/// Who may see a struct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The language alone.
    Managed,
    /// C, by value, with at least this alignment (FFI-4).
    CLayout { align: u32 },
    /// C, by value: one of the views (FFI-3).
    View,
}

impl Struct {
    /// Lays out fields of these names and types one after the other, each with
    /// its natural alignment: the rule of the language behind the header, and
    /// of C.
    pub(crate) fn laid_out(name: &str, fields: &[(&str, Type)], form: Form) -> Self {
        let wanted = match form {
            Form::CLayout { align } => align,
            Form::Managed | Form::View => 1,
        };
        let widest = fields.iter().map(|(_, ty)| size_of(*ty)).max();
        let align = widest.unwrap_or(1).max(wanted);
        let base = (HEAP_HEADER_SIZE as u32).next_multiple_of(align);
        let mut end = base;
        let fields = fields.iter().map(|(name, ty)| {
            let size = size_of(*ty);
            let offset = end.next_multiple_of(size);
            end = offset + size;
            let name = (*name).to_owned();
            let ty = *ty;
            Field { name, ty, offset }
        });
        let fields = fields.collect::<Vec<_>>();
        let names = fields.iter().enumerate();
        let names = names.map(|(index, field)| (field.name.clone(), index));
        Self {
            name: name.to_owned(),
            names: names.collect(),
            fields,
            form,
            base,
            c_size: (end - base).next_multiple_of(align),
            align,
        }
    }

    /// Index of the field of a name.
    pub(crate) fn field(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    /// Whether C knows it.
    pub(crate) fn crosses(&self) -> bool {
        self.form != Form::Managed
    }

    /// Size in bytes of an object: its header, its fields, and padding so that
    /// the fields can be read in whole words.
    pub(crate) fn object_size(&self) -> u32 {
        (self.base + self.c_size).next_multiple_of(WORD)
    }

    /// Byte offsets of the pointers to other objects.
    pub(crate) fn pointers(&self) -> impl Iterator<Item = u32> {
        let managed = |field: &&Field| is_managed(field.ty);
        self.fields.iter().filter(managed).map(|field| field.offset)
    }
}

/// Whether values of a type are pointers to heap objects.
pub(crate) const fn is_managed(ty: Type) -> bool {
    matches!(ty, Type::Str | Type::Struct(_))
}

/// Size of a field in bytes, and its natural alignment.
const fn size_of(ty: Type) -> u32 {
    match ty {
        Type::Bool | Type::U8 => 1,
        Type::I32 | Type::Char => 4,
        _ => WORD,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIXED: [(&str, Type); 4] = [
        ("a", Type::U8),
        ("b", Type::F64),
        ("c", Type::I32),
        ("d", Type::Bool),
    ];

    fn offsets(laid_out: &Struct) -> Vec<u32> {
        laid_out.fields.iter().map(|field| field.offset).collect()
    }

    #[test]
    fn fields_follow_the_header_with_natural_alignment() {
        let managed = Struct::laid_out("M", &MIXED, Form::Managed);
        assert_eq!(offsets(&managed), [8, 16, 24, 28]);
        assert_eq!((managed.c_size, managed.object_size()), (24, 32));
        let small = Struct::laid_out("S", &MIXED[2..], Form::Managed);
        assert_eq!(offsets(&small), [8, 12]);
        assert_eq!((small.c_size, small.object_size()), (8, 16));
    }

    #[test]
    fn ffi_4_a_wider_alignment_moves_the_fields_and_pads_the_end() {
        let wide = Struct::laid_out("W", &MIXED, Form::CLayout { align: 16 });
        assert_eq!(offsets(&wide), [16, 24, 32, 36]);
        assert_eq!((wide.c_size, wide.align), (32, 16));
        let byte = Struct::laid_out("B", &MIXED[..1], Form::CLayout { align: 1 });
        assert_eq!((byte.base, byte.c_size, byte.object_size()), (8, 1, 16));
    }

    #[test]
    fn pointers_are_what_the_runtime_manages() {
        let fields = [("s", Type::Str), ("r", Type::RefU8), ("p", Type::Struct(0))];
        let laid_out = Struct::laid_out("P", &fields, Form::Managed);
        assert_eq!(laid_out.pointers().collect::<Vec<_>>(), [8, 24]);
    }
}
