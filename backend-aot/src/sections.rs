//! Sections that describe code, in an object file.

use beskid_clif::Defined;
use beskid_clif::sections::{Relocation, Section, Target};
use cranelift_codegen::gimli::SectionId as Described;
use cranelift_object::ObjectProduct;
use object::write::{self, SectionId, SymbolId};
use object::{RelocationEncoding, RelocationFlags, RelocationKind};

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
    let object = &mut product.object;
    object.append_section_data(place, &section.bytes, alignment);
    for relocation in &section.relocations {
        let found = match relocation.target {
            Target::Function(frame) => code(product, defined, frame),
            Target::Section(id) => others(id).map(|id| (product.object.section_symbol(id), 0)),
        };
        if let Some((symbol, offset)) = found {
            let relocation = generic(relocation, symbol, offset);
            product.object.add_relocation(place, relocation)?;
        }
    }
    Ok(())
}

/// The section that has a function's code, by its symbol, and where in it. The function's
/// own symbol may be another's, once the object is linked.
fn code(product: &mut ObjectProduct, defined: &Defined, frame: usize) -> Option<(SymbolId, i64)> {
    let function = defined.frames().get(frame)?.function;
    let symbol = product.function_symbol(function);
    let (section, offset) = product.object.symbol_section_and_offset(symbol)?;
    Some((section, i64::try_from(offset).ok()?))
}

fn generic(relocation: &Relocation, symbol: SymbolId, offset: i64) -> write::Relocation {
    write::Relocation {
        offset: relocation.offset as u64,
        symbol,
        addend: relocation.addend.saturating_add(offset),
        flags: RelocationFlags::Generic {
            kind: match relocation.relative {
                true => RelocationKind::Relative,
                false => RelocationKind::Absolute,
            },
            encoding: RelocationEncoding::Generic,
            size: relocation.size.saturating_mul(8),
        },
    }
}
