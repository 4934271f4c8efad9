//! Types.

use beskid_plugin_api::artifact::debug::{DebugType, Encoding, Field, TypeKind, Variant};
use cranelift_codegen::gimli::constants::{
    DW_AT_artificial, DW_AT_byte_size, DW_AT_byte_stride, DW_AT_count, DW_AT_data_member_location,
    DW_AT_discr, DW_AT_discr_value, DW_AT_encoding, DW_AT_name, DW_AT_prototyped, DW_AT_type,
    DW_ATE_UTF, DW_ATE_boolean, DW_ATE_float, DW_ATE_signed, DW_ATE_unsigned, DW_ATE_unsigned_char,
    DW_TAG_array_type, DW_TAG_base_type, DW_TAG_formal_parameter, DW_TAG_member,
    DW_TAG_pointer_type, DW_TAG_structure_type, DW_TAG_subrange_type, DW_TAG_subroutine_type,
    DW_TAG_typedef, DW_TAG_variant, DW_TAG_variant_part, DwAte, DwTag,
};
use cranelift_codegen::gimli::write::{AttributeValue, UnitEntryId};

use super::draft::Draft;

/// Adds all types, which then have entries by their numbers.
pub(super) fn describe(draft: &mut Draft<'_>) {
    let root = draft.dwarf.unit.root();
    let types = &draft.info.types;
    // They name later ones.
    draft.types = types
        .iter()
        .map(|ty| draft.dwarf.unit.add(root, tag(&ty.kind)))
        .collect();
    for (number, ty) in types.iter().enumerate() {
        let entry = draft.types[number];
        draft.text(entry, DW_AT_name, &ty.name);
        one(draft, entry, ty);
    }
}

const fn tag(kind: &TypeKind) -> DwTag {
    match kind {
        TypeKind::Base(_) => DW_TAG_base_type,
        TypeKind::Pointer { .. } => DW_TAG_pointer_type,
        TypeKind::Struct { .. } | TypeKind::Variants { .. } => DW_TAG_structure_type,
        TypeKind::Array { .. } => DW_TAG_array_type,
        TypeKind::Alias { .. } => DW_TAG_typedef,
        TypeKind::Subroutine { .. } => DW_TAG_subroutine_type,
    }
}

fn one(draft: &mut Draft<'_>, entry: UnitEntryId, ty: &DebugType) {
    let has_size = !matches!(
        ty.kind,
        TypeKind::Alias { .. } | TypeKind::Subroutine { .. }
    );
    if has_size && (ty.size > 0 || !matches!(ty.kind, TypeKind::Array { .. })) {
        draft.number(entry, DW_AT_byte_size, ty.size);
    }
    match &ty.kind {
        TypeKind::Base(encoding) => {
            let encoding = AttributeValue::Encoding(base(*encoding));
            draft.set(entry, DW_AT_encoding, encoding);
        }
        TypeKind::Pointer { to } => {
            if let Some(to) = to {
                draft.ty(entry, DW_AT_type, *to);
            }
        }
        TypeKind::Struct { fields } => {
            for field in fields {
                member(draft, entry, field);
            }
        }
        TypeKind::Variants {
            discriminant,
            variants,
        } => parts(draft, entry, discriminant.as_ref(), variants),
        TypeKind::Array {
            element,
            count,
            stride,
        } => {
            draft.ty(entry, DW_AT_type, *element);
            let size = draft.info.types.get(*element as usize).map(|ty| ty.size);
            if size != Some(*stride) {
                draft.number(entry, DW_AT_byte_stride, *stride);
            }
            let range = draft.add(entry, DW_TAG_subrange_type);
            if let Some(count) = count {
                draft.number(range, DW_AT_count, *count);
            }
        }
        TypeKind::Alias { of } => draft.ty(entry, DW_AT_type, *of),
        TypeKind::Subroutine { params, result } => {
            draft.set(entry, DW_AT_prototyped, AttributeValue::FlagPresent);
            if let Some(result) = result {
                draft.ty(entry, DW_AT_type, *result);
            }
            for param in params {
                let entry = draft.add(entry, DW_TAG_formal_parameter);
                draft.ty(entry, DW_AT_type, *param);
            }
        }
    }
}

const fn base(encoding: Encoding) -> DwAte {
    match encoding {
        Encoding::Bool => DW_ATE_boolean,
        Encoding::Signed => DW_ATE_signed,
        Encoding::Unsigned => DW_ATE_unsigned,
        Encoding::Float => DW_ATE_float,
        Encoding::Char => DW_ATE_UTF,
        Encoding::Byte => DW_ATE_unsigned_char,
    }
}

fn member(draft: &mut Draft<'_>, parent: UnitEntryId, field: &Field) -> UnitEntryId {
    let entry = draft.add(parent, DW_TAG_member);
    draft.text(entry, DW_AT_name, &field.name);
    draft.ty(entry, DW_AT_type, field.ty);
    draft.number(entry, DW_AT_data_member_location, field.offset);
    entry
}

/// Each variant is a struct of its own, as debuggers expect it.
fn parts(
    draft: &mut Draft<'_>,
    parent: UnitEntryId,
    discriminant: Option<&Field>,
    variants: &[Variant],
) {
    let part = draft.add(parent, DW_TAG_variant_part);
    if let Some(field) = discriminant {
        let entry = member(draft, part, field);
        draft.set(entry, DW_AT_artificial, AttributeValue::FlagPresent);
        draft.set(part, DW_AT_discr, AttributeValue::UnitRef(entry));
    }
    let size = draft.dwarf.unit.get(parent).get(DW_AT_byte_size).cloned();
    for variant in variants {
        let entry = draft.add(part, DW_TAG_variant);
        if let Some(value) = variant.value {
            draft.number(entry, DW_AT_discr_value, value);
        }
        let fields = draft.add(parent, DW_TAG_structure_type);
        draft.text(fields, DW_AT_name, &variant.name);
        if let Some(size) = size.clone() {
            draft.set(fields, DW_AT_byte_size, size);
        }
        for field in &variant.fields {
            member(draft, fields, field);
        }
        let entry = draft.add(entry, DW_TAG_member);
        draft.text(entry, DW_AT_name, &variant.name);
        draft.set(entry, DW_AT_type, AttributeValue::UnitRef(fields));
        draft.number(entry, DW_AT_data_member_location, 0);
    }
}
