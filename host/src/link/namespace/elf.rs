//! ELF objects, renamed.

use std::borrow::Cow;

use goblin::container::{Container, Ctx, Endian};
use goblin::elf::Elf;
use goblin::elf::header::{EI_CLASS, EI_DATA, ELFCLASS64, ELFDATA2LSB, ET_REL};
use goblin::elf::section_header::{SHN_UNDEF, SHT_SYMTAB, SectionHeader};
use goblin::elf::sym::{STB_LOCAL, Symtab};

use super::names::{Names, Part, put};

const CTX: Ctx = Ctx {
    container: Container::Big,
    le: Endian::Little,
};

/// Sizes of a section's header and of a symbol, and where in a header the offset
/// and the size of the section stand.
const SECTION: usize = 64;
const SYMBOL: usize = 24;
const OFFSET: usize = 24;

/// The object with the names of a static library.
pub(super) fn rename(object: &[u8], part: Part) -> Result<Cow<'_, [u8]>, String> {
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
    let mut names = Names::new(names, "");
    for (index, symbol) in symbols.iter().enumerate() {
        let is_needed = symbol.st_shndx == SHN_UNDEF as usize;
        if symbol.st_bind() == STB_LOCAL || part == Part::Program && !is_needed {
            continue;
        }
        if let Some(place) = names.renamed(symbol.st_name) {
            let at = symbols_at + index * SYMBOL;
            put(&mut written, at, &place.to_le_bytes()).ok_or_else(malformed)?;
        }
    }
    let Some(added) = names.finish() else {
        return Ok(Cow::Borrowed(object));
    };
    let fields = [written.len() as u64, added.len() as u64];
    let field = at + names_at * SECTION + OFFSET;
    put(&mut written, field, &fields.map(u64::to_le_bytes).concat()).ok_or_else(malformed)?;
    written.extend(added);
    Ok(Cow::Owned(written))
}
