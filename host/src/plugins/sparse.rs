//! The parts of an ELF file that a decision about it needs, and zeros for all
//! else. The file may be a large one that nothing will load, and may change
//! while it is looked at; memory that was read stays as it is.

use std::cell::Cell;
use std::fmt;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use goblin::container::{Container, Ctx, Endian};
use goblin::elf::dynamic::{
    DT_GNU_HASH, DT_HASH, DT_JMPREL, DT_NEEDED, DT_REL, DT_RELA, DT_RPATH, DT_RUNPATH, DT_SONAME,
    DT_STRSZ, DT_STRTAB, DT_SYMTAB, DT_VERDEF, DT_VERNEED, DT_VERSYM, Dynamic,
};
use goblin::elf::header::{EI_CLASS, EI_DATA, ELFCLASS64, ELFDATA2LSB, Header};
use goblin::elf::program_header::{PT_DYNAMIC, PT_INTERP, PT_LOAD, PT_NOTE, ProgramHeader};

/// How much is read at once at the beginning: as a rule the headers, the notes and
/// many of the names are there.
const START: u64 = 4096;
/// Where that header says how many sections there are, and where.
const SECTIONS: [Range<usize>; 2] = [40..48, 60..64];

/// Why a file cannot be looked at.
#[derive(Debug)]
pub(super) struct Malformed(String);

impl Malformed {
    /// For this reason.
    pub(super) fn new(reason: &str) -> Self {
        Self(reason.to_owned())
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<goblin::error::Error> for Malformed {
    fn from(error: goblin::error::Error) -> Self {
        Self(error.to_string())
    }
}

/// What kind of file it is.
pub(super) enum Kind<'a, F: FileExt> {
    /// No ELF file.
    Other,
    /// None of 64 bits with the low byte first.
    OtherElf,
    /// A file of which a plugin could be one.
    Elf(Sparse<'a, F>),
}

/// A file of `len` bytes with nothing in it but its beginning, its segments'
/// headers, its notes, and what the loader takes symbols and names from; it says
/// that it has no sections, which the loader does not look at.
pub(super) fn sparse<F: FileExt>(file: &F, len: u64) -> Result<Kind<'_, F>, Malformed> {
    let mut parts = Sparse::new(file, len)?;
    parts.fill(0, START)?;
    if !parts.bytes().starts_with(b"\x7fELF") {
        return Ok(Kind::Other);
    }
    let ident = parts.bytes().get(..16).unwrap_or_default();
    if ident.get(EI_CLASS) != Some(&ELFCLASS64) || ident.get(EI_DATA) != Some(&ELFDATA2LSB) {
        return Ok(Kind::OtherElf);
    }
    let header = goblin::elf::Elf::parse_header(parts.bytes())?;
    check_sections(&header, len)?;
    let count = u64::from(header.e_phnum);
    let size = u64::from(header.e_phentsize);
    parts.fill(header.e_phoff, count * size)?;
    let context = Ctx::new(Container::Big, Endian::Little);
    let (start, count) = (header.e_phoff as usize, count as usize);
    let segments = ProgramHeader::parse(parts.bytes(), start, count, context)?;
    for segment in &segments {
        if [PT_DYNAMIC, PT_NOTE, PT_INTERP].contains(&segment.p_type) {
            parts.fill(segment.p_offset, segment.p_filesz)?;
        }
    }
    check_order(&segments)?;
    if let Some(dynamic) = Dynamic::parse(parts.bytes(), &segments, context)? {
        check_names(&dynamic)?;
        for table in tables(&dynamic, &segments, len) {
            parts.fill(table.start, table.end - table.start)?;
        }
    }
    for place in SECTIONS {
        parts.zeros[place].fill(0);
    }
    Ok(Kind::Elf(parts))
}

/// The loader goes by the last of several dynamic segments, and where segments overlap,
/// by the later one: whoever looks for the first ones would decide about other bytes.
fn check_order(segments: &[ProgramHeader]) -> Result<(), Malformed> {
    let dynamic = segments.iter().filter(|one| one.p_type == PT_DYNAMIC);
    if dynamic.count() > 1 {
        return Err(Malformed::new("it has several dynamic segments"));
    }
    let mut end = 0;
    for segment in segments.iter().filter(|one| one.p_type == PT_LOAD) {
        if segment.p_vaddr < end {
            return Err(Malformed::new("its segments overlap or are not in order"));
        }
        end = segment.p_vaddr.saturating_add(segment.p_memsz);
    }
    Ok(())
}

/// The loader asks neither how long the table of names is, nor which of several tables
/// comes first: names that are not in the only one are not those that were looked at.
fn check_names(dynamic: &Dynamic) -> Result<(), Malformed> {
    let values = |tag| {
        let entries = dynamic.dyns.iter().filter(move |entry| entry.d_tag == tag);
        entries.map(|entry| entry.d_val)
    };
    for tag in [DT_STRTAB, DT_STRSZ, DT_SYMTAB] {
        if values(tag).count() > 1 {
            return Err(Malformed::new("its dynamic section has an entry twice"));
        }
    }
    let size = values(DT_STRSZ).next().unwrap_or_default();
    let names = [DT_NEEDED, DT_RPATH, DT_RUNPATH, DT_SONAME];
    match names.into_iter().flat_map(values).any(|name| name >= size) {
        true => Err(Malformed::new(
            "its dynamic section names something beyond the table of names",
        )),
        false => Ok(()),
    }
}

/// Where symbols, their names and their numbers are. A table has no size of its
/// own, and ends at the latest where the next one begins.
fn tables(dynamic: &Dynamic, segments: &[ProgramHeader], len: u64) -> Vec<Range<u64>> {
    let entry = |tag| dynamic.dyns.iter().rfind(|entry| entry.d_tag == tag);
    let place = |tag| Some(in_file(segments, entry(tag)?.d_val)?.start);
    let others = [DT_VERSYM, DT_VERDEF, DT_VERNEED, DT_RELA, DT_REL, DT_JMPREL];
    let wanted = [DT_GNU_HASH, DT_HASH, DT_SYMTAB];
    let all = others.into_iter().chain(wanted).chain([DT_STRTAB]);
    let starts = all.filter_map(place).collect::<Vec<_>>();
    let mut found = Vec::new();
    for tag in wanted {
        let Some(inside) = entry(tag).and_then(|entry| in_file(segments, entry.d_val)) else {
            continue;
        };
        let later = starts.iter().filter(|start| **start > inside.start);
        let end = later.min().map_or(inside.end, |next| inside.end.min(*next));
        found.push(inside.start..end.min(len).max(inside.start));
    }
    if let (Some(start), Some(size)) = (place(DT_STRTAB), entry(DT_STRSZ)) {
        found.push(start..start.saturating_add(size.d_val));
    }
    found
}

/// Where in the file an address is, up to the end of its segment.
pub(super) fn in_file(segments: &[ProgramHeader], address: u64) -> Option<Range<u64>> {
    let mut loaded = segments.iter().filter(|segment| segment.p_type == PT_LOAD);
    loaded.find_map(|segment| {
        let offset = address.checked_sub(segment.p_vaddr)?;
        let start = segment.p_offset.checked_add(offset)?;
        let end = segment.p_offset.checked_add(segment.p_filesz)?;
        (offset < segment.p_memsz).then(|| start..end.max(start))
    })
}

thread_local! {
    /// Zeros of the file before: a folder of plugins would have as much memory cleared
    /// as its files are large.
    static ZEROS: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Most zeros that are kept for another file, in bytes.
const MOST_KEPT: usize = 64 << 20;

/// A file of which some parts were read.
pub(super) struct Sparse<'a, F> {
    file: &'a F,
    /// As many as the file has, or more.
    zeros: Vec<u8>,
    len: usize,
    filled: Vec<Range<usize>>,
}

impl<'a, F: FileExt> Sparse<'a, F> {
    fn new(file: &'a F, len: u64) -> Result<Self, Malformed> {
        let len = usize::try_from(len).map_err(|error| Malformed(error.to_string()))?;
        let mut zeros = ZEROS.take();
        if zeros.len() < len {
            // Memory of this size comes as zeros that take no room.
            zeros = vec![0; len];
        }
        Ok(Self {
            file,
            zeros,
            len,
            filled: Vec::new(),
        })
    }

    /// What was read, among zeros.
    pub(super) fn bytes(&self) -> &[u8] {
        self.zeros.get(..self.len).unwrap_or_default()
    }

    /// Reads a part. What lies beyond the end is for the parser to refuse.
    fn fill(&mut self, start: u64, len: u64) -> Result<(), Malformed> {
        let end = start.saturating_add(len).min(self.len as u64);
        let range = start as usize..end as usize;
        let is_there = |part: &Range<usize>| part.start <= range.start && range.end <= part.end;
        if self.filled.iter().any(is_there) {
            return Ok(());
        }
        let Some(part) = self.zeros.get_mut(range.clone()) else {
            return Ok(());
        };
        self.filled.push(range);
        let read = self.file.read_exact_at(part, start);
        read.map_err(|error| Malformed(format!("it changes while it is read: {error}")))
    }
}

impl<F> Drop for Sparse<'_, F> {
    fn drop(&mut self) {
        if self.zeros.len() > MOST_KEPT {
            return;
        }
        for part in self.filled.drain(..) {
            if let Some(part) = self.zeros.get_mut(part) {
                part.fill(0);
            }
        }
        // Whoever panics or ends leaves no zeros behind, and new ones are made.
        ZEROS.set(std::mem::take(&mut self.zeros));
    }
}

/// The headers of sections come last in a file: one that was cut lacks them.
fn check_sections(header: &Header, len: u64) -> Result<(), Malformed> {
    let size = u64::from(header.e_shnum) * u64::from(header.e_shentsize);
    let end = header.e_shoff.checked_add(size);
    if header.e_shnum == 0 || end.is_some_and(|end| end <= len) {
        return Ok(());
    }
    Err(Malformed::new(
        "it is truncated: the headers of its sections end beyond the file",
    ))
}
