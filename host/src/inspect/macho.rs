//! Mach-O files for one architecture.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use goblin::container::Endian;
use goblin::mach::constants::cputype::{
    CPU_SUBTYPE_ARM64_E, CPU_SUBTYPE_MASK, CPU_SUBTYPE_X86_64_H, CPU_TYPE_ARM64, CPU_TYPE_X86_64,
};
use goblin::mach::header::{
    MH_BUNDLE, MH_DYLIB, MH_EXECUTE, MH_MAGIC_64, MH_OBJECT, MH_TWOLEVEL, filetype_to_str,
};
use goblin::mach::load_command::{CommandVariant, LoadCommand, SymtabCommand};
use goblin::mach::symbols::{N_EXT, N_PEXT, N_STAB, N_TYPE, N_UNDF};

use super::bounds::{Work, part, u16_at, u32_at, u64_at};
use super::exports_trie;
use super::report::{FileFormat, ImageKind, ImageReport};
use super::symbols::{Import, Names, Object, Place, Symbol, owned};

/// Size of the file header.
const HEADER: usize = 32;

/// Size of a symbol.
const SYMBOL: u64 = 16;

/// Every linked executable defines this, stripped or not.
const HEADER_SYMBOL: &str = "_mh_execute_header";

/// The file header, and what the load commands say.
struct File<'a> {
    bytes: &'a [u8],
    architecture: &'static str,
    kind: ImageKind,
    two_level: bool,
    symtab: Option<SymtabCommand>,
    /// Offset and size of the trie of exported symbols.
    exports: Option<(u32, u32)>,
    needed: Vec<&'a str>,
    install_name: Option<&'a str>,
    entrypoint: Option<Entrypoint>,
    /// Address of the file's first byte in memory.
    base: Option<u64>,
}

enum Entrypoint {
    /// From the start of the file.
    Offset(u64),
    Address(u64),
}

/// A symbol, and the number of the library that has it.
struct Entry<'a> {
    symbol: Symbol<'a>,
    library: u8,
}

/// Inspects a Mach-O file.
pub(super) fn inspect(bytes: &[u8], work: &mut Work) -> Result<ImageReport, String> {
    let file = File::parse(bytes, work)?;
    let entries = file.entries(work)?;
    let exported = match file.exports {
        Some((offset, size)) => {
            let trie = part(bytes, offset.into(), size.into())?;
            Some(exports_trie::names(trie, work)?)
        }
        None => None,
    };
    let symbols = entries.iter().map(|entry| entry.symbol.clone());
    let symbols = symbols.collect::<Vec<_>>();
    let names = Names::of(&symbols);
    let exports: BTreeSet<Cow<'_, str>> = match &exported {
        Some(names) => names.iter().map(|name| written(name)).collect(),
        None => names.global.iter().copied().map(Cow::Borrowed).collect(),
    };
    let main = names.defined.contains("main");
    let stripped = names.defined.iter().all(|name| *name == HEADER_SYMBOL);
    Ok(ImageReport {
        entrypoint: file.address()?,
        defines_main: Some(main).filter(|main| *main || !stripped),
        exports: owned(exports.iter().map(AsRef::as_ref)),
        imports: owned(names.undefined.iter().copied()),
        imports_by_library: file.by_library(&entries),
        needed: owned(file.needed.iter().copied()),
        library_name: file.install_name.map(str::to_owned),
        runtime: names.runtime(),
        ..ImageReport::new(FileFormat::MachO, file.kind, file.architecture)
    })
}

/// Reads a relocatable object.
pub(super) fn object<'a>(bytes: &'a [u8], work: &mut Work) -> Result<Object<'a>, String> {
    let file = File::parse(bytes, work)?;
    if file.kind != ImageKind::Object {
        return Err(format!("it is a Mach-O {}, not an object", file.kind));
    }
    let entries = file.entries(work)?;
    Ok(Object {
        format: FileFormat::MachO,
        architecture: file.architecture,
        symbols: entries.into_iter().map(|entry| entry.symbol).collect(),
        import: Import::No,
    })
}

/// A symbol's name as a program writes it.
pub(super) fn written(name: &str) -> Cow<'_, str> {
    match name.strip_prefix('_') {
        Some(name) => Cow::Borrowed(name),
        None => Cow::Owned(format!("raw:{name}")),
    }
}

/// The architecture, as in target triples.
pub(super) fn architecture(cpu: u32, subtype: u32) -> Result<&'static str, String> {
    match (cpu, subtype & !CPU_SUBTYPE_MASK) {
        (CPU_TYPE_X86_64, CPU_SUBTYPE_X86_64_H) => Ok("x86_64h"),
        (CPU_TYPE_X86_64, _) => Ok("x86_64"),
        (CPU_TYPE_ARM64, CPU_SUBTYPE_ARM64_E) => Ok("arm64e"),
        (CPU_TYPE_ARM64, _) => Ok("aarch64"),
        _ => Err(format!("processor {cpu:#x} is not known")),
    }
}

impl<'a> File<'a> {
    fn parse(bytes: &'a [u8], work: &mut Work) -> Result<Self, String> {
        if u32_at(bytes, 0)? != MH_MAGIC_64 {
            return Err("it is not a 64-bit little-endian file".to_owned());
        }
        let kind = match u32_at(bytes, 12)? {
            MH_OBJECT => ImageKind::Object,
            MH_EXECUTE => ImageKind::Executable,
            MH_DYLIB => ImageKind::Shared,
            MH_BUNDLE => ImageKind::Bundle,
            other => {
                let name = filetype_to_str(other);
                return Err(format!(
                    "Mach-O type {other} ({name}) is neither object, executable nor library"
                ));
            }
        };
        let mut file = Self {
            bytes,
            architecture: architecture(u32_at(bytes, 4)?, u32_at(bytes, 8)?)?,
            kind,
            two_level: u32_at(bytes, 24)? & MH_TWOLEVEL != 0,
            symtab: None,
            exports: None,
            needed: Vec::new(),
            install_name: None,
            entrypoint: None,
            base: None,
        };
        let commands = part(bytes, HEADER as u64, u32_at(bytes, 20)?.into())?;
        let mut offset = 0;
        for _ in 0..u32_at(bytes, 16)? {
            let command = LoadCommand::parse(commands, &mut offset, Endian::Little)
                .map_err(|error| error.to_string())?;
            let size = offset.saturating_sub(command.offset);
            work.spend(size)?;
            if size < 8 {
                return Err("a load command has no size".to_owned());
            }
            let whole = part(commands, command.offset as u64, size as u64)?;
            file.take(&command.command, whole, work)?;
        }
        Ok(file)
    }

    /// Takes from a load command what the report needs.
    fn take(
        &mut self,
        command: &CommandVariant,
        whole: &'a [u8],
        work: &mut Work,
    ) -> Result<(), String> {
        match command {
            CommandVariant::Segment64(segment) if segment.segname.starts_with(b"__TEXT\0") => {
                self.base = segment.vmaddr.checked_sub(segment.fileoff);
            }
            CommandVariant::Symtab(symtab) => self.symtab = Some(*symtab),
            CommandVariant::LoadDylib(library)
            | CommandVariant::LoadWeakDylib(library)
            | CommandVariant::LoadUpwardDylib(library)
            | CommandVariant::LazyLoadDylib(library)
            | CommandVariant::ReexportDylib(library) => {
                let name = work.text(whole, library.dylib.name as usize)?;
                self.needed.push(name);
            }
            CommandVariant::IdDylib(library) => {
                self.install_name = Some(work.text(whole, library.dylib.name as usize)?);
            }
            CommandVariant::DyldInfo(info) | CommandVariant::DyldInfoOnly(info) => {
                self.exports = Some((info.export_off, info.export_size));
            }
            CommandVariant::DyldExportsTrie(trie) => {
                self.exports = Some((trie.dataoff, trie.datasize));
            }
            CommandVariant::Main(main) => {
                self.entrypoint = Some(Entrypoint::Offset(main.entryoff));
            }
            CommandVariant::Unixthread(thread) if self.entrypoint.is_none() => {
                let cpu = u32_at(self.bytes, 4)?;
                let address = thread.instruction_pointer(cpu);
                let address = address.map_err(|error| error.to_string())?;
                self.entrypoint = Some(Entrypoint::Address(address));
            }
            _ => {}
        }
        Ok(())
    }

    /// Address of the first instruction of an executable.
    fn address(&self) -> Result<Option<u64>, String> {
        match self.entrypoint {
            Some(_) if self.kind != ImageKind::Executable => Ok(None),
            None => Ok(None),
            Some(Entrypoint::Address(address)) => Ok(Some(address)),
            Some(Entrypoint::Offset(offset)) => {
                let address = self.base.and_then(|base| base.checked_add(offset));
                address
                    .map(Some)
                    .ok_or_else(|| "its entrypoint is in no segment".to_owned())
            }
        }
    }

    /// The symbols but those for debuggers.
    fn entries(&self, work: &mut Work) -> Result<Vec<Entry<'a>>, String> {
        let Some(symtab) = self.symtab else {
            return Ok(Vec::new());
        };
        let size = u64::from(symtab.nsyms) * SYMBOL;
        let table = part(self.bytes, symtab.symoff.into(), size)?;
        let strings = part(self.bytes, symtab.stroff.into(), symtab.strsize.into())?;
        let mut entries = Vec::new();
        for entry in table.chunks_exact(SYMBOL as usize) {
            let (kind, description) = (entry[4], u16_at(entry, 6)?);
            if kind & N_STAB != 0 {
                continue;
            }
            let name = work.text(strings, u32_at(entry, 0)? as usize)?;
            let place = place(kind, u64_at(entry, 8)?);
            entries.push(Entry {
                symbol: Symbol::new(written(name), place),
                library: (description >> 8) as u8,
            });
        }
        Ok(entries)
    }

    /// Two-level names: which library must have which symbol.
    fn by_library(&self, entries: &[Entry<'_>]) -> BTreeMap<String, Vec<String>> {
        if !self.two_level || self.kind == ImageKind::Object {
            return BTreeMap::new();
        }
        let mut found = BTreeMap::<&str, BTreeSet<&str>>::new();
        for entry in entries {
            if entry.symbol.place == Place::Undefined {
                // Numbers start at 1; 0 and the last three mean no library.
                let number = usize::from(entry.library).checked_sub(1);
                if let Some(library) = number.and_then(|number| self.needed.get(number)) {
                    found.entry(library).or_default().insert(&entry.symbol.name);
                }
            }
        }
        let named = found.into_iter();
        let named = named.map(|(library, names)| (library.to_owned(), owned(names)));
        named.collect()
    }
}

fn place(kind: u8, value: u64) -> Place {
    if kind & N_EXT == 0 {
        Place::Local
    } else if kind & N_TYPE == N_UNDF && value == 0 {
        Place::Undefined
    } else if kind & N_PEXT != 0 {
        Place::Hidden
    } else {
        // Undefined with a value is a common symbol: its size.
        Place::Global
    }
}
