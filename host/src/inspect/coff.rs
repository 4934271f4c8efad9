//! COFF objects, and the short objects of import libraries.

use goblin::pe::header::{
    COFF_MACHINE_ARM64, COFF_MACHINE_RISCV64, COFF_MACHINE_X86_64, CoffHeader, SIZEOF_COFF_HEADER,
    machine_to_str,
};
use goblin::pe::section_table::SectionTable;
use goblin::pe::symbol::{
    COFF_SYMBOL_SIZE, IMAGE_SYM_CLASS_EXTERNAL, IMAGE_SYM_CLASS_LABEL, IMAGE_SYM_CLASS_STATIC,
    IMAGE_SYM_CLASS_WEAK_EXTERNAL, SymbolTable,
};

use super::bounds::{Work, part, u16_at, u32_at};
use super::report::{FileFormat, ImageKind, ImageReport};
use super::symbols::{Import, Names, Object, Place, Symbol, owned};

/// Size of the header of a short import object.
const SHORT_IMPORT: usize = 20;

/// Inspects a COFF object.
pub(super) fn inspect(bytes: &[u8], work: &mut Work) -> Result<ImageReport, String> {
    let object = object(bytes, work)?;
    let names = Names::of(&object.symbols);
    Ok(ImageReport {
        defines_main: Some(names.defined.contains("main")),
        exports: owned(names.global.iter().copied()),
        imports: owned(names.undefined.iter().copied()),
        runtime: names.runtime(),
        ..ImageReport::new(FileFormat::Coff, ImageKind::Object, object.architecture)
    })
}

/// Reads an object.
pub(super) fn object<'a>(bytes: &'a [u8], work: &mut Work) -> Result<Object<'a>, String> {
    if bytes.starts_with(&[0, 0, 0xff, 0xff]) {
        return short_import(bytes, work);
    }
    let mut offset = 0;
    let header = CoffHeader::parse(bytes, &mut offset).map_err(|error| error.to_string())?;
    let architecture = architecture(header.machine)?;
    let offset = SIZEOF_COFF_HEADER + usize::from(header.size_of_optional_header);
    let sections = sections(bytes, offset, header.number_of_sections)?;
    Ok(Object {
        format: FileFormat::Coff,
        architecture,
        symbols: symbols(bytes, &header, work)?,
        import: import(bytes, &sections)?,
    })
}

/// The architecture, as in target triples.
pub(super) fn architecture(machine: u16) -> Result<&'static str, String> {
    match machine {
        COFF_MACHINE_X86_64 => Ok("x86_64"),
        COFF_MACHINE_ARM64 => Ok("aarch64"),
        COFF_MACHINE_RISCV64 => Ok("riscv64"),
        other => {
            let name = machine_to_str(other);
            Err(format!("machine {other:#x} ({name}) is not known"))
        }
    }
}

/// The section headers.
pub(super) fn sections(
    bytes: &[u8],
    mut offset: usize,
    count: u16,
) -> Result<Vec<SectionTable>, String> {
    // goblin copies each long section name, and many may share one that is
    // as long as the file. With its table of names out of reach it copies none.
    let no_names = bytes.len();
    let mut sections = Vec::new();
    for _ in 0..count {
        let section = SectionTable::parse(bytes, &mut offset, no_names);
        sections.push(section.map_err(|error| error.to_string())?);
    }
    Ok(sections)
}

/// The symbols; none if the table is stripped.
pub(super) fn symbols<'a>(
    bytes: &'a [u8],
    header: &CoffHeader,
    work: &mut Work,
) -> Result<Vec<Symbol<'a>>, String> {
    let (start, count) = (
        header.pointer_to_symbol_table,
        header.number_of_symbol_table,
    );
    if start == 0 || count == 0 {
        return Ok(Vec::new());
    }
    let size = u64::from(count) * COFF_SYMBOL_SIZE as u64;
    let table = part(bytes, start.into(), size)?;
    let strings = bytes
        .get(start as usize + table.len()..)
        .unwrap_or_default();
    let parsed = SymbolTable::parse(table, 0, count as usize).map_err(|error| error.to_string())?;
    let mut symbols = Vec::new();
    for (index, short, symbol) in parsed.iter() {
        let place = match symbol.storage_class {
            IMAGE_SYM_CLASS_EXTERNAL if symbol.section_number != 0 => Place::Global,
            // Undefined with a value is a common symbol: its size.
            IMAGE_SYM_CLASS_EXTERNAL if symbol.value != 0 => Place::Global,
            IMAGE_SYM_CLASS_EXTERNAL => Place::Undefined,
            IMAGE_SYM_CLASS_WEAK_EXTERNAL if symbol.section_number > 0 => Place::Global,
            IMAGE_SYM_CLASS_WEAK_EXTERNAL => {
                // What it stands for if nobody defines it.
                let weak = parsed.aux_weak_external(index + 1);
                let default = weak.and_then(|weak| parsed.get(weak.tag_index as usize));
                match default {
                    Some((_, default)) if default.section_number > 0 => Place::Alias,
                    _ => Place::Undefined,
                }
            }
            IMAGE_SYM_CLASS_STATIC | IMAGE_SYM_CLASS_LABEL => Place::Local,
            _ => continue,
        };
        let name = match short {
            Some(name) => {
                work.spend(name.len())?;
                name
            }
            None if symbol.name[0] != 0 => return Err("a name is not UTF-8".to_owned()),
            None => work.text(strings, u32_at(&symbol.name, 4)? as usize)?,
        };
        symbols.push(Symbol::new(name, place));
    }
    Ok(symbols)
}

/// What an object is to import libraries. Its sections `.idata$…` become the
/// import table; in one of `.idata$7` (GNU) or `.idata$6` (Microsoft, with the
/// directory entry in `.idata$2`) is the name of the DLL.
fn import<'a>(bytes: &'a [u8], sections: &[SectionTable]) -> Result<Import<'a>, String> {
    let named = |suffix: u8| {
        let name = [b'.', b'i', b'd', b'a', b't', b'a', b'$', suffix];
        sections.iter().find(move |section| section.name == name)
    };
    if !(b'2'..=b'7').any(|suffix| named(suffix).is_some()) {
        return Ok(Import::No);
    }
    let tail = match named(b'2') {
        Some(_) => named(b'6'),
        None => named(b'7').filter(|section| section.number_of_relocations == 0),
    };
    let Some(tail) = tail else {
        return Ok(Import::Part);
    };
    let offset = tail.pointer_to_raw_data.into();
    let contents = part(bytes, offset, tail.size_of_raw_data.into())?;
    let name = contents.split(|byte| *byte == 0).next().unwrap_or_default();
    Ok(match std::str::from_utf8(name) {
        Ok(name) if !name.is_empty() => Import::Of(name),
        _ => Import::Part,
    })
}

/// A short import object: one symbol of one DLL.
fn short_import<'a>(bytes: &'a [u8], work: &mut Work) -> Result<Object<'a>, String> {
    if u16_at(bytes, 4)? != 0 {
        return Err("COFF objects in the format for many sections are not inspected".to_owned());
    }
    let architecture = architecture(u16_at(bytes, 6)?)?;
    let name = work.text(bytes, SHORT_IMPORT)?;
    let library = work.text(bytes, SHORT_IMPORT + name.len() + 1)?;
    let mut symbols = vec![Symbol::new(format!("__imp_{name}"), Place::Global)];
    // Code can also be called by its own name; data and constants cannot.
    if u16_at(bytes, 18)? & 3 == 0 {
        symbols.push(Symbol::new(name, Place::Global));
    }
    Ok(Object {
        format: FileFormat::Coff,
        architecture,
        symbols,
        import: Import::Of(library),
    })
}
