//! How objects lie in memory.

use beskid_plugin_api::runtime_abi::HEAP_HEADER_SIZE;

use super::declared::Form;
use super::kind::{Kind, StructId, Ty};
use super::table::Types;

/// Size of a machine word in bytes: of a pointer, and of the eightbytes in
/// which System V passes structs.
pub(crate) const WORD: u32 = 8;
/// Size of an `EventState` in bytes.
pub(crate) const EVENT_STATE: u32 = 3 * WORD;
/// Byte offset in a cell of the address of its value.
pub(crate) const CELL_ADDRESS: u32 = HEAP_HEADER_SIZE as u32;
/// Byte offset in a cell of the object in which its value is.
pub(crate) const CELL_OWNER: u32 = CELL_ADDRESS + WORD;
/// Size of the tag of an enum's object in bytes.
const TAG: u32 = 4;

/// Where the parts of an object are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Byte offset of each field from the start of the object; one of type unit
    /// takes no space.
    pub(crate) offsets: Box<[u32]>,
    /// Byte offsets of the events' states.
    pub(crate) events: Box<[u32]>,
    /// Byte offset of the first field, behind the header: of an enum's tag.
    pub(crate) base: u32,
    /// Size in bytes of the fields as C sees them: a multiple of `align`.
    pub(crate) c_size: u32,
    /// Alignment in bytes.
    pub(crate) align: u32,
    /// Size in bytes of an object: its header, its fields, and padding so that
    /// the fields can be read in whole words.
    pub(crate) size: u32,
    /// Byte offsets of the references to other objects.
    pub(crate) pointers: Box<[u32]>,
}

impl Layout {
    /// Of a struct: fields one after the other, each with its natural alignment,
    /// which is the rule of the language behind the header, and of C; events behind
    /// them.
    pub(crate) fn of_struct(types: &Types, id: StructId) -> Self {
        let of = types.structure(id);
        let wanted = match of.form {
            Form::CLayout { align } => align,
            Form::Managed | Form::View => 1,
        };
        let fields = of.fields.iter().map(|field| field.ty);
        Self::laid_out(types, fields, wanted, 0, of.events.len())
    }

    /// Of a struct with these fields, no events, and at least this alignment.
    pub(crate) fn of_fields(
        types: &Types,
        fields: impl Iterator<Item = Ty> + Clone,
        align: u32,
    ) -> Self {
        Self::laid_out(types, fields, align, 0, 0)
    }

    /// Of an enum's variant with this payload: a tag, and the payload behind it.
    pub(crate) fn of_variant(types: &Types, payload: &[Ty]) -> Self {
        Self::laid_out(types, payload.iter().copied(), TAG, TAG, 0)
    }

    /// Of a closure: the address of its code, and its captures behind it.
    pub(crate) fn of_closure(types: &Types, captures: &[Ty]) -> Self {
        Self::laid_out(types, captures.iter().copied(), WORD, WORD, 0)
    }

    /// Of a cell: the address of its value, the object in which that is, and room for
    /// one that is in no other.
    pub(crate) fn of_cell(types: &Types, of: Ty) -> Self {
        let mut layout = Self::laid_out(types, [of].into_iter(), WORD, 2 * WORD, 0);
        let owner = std::iter::once(CELL_OWNER);
        layout.pointers = owner.chain(layout.pointers.iter().copied()).collect();
        layout
    }

    /// Fields behind as many bytes that are the language's own.
    fn laid_out(
        types: &Types,
        fields: impl Iterator<Item = Ty> + Clone,
        wanted: u32,
        own: u32,
        events: usize,
    ) -> Self {
        let widest = fields.clone().map(|ty| types.size(ty)).max();
        let mut align = widest.unwrap_or(1).max(wanted).max(1);
        if events > 0 {
            align = align.max(WORD);
        }
        let base = (HEAP_HEADER_SIZE as u32).next_multiple_of(align);
        let mut end = base + own;
        let mut pointers = Vec::new();
        let offsets = fields.map(|ty| {
            let size = types.size(ty);
            let offset = end.next_multiple_of(size.max(1));
            end = offset + size;
            if types.is_managed(ty) {
                pointers.push(offset);
            }
            offset
        });
        let offsets = offsets.collect();
        let events = (0..events).map(|_| {
            let offset = end.next_multiple_of(WORD);
            end = offset + EVENT_STATE;
            pointers.push(offset);
            offset
        });
        let events = events.collect();
        let c_size = (end - base).next_multiple_of(align);
        Self {
            offsets,
            events,
            base,
            c_size,
            align,
            size: (base + c_size).next_multiple_of(WORD),
            pointers: pointers.into(),
        }
    }
}

impl Types {
    /// Size of a value in bytes, and its natural alignment; 0 for what has no value.
    pub(crate) fn size(&self, ty: Ty) -> u32 {
        match self.kind(ty) {
            Kind::Bool | Kind::U8 => 1,
            Kind::I32 | Kind::Char => 4,
            Kind::Unit | Kind::Never | Kind::Error => 0,
            _ => WORD,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::declared::{Field, Struct};
    use super::*;

    const MIXED: [Ty; 4] = [Ty::U8, Ty::F64, Ty::I32, Ty::BOOL];

    fn laid_out(fields: &[Ty], form: Form) -> Layout {
        let mut types = Types::default();
        let fields = fields.iter().map(|ty| Field {
            name: String::new(),
            ty: *ty,
        });
        types.structs.push(Struct {
            name: String::new(),
            item: None,
            args: Box::default(),
            fields: fields.collect(),
            events: Vec::new(),
            form,
            methods: Vec::new(),
        });
        Layout::of_struct(&types, types.structs.len() as u32 - 1)
    }

    #[test]
    fn fields_follow_the_header_with_natural_alignment() {
        let managed = laid_out(&MIXED, Form::Managed);
        assert_eq!(*managed.offsets, [8, 16, 24, 28]);
        assert_eq!((managed.c_size, managed.size), (24, 32));
        let small = laid_out(&MIXED[2..], Form::Managed);
        assert_eq!(*small.offsets, [8, 12]);
        assert_eq!((small.c_size, small.size), (8, 16));
    }

    #[test]
    fn ffi_4_a_wider_alignment_moves_the_fields_and_pads_the_end() {
        let wide = laid_out(&MIXED, Form::CLayout { align: 16 });
        assert_eq!(*wide.offsets, [16, 24, 32, 36]);
        assert_eq!((wide.c_size, wide.align), (32, 16));
        let byte = laid_out(&MIXED[..1], Form::CLayout { align: 1 });
        assert_eq!((byte.base, byte.c_size, byte.size), (8, 1, 16));
    }

    #[test]
    fn pointers_are_what_the_runtime_manages() {
        let layout = laid_out(&[Ty::STR, Ty::REF_U8, Ty::STR], Form::Managed);
        assert_eq!(*layout.pointers, [8, 24]);
    }

    #[test]
    fn enm_4_a_payload_follows_the_tag_and_units_take_no_space() {
        let types = Types::default();
        let none = Layout::of_variant(&types, &[]);
        assert_eq!((none.base, none.size), (8, 16));
        let small = Layout::of_variant(&types, &[Ty::U8, Ty::UNIT, Ty::I32]);
        assert_eq!(*small.offsets, [12, 13, 16]);
        assert_eq!((small.base, small.size), (8, 24));
        let word = Layout::of_variant(&types, &[Ty::STR]);
        assert_eq!((word.base, &*word.offsets, word.size), (8, &[16][..], 24));
    }
}
