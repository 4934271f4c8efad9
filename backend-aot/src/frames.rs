//! How to leave the frames of functions, in the words of each format.

use beskid_clif::Defined;
use beskid_clif::unwind::{Pointers, Unwind, eh_frame};
use cranelift_codegen::isa::TargetIsa;
use cranelift_object::ObjectProduct;
use object::write::{self, StandardSection};
use object::{BinaryFormat, RelocationEncoding, RelocationFlags, RelocationKind, SectionKind};

use crate::sections;

/// Adds the table of all functions' frames.
///
/// # Errors
/// What the format has no relocation for.
pub(crate) fn add(
    product: &mut ObjectProduct,
    defined: &Defined,
    isa: &dyn TargetIsa,
) -> write::Result<()> {
    match product.object.format() {
        BinaryFormat::Elf => elf(product, defined, isa),
        BinaryFormat::Coff => coff(product, defined),
        _ => Ok(()),
    }
}

fn elf(product: &mut ObjectProduct, defined: &Defined, isa: &dyn TargetIsa) -> write::Result<()> {
    let Some(section) = eh_frame(isa, defined.frames(), Pointers::Near) else {
        return Ok(());
    };
    let place = product.object.section_id(StandardSection::EhFrame);
    sections::fill(product, defined, &section, place, 8, &|_| None)
}

/// Bytes of a function's entry in `.pdata`: where it begins and ends, and what is said
/// of it, as distances from the begin of the image.
const ENTRY: usize = 12;

fn coff(product: &mut ObjectProduct, defined: &Defined) -> write::Result<()> {
    let told = defined.frames().iter().enumerate();
    let told = told.filter_map(|(number, frame)| match &frame.unwind {
        Unwind::Windows(info) => Some((number, frame.length, info)),
        _ => None,
    });
    let told = told.collect::<Vec<_>>();
    if told.is_empty() {
        return Ok(());
    }
    let object = &mut product.object;
    let kind = SectionKind::ReadOnlyData;
    let [infos, entries] = [".xdata", ".pdata"]
        .map(|name| object.add_section(Vec::new(), name.as_bytes().to_vec(), kind));
    let info_symbol = object.section_symbol(infos);
    let flags = RelocationFlags::Generic {
        kind: RelocationKind::ImageOffset,
        encoding: RelocationEncoding::Generic,
        size: 32,
    };
    for (frame, length, info) in told {
        let object = &mut product.object;
        let info = object.append_section_data(infos, info, 4);
        let entry = object.append_section_data(entries, &[0; ENTRY], 4);
        let Some((code, begin)) = sections::code(product, defined, frame) else {
            continue;
        };
        let places = [
            (code, begin),
            (code, begin + i64::from(length)),
            (info_symbol, info as i64),
        ];
        for (offset, (symbol, addend)) in (entry..).step_by(4).zip(places) {
            let relocation = write::Relocation {
                offset,
                symbol,
                addend,
                flags,
            };
            product.object.add_relocation(entries, relocation)?;
        }
    }
    Ok(())
}
