//! The line table in an ELF file, of which nothing is believed: `None` for what does not
//! hold together.

use super::line_table::LineTable;
use super::reader::number;
use super::relocations::Relocations;

/// The magic number, 64 bits, the lowest byte first.
const START: [u8; 6] = [0x7f, b'E', b'L', b'F', 2, 1];
const SECTION: usize = 64;

const ET_REL: u64 = 1;
const SHT_SYMTAB: u64 = 2;
const SHT_RELA: u64 = 4;
const SHT_NOBITS: u64 = 8;
const SHF_EXECINSTR: u64 = 4;
const SHF_COMPRESSED: u64 = 0x800;

/// A file.
#[derive(Clone, Copy)]
pub(super) struct Elf<'i> {
    file: &'i [u8],
    sections: &'i [[u8; SECTION]],
}

impl<'i> Elf<'i> {
    pub(super) fn parse(file: &'i [u8]) -> Option<Self> {
        if !file.starts_with(&START) || number(file, 58, 2)? != SECTION as u64 {
            return None;
        }
        let sections = part(
            file,
            number(file, 40, 8)?,
            number(file, 60, 2)? * SECTION as u64,
        )?;
        Some(Self {
            file,
            sections: sections.as_chunks().0,
        })
    }

    /// The program headers.
    pub(super) fn program_headers(self) -> Option<&'i [u8]> {
        let size = number(self.file, 54, 2)? * number(self.file, 56, 2)?;
        part(self.file, number(self.file, 32, 8)?, size)
    }

    /// Whether a section of code has an address.
    pub(super) fn has_code(self, address: u64) -> bool {
        let mut sections = self.sections.iter();
        sections.any(|section| {
            let field = |at| number(section, at, 8).unwrap_or(0);
            field(8) & SHF_EXECINSTR != 0 && address.wrapping_sub(field(16)) < field(32)
        })
    }

    /// The line table, if there is one that is neither compressed nor in another file.
    pub(super) fn line_table(self) -> Option<LineTable<'i>> {
        let names = self.contents(number(self.file, 62, 2)?)?;
        let index = self.sections.iter().position(|section| {
            let name = number(section, 0, 4).and_then(|at| names.get(usize::try_from(at).ok()?..));
            name.is_some_and(|name| name.starts_with(b".debug_line\0"))
        })?;
        let section = self.contents(index as u64)?;
        let relocations = match number(self.file, 16, 2)? {
            ET_REL => Some(self.relocations(index as u64)?),
            _ => None,
        };
        Some(LineTable::new(section, relocations))
    }

    fn relocations(self, index: u64) -> Option<Relocations<'i>> {
        let mut sections = self.sections.iter().zip(0..);
        let (section, number_of_it) = sections.find(|(section, _)| {
            number(*section, 4, 4) == Some(SHT_RELA) && number(*section, 44, 4) == Some(index)
        })?;
        let symbols = number(section, 40, 4)?;
        let table = self.sections.get(usize::try_from(symbols).ok()?)?;
        if number(table, 4, 4)? != SHT_SYMTAB {
            return None;
        }
        Some(Relocations {
            sections: self.sections,
            entries: self.contents(number_of_it)?.as_chunks().0,
            symbols: self.contents(symbols)?.as_chunks().0,
        })
    }

    /// The bytes of a section, which are in the file as they are.
    fn contents(self, index: u64) -> Option<&'i [u8]> {
        let section = self.sections.get(usize::try_from(index).ok()?)?;
        let is_there =
            number(section, 4, 4)? != SHT_NOBITS && number(section, 8, 8)? & SHF_COMPRESSED == 0;
        match is_there {
            true => part(self.file, number(section, 24, 8)?, number(section, 32, 8)?),
            false => None,
        }
    }
}

fn part(bytes: &[u8], start: u64, size: u64) -> Option<&[u8]> {
    let bytes = bytes.get(usize::try_from(start).ok()?..)?;
    bytes.get(..usize::try_from(size).ok()?)
}
