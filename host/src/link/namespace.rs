//! Objects on their way into a static library: the runtime's symbols get the
//! names that they have there.
//!
//! Only names change. The new ones stand in a copy of the table of names at the
//! end of the file; nothing else moves, so that every offset stays right.

use std::borrow::Cow;
use std::collections::BTreeMap;

use beskid_plugin_api::panics::contain_panic;
use goblin::container::{Container, Ctx, Endian};
use goblin::elf::Elf;
use goblin::elf::header::{EI_CLASS, EI_DATA, ELFCLASS64, ELFDATA2LSB, ET_REL};
use goblin::elf::section_header::{SHN_UNDEF, SHT_SYMTAB, SectionHeader};
use goblin::elf::sym::{STB_LOCAL, Sym, Symtab};

use crate::inspect::merged_name;

const CTX: Ctx = Ctx {
    container: Container::Big,
    le: Endian::Little,
};

/// Sizes of a section's header and of a symbol, and where in a header the offset
/// and the size of the section stand.
const SECTION: usize = 64;
const SYMBOL: usize = 24;
const OFFSET: usize = 24;

/// Whose object it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The program: what it needs of the runtime is renamed. What it defines is
    /// its own, whatever it is called.
    Program,
    /// The runtime: what it defines is renamed too.
    Runtime,
}

/// The object with the names of a static library. Formats other than ELF have
/// tools of their own and stay as they are.
///
/// # Errors
/// Why it is no object.
pub(super) fn merged(object: &[u8], part: Part) -> Result<Cow<'_, [u8]>, String> {
    if !object.starts_with(b"\x7fELF") {
        return Ok(Cow::Borrowed(object));
    }
    contain_panic(|| rename(object, part)).unwrap_or_else(Err)
}

fn rename(object: &[u8], part: Part) -> Result<Cow<'_, [u8]>, String> {
    let malformed = || "its tables of symbols are malformed".to_owned();
    let header = Elf::parse_header(object).map_err(|error| error.to_string())?;
    let is_wide = header.e_ident[EI_CLASS] == ELFCLASS64;
    if !is_wide || header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_type != ET_REL {
        return Err("it is no 64-bit little-endian object".to_owned());
    }
    let at = usize::try_from(header.e_shoff).map_err(|_| malformed())?;
    let sections = |count| SectionHeader::parse(object, at, count, CTX);
    let mut count = usize::from(header.e_shnum);
    if count == 0 && at != 0 {
        // More sections than the header can count stand in the first one.
        let first = sections(1).map_err(|error| error.to_string())?;
        count = first.first().map_or(0, |first| first.sh_size as usize);
    }
    let sections = sections(count).map_err(|error| error.to_string())?;
    let Some(table) = sections
        .iter()
        .find(|section| section.sh_type == SHT_SYMTAB)
    else {
        return Ok(Cow::Borrowed(object));
    };
    let names_at = table.sh_link as usize;
    let names = sections.get(names_at).and_then(|section| {
        let start = usize::try_from(section.sh_offset).ok()?;
        object.get(start..start.checked_add(usize::try_from(section.sh_size).ok()?)?)
    });
    let names = names.ok_or_else(malformed)?;
    let symbols_at = usize::try_from(table.sh_offset).map_err(|_| malformed())?;
    let symbols = Symtab::parse(object, symbols_at, table.sh_size as usize / SYMBOL, CTX);
    let symbols = symbols.map_err(|error| error.to_string())?;
    let mut written = object.to_vec();
    let mut added = names.to_vec();
    let mut places = BTreeMap::new();
    for (index, symbol) in symbols.iter().enumerate() {
        let Some(name) = new_name(&symbol, names, part) else {
            continue;
        };
        let place = *places.entry(name).or_insert_with_key(|name| {
            let place = added.len();
            added.extend_from_slice(name.as_bytes());
            added.push(0);
            place
        });
        let place = u32::try_from(place).map_err(|_| malformed())?;
        put(
            &mut written,
            symbols_at + index * SYMBOL,
            &place.to_le_bytes(),
        )
        .ok_or_else(malformed)?;
    }
    if places.is_empty() {
        return Ok(Cow::Borrowed(object));
    }
    let fields = [written.len() as u64, added.len() as u64];
    let field = at + names_at * SECTION + OFFSET;
    put(&mut written, field, &fields.map(u64::to_le_bytes).concat()).ok_or_else(malformed)?;
    written.extend(added);
    Ok(Cow::Owned(written))
}

/// The name of a symbol in a static library, if it is another one.
fn new_name(symbol: &Sym, names: &[u8], part: Part) -> Option<String> {
    let is_needed = symbol.st_shndx == SHN_UNDEF as usize;
    if symbol.st_bind() == STB_LOCAL || part == Part::Program && !is_needed {
        return None;
    }
    // The runtime's names are short; a longer one is none of them.
    let rest = names.get(symbol.st_name..)?;
    let rest = &rest[..rest.len().min(64)];
    let name = &rest[..rest.iter().position(|byte| *byte == 0)?];
    match merged_name(std::str::from_utf8(name).ok()?) {
        Cow::Owned(name) => Some(name),
        Cow::Borrowed(_) => None,
    }
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) -> Option<()> {
    let place = bytes.get_mut(at..at.checked_add(value.len())?)?;
    place.copy_from_slice(value);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::{archive_members, inspect};

    fn runtime() -> Vec<u8> {
        let archive = crate::runtime_archive::embedded();
        archive_members(archive).unwrap()[0].1.to_vec()
    }

    #[test]
    fn the_runtimes_symbols_are_renamed_and_nothing_else_moves() {
        let before = runtime();
        let after = merged(&before, Part::Runtime).unwrap();
        let exports = |bytes: &[u8]| inspect(bytes).unwrap().into_one().unwrap().exports;
        let expected = exports(&before)
            .iter()
            .map(|name| merged_name(name).into_owned())
            .collect::<Vec<_>>();
        let mut expected = expected;
        expected.sort();
        assert_eq!(exports(&after), expected);
        assert!(
            expected.iter().all(|name| name.starts_with("beskid_")),
            "{expected:?}"
        );
        assert_eq!(merged(&after, Part::Runtime).unwrap(), after);
        assert!(matches!(
            merged(&before, Part::Program).unwrap(),
            Cow::Borrowed(_)
        ));
    }

    #[test]
    fn what_is_no_object_is_refused_and_other_formats_pass() {
        let object = runtime();
        for length in [5, 63, 64, 1000, object.len() - 1] {
            assert!(
                merged(&object[..length], Part::Runtime).is_err(),
                "{length}"
            );
        }
        for field in [40, 58, 60] {
            let mut object = object.clone();
            object[field..field + 2].copy_from_slice(&[0xff; 2]);
            let _ = merged(&object, Part::Runtime);
        }
        assert_eq!(merged(b"MZ", Part::Runtime).unwrap(), &b"MZ"[..]);
    }
}
