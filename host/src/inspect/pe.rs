//! PE files: executables and DLLs for Windows.

use std::collections::{BTreeMap, BTreeSet};

use goblin::pe::characteristic::{is_dll, is_exe};
use goblin::pe::data_directories::DataDirectory;
use goblin::pe::export::ExportDirectoryTable;
use goblin::pe::header::{Header, PE_MAGIC, SIZEOF_COFF_HEADER, SIZEOF_PE_MAGIC};
use goblin::pe::optional_header::{MAGIC_64, OptionalHeader};
use goblin::pe::options::ParseOptions;
use goblin::pe::section_table::SectionTable;
use goblin::pe::utils::find_offset;

use super::bounds::{Work, part, u16_at, u32_at, u64_at};
use super::coff;
use super::report::{FileFormat, ImageKind, ImageReport};
use super::symbols::{Names, Place, Symbol, owned};

/// Where the DOS header says where the PE header is.
const PE_POINTER: usize = 0x3c;

/// Where and how a table of imported libraries says what is imported.
struct ImportTable {
    /// Size of an entry.
    entry: usize,
    /// Where in it the address of the library's name is.
    name: usize,
    /// Where the addresses of the list of symbols are; the first that is set
    /// counts.
    lists: [usize; 2],
}

const IMPORTS: ImportTable = ImportTable {
    entry: 20,
    name: 12,
    lists: [0, 16],
};

/// Libraries that are loaded when they are first called.
const DELAYED_IMPORTS: ImportTable = ImportTable {
    entry: 32,
    name: 4,
    lists: [16, 12],
};

/// Names and numbers of imported symbols by library.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// A PE file whose headers are read.
struct File<'a> {
    bytes: &'a [u8],
    optional: OptionalHeader,
    sections: Vec<SectionTable>,
}

/// Inspects a PE file.
pub(super) fn inspect(bytes: &[u8], work: &mut Work) -> Result<ImageReport, String> {
    let start = u32_at(bytes, PE_POINTER)? as usize;
    let rest = bytes.get(start..).unwrap_or_default();
    let header = Header::parse_without_dos(rest).map_err(|error| error.to_string())?;
    let coff = header.coff_header;
    if header.signature != PE_MAGIC {
        return Err("it is a DOS program, not a PE file".to_owned());
    }
    let architecture = coff::architecture(coff.machine)?;
    let optional = header.optional_header.ok_or("it has no optional header")?;
    if optional.standard_fields.magic != MAGIC_64 {
        return Err("it is not a 64-bit file".to_owned());
    }
    if !is_exe(coff.characteristics) {
        return Err("its linker has marked it as not executable".to_owned());
    }
    let kind = match is_dll(coff.characteristics) {
        true => ImageKind::Shared,
        false => ImageKind::Executable,
    };
    let optional_size = usize::from(coff.size_of_optional_header);
    let offset = start + SIZEOF_PE_MAGIC + SIZEOF_COFF_HEADER + optional_size;
    let file = File {
        bytes,
        optional,
        sections: coff::sections(bytes, offset, coff.number_of_sections)?,
    };

    let symbols = coff::symbols(bytes, &coff, work)?;
    let (library_name, exports) = file.exports(work)?;
    let directories = &optional.data_directories;
    let mut by_library = Imports::new();
    file.imports(
        directories.get_import_table(),
        &IMPORTS,
        &mut by_library,
        work,
    )?;
    let delayed = directories.get_delay_import_descriptor();
    file.imports(delayed, &DELAYED_IMPORTS, &mut by_library, work)?;

    let stripped = symbols.is_empty();
    let exported = exports.iter().map(|name| Symbol::new(name, Place::Global));
    let imported = by_library.values().flatten();
    let imported = imported.map(|name| Symbol::new(name, Place::Undefined));
    // The symbol table's undefined symbols are leftovers: the linker either
    // resolved them or failed.
    let defined = symbols
        .iter()
        .filter(|symbol| symbol.place != Place::Undefined);
    let all = defined.cloned().chain(exported).chain(imported);
    let all = all.collect::<Vec<_>>();
    let names = Names::of(&all);
    let main = names.defined.contains("main");
    let entry = match optional.standard_fields.address_of_entry_point {
        0 => None,
        offset => optional
            .windows_fields
            .image_base
            .checked_add(offset.into()),
    };
    Ok(ImageReport {
        entrypoint: entry.filter(|_| kind == ImageKind::Executable),
        defines_main: Some(main).filter(|main| *main || !stripped),
        imports: owned(names.undefined.iter().copied()),
        needed: by_library.keys().cloned().collect(),
        library_name: library_name.map(str::to_owned),
        runtime: names.runtime(),
        exports: exports.iter().cloned().collect(),
        imports_by_library: by_library
            .iter()
            .map(|(library, names)| (library.clone(), names.iter().cloned().collect()))
            .collect(),
        ..ImageReport::new(FileFormat::Pe, kind, architecture)
    })
}

impl<'a> File<'a> {
    /// The part of the file that is loaded at an address, to the file's end.
    fn at(&self, address: u32, work: &mut Work) -> Result<&'a [u8], String> {
        // Each section is compared with the address.
        work.spend(self.sections.len())?;
        let offset = find_offset(
            address as usize,
            &self.sections,
            self.optional.windows_fields.file_alignment,
            &ParseOptions::default(),
        );
        let bytes = offset.and_then(|offset| self.bytes.get(offset..));
        bytes.ok_or_else(|| format!("address {address:#x} is in no section"))
    }

    /// The text some bytes after an address.
    fn text(&self, address: u32, skip: usize, work: &mut Work) -> Result<&'a str, String> {
        let bytes = self.at(address, work)?;
        work.text(bytes, skip)
    }

    /// The library's name for itself, and the names or numbers that it exports.
    fn exports(&self, work: &mut Work) -> Result<(Option<&'a str>, BTreeSet<String>), String> {
        let mut exports = BTreeSet::new();
        let Some(directory) = self.optional.data_directories.get_export_table() else {
            return Ok((None, exports));
        };
        let table = self.at(directory.virtual_address, work)?;
        let table = ExportDirectoryTable::parse(table, 0).map_err(|error| error.to_string())?;
        let library = match table.name_rva {
            0 => None,
            address => Some(self.text(address, 0, work)?),
        };
        let mut named = BTreeSet::new();
        let count = u64::from(table.number_of_name_pointers);
        if count != 0 {
            let names = self.at(table.name_pointer_rva, work)?;
            let names = part(names, 0, count * 4)?.chunks_exact(4);
            let numbers = self.at(table.ordinal_table_rva, work)?;
            let numbers = part(numbers, 0, count * 2)?.chunks_exact(2);
            for (name, number) in names.zip(numbers) {
                exports.insert(self.text(u32_at(name, 0)?, 0, work)?.to_owned());
                named.insert(u32::from(u16_at(number, 0)?));
            }
        }
        let count = u64::from(table.address_table_entries);
        if count != 0 {
            let addresses = self.at(table.export_address_table_rva, work)?;
            let addresses = part(addresses, 0, count * 4)?.chunks_exact(4);
            for (number, address) in (0_u32..).zip(addresses) {
                if u32_at(address, 0)? != 0 && !named.contains(&number) {
                    work.spend(0)?;
                    let number = u64::from(table.ordinal_base) + u64::from(number);
                    exports.insert(format!("#{number}"));
                }
            }
        }
        Ok((library, exports))
    }

    /// Adds what a table says is imported.
    fn imports(
        &self,
        directory: Option<&DataDirectory>,
        table: &ImportTable,
        found: &mut Imports,
        work: &mut Work,
    ) -> Result<(), String> {
        let Some(directory) = directory else {
            return Ok(());
        };
        let entries = self.at(directory.virtual_address, work)?;
        for entry in entries.chunks(table.entry) {
            let name = u32_at(entry, table.name)?;
            if name == 0 {
                return Ok(());
            }
            let library = self.text(name, 0, work)?;
            let names = found.entry(library.to_owned()).or_default();
            let lists = [
                u32_at(entry, table.lists[0])?,
                u32_at(entry, table.lists[1])?,
            ];
            let list = lists.into_iter().find(|address| *address != 0);
            let list = self.at(list.ok_or("a library has no list of imports")?, work)?;
            for item in list.chunks(8) {
                let item = u64_at(item, 0)?;
                if item == 0 {
                    break;
                }
                work.spend(0)?;
                if item >> 63 != 0 {
                    names.insert(format!("#{}", item & 0xffff));
                    continue;
                }
                // Two bytes before the name hint at its number.
                let address = (item & 0x7fff_ffff) as u32;
                names.insert(self.text(address, 2, work)?.to_owned());
            }
        }
        Err("its import table has no end".to_owned())
    }
}
