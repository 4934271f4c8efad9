//! Sections that describe code, in an object file.

use beskid_clif::Defined;
use beskid_clif::sections::{Relocation, Section, Target};
use cranelift_codegen::gimli::SectionId as Described;
use cranelift_object::ObjectProduct;
use object::write::{self, SectionId, SymbolId};
use object::{BinaryFormat, RelocationEncoding, RelocationFlags, RelocationKind};

/// Puts a section's contents into one of the object's, which is empty. Gives
/// `others` for the sections that it refers to.
///
/// # Errors
/// What the format has no relocation for.
pub(crate) fn fill(
    product: &mut ObjectProduct,
    defined: &Defined,
    section: &Section,
    place: SectionId,
    alignment: u64,
    others: &dyn Fn(Described) -> Option<SectionId>,
) -> write::Result<()> {
    let format = product.object.format();
    let is_section = |relocation: &Relocation| matches!(relocation.target, Target::Section(_));
    let mut bytes = section.bytes.clone();
    let mut left = section.relocations.clone();
    if format == BinaryFormat::MachO {
        // There, sections for debuggers refer to one another without relocations.
        for relocation in left.extract_if(.., |relocation| is_section(relocation)) {
            number(&mut bytes, &relocation);
        }
    }
    product.object.append_section_data(place, &bytes, alignment);
    for relocation in &left {
        let found = match relocation.target {
            Target::Function(frame) => code(product, defined, frame),
            Target::Data(symbol) => data(product, defined, symbol),
            Target::Section(id) => others(id).map(|id| (product.object.section_symbol(id), 0)),
        };
        let Some((symbol, offset)) = found else {
            continue;
        };
        let kind = match (format, relocation.relative) {
            (BinaryFormat::Coff, _) if is_section(relocation) => RelocationKind::SectionOffset,
            (_, true) => RelocationKind::Relative,
            (_, false) => RelocationKind::Absolute,
        };
        let relocation = generic(relocation, kind, symbol, offset);
        product.object.add_relocation(place, relocation)?;
    }
    Ok(())
}

/// The section that has a function's code, by its symbol, and where in it. The function's
/// own symbol may be another's, once the object is linked.
pub(crate) fn code(
    product: &mut ObjectProduct,
    defined: &Defined,
    frame: usize,
) -> Option<(SymbolId, i64)> {
    let function = defined.frames().get(frame)?.function;
    let symbol = product.function_symbol(function);
    let (section, offset) = product.object.symbol_section_and_offset(symbol)?;
    Some((section, i64::try_from(offset).ok()?))
}

/// The section that has data, by its symbol, and where in it.
fn data(product: &mut ObjectProduct, defined: &Defined, symbol: u32) -> Option<(SymbolId, i64)> {
    let symbol = product.data_symbol(defined.data(symbol)?);
    let (section, offset) = product.object.symbol_section_and_offset(symbol)?;
    Some((section, i64::try_from(offset).ok()?))
}

/// Writes what a relocation adds to zero.
fn number(bytes: &mut [u8], relocation: &Relocation) {
    let value = relocation.addend.to_le_bytes();
    let place = bytes.get_mut(relocation.offset..);
    let size = usize::from(relocation.size).min(value.len());
    if let Some(place) = place.and_then(|place| place.get_mut(..size)) {
        place.copy_from_slice(&value[..size]);
    }
}

fn generic(
    relocation: &Relocation,
    kind: RelocationKind,
    symbol: SymbolId,
    offset: i64,
) -> write::Relocation {
    write::Relocation {
        offset: relocation.offset as u64,
        symbol,
        addend: relocation.addend.saturating_add(offset),
        flags: RelocationFlags::Generic {
            kind,
            encoding: RelocationEncoding::Generic,
            size: relocation.size.saturating_mul(8),
        },
    }
}
