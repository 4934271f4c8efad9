//! How to leave the frames of functions, in the words of each format.

use beskid_clif::Defined;
use beskid_clif::sections::Target;
use beskid_clif::unwind::{Pointers, Unwind, eh_frame};
use cranelift_codegen::isa::TargetIsa;
use cranelift_object::ObjectProduct;
use object::macho::{S_ATTR_LIVE_SUPPORT, S_ATTR_NO_TOC, S_ATTR_STRIP_STATIC_SYMS, S_COALESCED};
use object::write::{self, StandardSection};
use object::{
    BinaryFormat, RelocationEncoding, RelocationFlags, RelocationKind, SectionFlags, SectionKind,
    SymbolFlags, SymbolKind, SymbolScope,
};

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
        BinaryFormat::MachO => mach_o(product, defined, isa),
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

/// What linkers know the section by: they read it, and leave out what it says of functions
/// that they leave out.
const FRAMES: u32 = S_COALESCED | S_ATTR_NO_TOC | S_ATTR_STRIP_STATIC_SYMS | S_ATTR_LIVE_SUPPORT;

fn mach_o(
    product: &mut ObjectProduct,
    defined: &Defined,
    isa: &dyn TargetIsa,
) -> write::Result<()> {
    let Some(section) = eh_frame(isa, defined.frames(), Pointers::Far) else {
        return Ok(());
    };
    let object = &mut product.object;
    let place = object.section_id(StandardSection::EhFrame);
    object.section_mut(place).flags = SectionFlags::MachO { flags: FRAMES };
    object.append_section_data(place, &section.bytes, 8);
    // Distances are differences of two symbols.
    let begin = object.add_symbol(write::Symbol {
        name: b"eh_frame".to_vec(),
        value: 0,
        size: 0,
        kind: SymbolKind::Data,
        scope: SymbolScope::Compilation,
        weak: false,
        section: write::SymbolSection::Section(place),
        flags: SymbolFlags::None,
    });
    for relocation in &section.relocations {
        let Target::Function(frame) = relocation.target else {
            continue;
        };
        let Some(frame) = defined.frames().get(frame) else {
            continue;
        };
        let distance = write::Relocation {
            offset: relocation.offset as u64,
            symbol: product.function_symbol(frame.function),
            addend: relocation.addend - relocation.offset as i64,
            flags: RelocationFlags::Generic {
                kind: RelocationKind::Absolute,
                encoding: RelocationEncoding::Generic,
                size: relocation.size.saturating_mul(8),
            },
        };
        let object = &mut product.object;
        object.add_relocation_with_subtractor(place, distance, Some(begin))?;
    }
    Ok(())
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
