//! The ABI version of a runtime, read from its archive or shared library
//! (ABI-7): a number that the runtime defines as data. Nothing of the runtime is
//! run.

use goblin::elf::Elf;
use goblin::elf::section_header::{SHN_UNDEF, SHT_NOBITS};
use goblin::elf::sym::{STT_FUNC, STT_OBJECT, Sym, Symtab};
use goblin::mach::MachO;
use goblin::mach::header::MH_MAGIC_64;
use goblin::mach::symbols::{N_SECT, N_TYPE};
use goblin::strtab::Strtab;

use super::VERSION_SYMBOL;
use crate::inspect::archive_members;

/// Symbol of the number, which is a `u32`.
pub(super) const DATA_SYMBOL: &str = "beskid_runtime_abi";

/// The version, or `None` if no member defines the number.
///
/// # Errors
/// Why the bytes are no archive of ELF or Mach-O objects.
pub(super) fn read(archive: &[u8]) -> Result<Option<u32>, String> {
    for (member, object) in archive_members(archive)? {
        let version = match object.starts_with(&MH_MAGIC_64.to_le_bytes()) {
            true => macho_number(object),
            false => Elf::parse(object).map(|elf| number(&elf, object)),
        };
        let version = version.map_err(|error| format!("member `{member}`: {error}"))?;
        if version.is_some() {
            return Ok(version);
        }
    }
    Ok(None)
}

/// The number in a Mach-O object, whose names in C begin with `_`.
fn macho_number(object: &[u8]) -> goblin::error::Result<Option<u32>> {
    let file = MachO::parse(object, 0)?;
    for symbol in file.symbols() {
        let (name, symbol) = symbol?;
        let is_number = name.strip_prefix('_') == Some(DATA_SYMBOL);
        if !is_number || symbol.n_type & N_TYPE != N_SECT {
            continue;
        }
        let sections = file.segments.sections().flatten();
        // They are counted from 1 on.
        let mut sections = sections.skip(symbol.n_sect.saturating_sub(1));
        let Some(section) = sections.next() else {
            continue;
        };
        let (section, contents) = section?;
        let inside = symbol.n_value.checked_sub(section.addr);
        let bytes = inside.and_then(|inside| contents.get(usize::try_from(inside).ok()?..));
        return Ok(bytes
            .and_then(<[u8]>::first_chunk)
            .map(|bytes| u32::from_le_bytes(*bytes)));
    }
    Ok(None)
}

/// What a shared library tells of its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// It has neither the number nor the function.
    Nothing,
    /// The number.
    Version(u32),
    /// It has only the function, which whoever loads it can call.
    WhenCalled,
}

/// The version of an ELF shared library.
pub(super) fn read_image(image: &[u8]) -> Told {
    let Ok(elf) = Elf::parse(image) else {
        return Told::Nothing;
    };
    match number(&elf, image) {
        Some(version) => Told::Version(version),
        None if defined(&elf, VERSION_SYMBOL, STT_FUNC).is_some() => Told::WhenCalled,
        None => Told::Nothing,
    }
}

/// The number in a file.
fn number(elf: &Elf<'_>, file: &[u8]) -> Option<u32> {
    let symbol = defined(elf, DATA_SYMBOL, STT_OBJECT)?;
    let section = elf.section_headers.get(symbol.st_shndx)?;
    if section.sh_type == SHT_NOBITS {
        return Some(0);
    }
    // Sections of relocatable objects have no address.
    let inside = symbol.st_value.checked_sub(section.sh_addr)?;
    let start = usize::try_from(section.sh_offset.checked_add(inside)?).ok()?;
    let bytes = file.get(start..)?.first_chunk()?;
    Some(if elf.little_endian {
        u32::from_le_bytes(*bytes)
    } else {
        u32::from_be_bytes(*bytes)
    })
}

/// A symbol that the file defines.
fn defined(elf: &Elf<'_>, name: &str, kind: u8) -> Option<Sym> {
    let named = |symbols: &Symtab<'_>, names: &Strtab<'_>| {
        symbols.iter().find(|symbol| {
            symbol.st_type() == kind
                && symbol.st_shndx != SHN_UNDEF as usize
                && names.get_at(symbol.st_name) == Some(name)
        })
    };
    named(&elf.dynsyms, &elf.dynstrtab).or_else(|| named(&elf.syms, &elf.strtab))
}

#[cfg(test)]
mod tests {
    use beskid_plugin_api::runtime_abi::BESKID_RUNTIME_ABI_VERSION;

    use super::*;
    use crate::runtime_archive::embedded;

    #[test]
    fn abi_7_the_embedded_runtime_tells_its_version() {
        assert_eq!(read(embedded()), Ok(Some(BESKID_RUNTIME_ABI_VERSION)));
    }

    #[test]
    fn abi_7_what_is_no_runtime_tells_nothing() {
        assert_eq!(read_image(b"no library"), Told::Nothing);
        assert!(read(b"no archive").is_err());
        let cut = &embedded()[..embedded().len() / 2];
        assert!(!matches!(read(cut), Ok(Some(_))));
    }
}
