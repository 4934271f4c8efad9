//! ELF files.

use std::collections::BTreeSet;

use goblin::container::{Container, Ctx, Endian};
use goblin::elf::Elf;
use goblin::elf::dynamic::{DF_1_PIE, DT_FLAGS_1, DT_NEEDED, DT_NULL, DT_SONAME};
use goblin::elf::header::{
    EI_CLASS, EI_DATA, ELFCLASS64, ELFDATA2LSB, EM_AARCH64, EM_RISCV, EM_X86_64, ET_DYN, ET_EXEC,
    ET_REL, Header,
};
use goblin::elf::program_header::{PT_INTERP, ProgramHeader};
use goblin::elf::section_header::{
    SHN_ABS, SHN_UNDEF, SHT_DYNAMIC, SHT_DYNSYM, SHT_GNU_VERDEF, SHT_SYMTAB, SectionHeader,
};
use goblin::elf::sym::{
    STB_LOCAL, STT_COMMON, STT_FILE, STT_OBJECT, STT_SECTION, STT_TLS, STV_HIDDEN, STV_INTERNAL,
    Sym, Symtab,
};

use super::bounds::{Work, part, u32_at, u64_at};
use super::report::{FileFormat, ImageKind, ImageReport};
use super::symbols::{Import, Names, Object, Place, Symbol, owned};

pub(super) const CTX: Ctx = Ctx {
    container: Container::Big,
    le: Endian::Little,
};

/// Size of a symbol.
const SYMBOL: u64 = 24;

/// Size of an entry of the dynamic section.
const DYNAMIC: usize = 16;

/// The headers of an ELF file.
struct Headers<'a> {
    bytes: &'a [u8],
    file: Header,
    sections: Vec<SectionHeader>,
}

/// What the dynamic section says.
#[derive(Default)]
struct Dynamic<'a> {
    needed: Vec<&'a str>,
    soname: Option<&'a str>,
    pie: bool,
}

/// Inspects an ELF file.
pub(super) fn inspect(bytes: &[u8], work: &mut Work) -> Result<ImageReport, String> {
    let headers = Headers::parse(bytes)?;
    let architecture = headers.architecture()?;
    let dynamic = headers.dynamic(work)?;
    let kind = headers.kind(dynamic.pie)?;
    let symbols = headers.symbols(SHT_SYMTAB, work)?;
    let versions = headers.versions(work)?;
    let mut dynamic_symbols = Vec::new();
    headers.each_symbol(SHT_DYNSYM, work, |name, symbol| {
        let is_absolute = symbol.st_shndx == SHN_ABS as usize;
        if !(is_absolute && versions.contains(name)) {
            dynamic_symbols.push(Symbol::new(name, place(symbol)));
        }
    })?;
    let mut all = Names::of(&symbols);
    let visible = Names::of(&dynamic_symbols);
    let outside = match kind {
        ImageKind::Object => &all,
        _ => &visible,
    };
    let exports = owned(outside.global.iter().copied());
    let imports = owned(outside.undefined.iter().copied());
    if kind != ImageKind::Object {
        // The static table of an image repeats what the linker has resolved.
        all.undefined = visible.undefined.clone();
    }
    all.defined.extend(visible.defined.iter().copied());
    let main = all.defined.contains("main");
    Ok(ImageReport {
        entrypoint: Some(headers.file.e_entry).filter(|_| kind == ImageKind::Executable),
        defines_main: Some(main).filter(|main| *main || !(symbols.is_empty() || all.is_slim())),
        exports,
        imports,
        needed: owned(dynamic.needed),
        library_name: dynamic.soname.map(str::to_owned),
        runtime: all.runtime(),
        ..ImageReport::new(FileFormat::Elf, kind, architecture)
    })
}

/// Reads a relocatable object.
pub(super) fn object<'a>(bytes: &'a [u8], work: &mut Work) -> Result<Object<'a>, String> {
    let headers = Headers::parse(bytes)?;
    let kind = headers.kind(false)?;
    if kind != ImageKind::Object {
        return Err(format!("it is an ELF {kind}, not an object"));
    }
    Ok(Object {
        format: FileFormat::Elf,
        architecture: headers.architecture()?,
        symbols: headers.symbols(SHT_SYMTAB, work)?,
        import: Import::No,
    })
}

/// The architecture of a machine's number.
pub(super) fn machine(number: u16) -> Option<&'static str> {
    match number {
        EM_X86_64 => Some("x86_64"),
        EM_AARCH64 => Some("aarch64"),
        EM_RISCV => Some("riscv64"),
        _ => None,
    }
}

/// A symbol that a library or object defines for others.
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) is_data: bool,
    /// Its section, and where in that or in the image it is.
    pub(super) place: (usize, u64),
}

/// The symbols that a library or object defines for others.
pub(super) fn definitions(bytes: &[u8], work: &mut Work) -> Result<Vec<Definition>, String> {
    let headers = Headers::parse(bytes)?;
    let table = match headers.kind(false)? {
        ImageKind::Object => SHT_SYMTAB,
        _ => SHT_DYNSYM,
    };
    let mut found = Vec::new();
    headers.each_symbol(table, work, |name, symbol| {
        if place(symbol) == Place::Global {
            found.push(Definition {
                name: name.to_owned(),
                is_data: matches!(symbol.st_type(), STT_OBJECT | STT_COMMON | STT_TLS),
                place: (symbol.st_shndx, symbol.st_value),
            });
        }
    })?;
    Ok(found)
}

impl<'a> Headers<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, String> {
        let file = Elf::parse_header(bytes).map_err(|error| error.to_string())?;
        if file.e_ident[EI_CLASS] != ELFCLASS64 || file.e_ident[EI_DATA] != ELFDATA2LSB {
            return Err("it is not a 64-bit little-endian file".to_owned());
        }
        let (offset, count) = (file.e_shoff as usize, usize::from(file.e_shnum));
        let sections = SectionHeader::parse(bytes, offset, count, CTX);
        Ok(Self {
            bytes,
            file,
            sections: sections.map_err(|error| error.to_string())?,
        })
    }

    fn architecture(&self) -> Result<&'static str, String> {
        let number = self.file.e_machine;
        machine(number).ok_or_else(|| format!("machine {number} is not known"))
    }

    fn kind(&self, pie: bool) -> Result<ImageKind, String> {
        match self.file.e_type {
            ET_REL => Ok(ImageKind::Object),
            ET_EXEC => Ok(ImageKind::Executable),
            ET_DYN if pie || self.has_interpreter()? => Ok(ImageKind::Executable),
            ET_DYN => Ok(ImageKind::Shared),
            other => Err(format!(
                "ELF type {other} is neither object, executable nor library"
            )),
        }
    }

    fn has_interpreter(&self) -> Result<bool, String> {
        let (offset, count) = (self.file.e_phoff as usize, usize::from(self.file.e_phnum));
        let headers = ProgramHeader::parse(self.bytes, offset, count, CTX);
        let headers = headers.map_err(|error| error.to_string())?;
        Ok(headers.iter().any(|header| header.p_type == PT_INTERP))
    }

    fn find(&self, kind: u32) -> Option<&SectionHeader> {
        self.sections
            .iter()
            .rfind(|section| section.sh_type == kind)
    }

    fn contents(&self, section: &SectionHeader) -> Result<&'a [u8], String> {
        part(self.bytes, section.sh_offset, section.sh_size)
    }

    /// The string table of a section.
    fn strings(&self, section: &SectionHeader) -> Result<&'a [u8], String> {
        let strings = self.sections.get(section.sh_link as usize);
        self.contents(strings.ok_or("a table of names is missing")?)
    }

    fn symbols(&self, table: u32, work: &mut Work) -> Result<Vec<Symbol<'a>>, String> {
        let mut found = Vec::new();
        self.each_symbol(table, work, |name, symbol| {
            found.push(Symbol::new(name, place(symbol)));
        })?;
        Ok(found)
    }

    fn each_symbol(
        &self,
        table: u32,
        work: &mut Work,
        mut visit: impl FnMut(&'a str, &Sym),
    ) -> Result<(), String> {
        let Some(section) = self.find(table) else {
            return Ok(());
        };
        let strings = self.strings(section)?;
        let count = (section.sh_size / SYMBOL) as usize;
        let symbols = Symtab::parse(self.bytes, section.sh_offset as usize, count, CTX)
            .map_err(|error| error.to_string())?;
        for symbol in &symbols {
            let kind = symbol.st_type();
            if kind != STT_FILE && kind != STT_SECTION && symbol.st_name != 0 {
                visit(work.text(strings, symbol.st_name)?, &symbol);
            }
        }
        Ok(())
    }

    /// The names of the versions that a library defines. GNU's linker makes a
    /// symbol for each, which nothing can be linked with.
    fn versions(&self, work: &mut Work) -> Result<BTreeSet<&'a str>, String> {
        let mut names = BTreeSet::new();
        let Some(section) = self.find(SHT_GNU_VERDEF) else {
            return Ok(names);
        };
        let (strings, contents) = (self.strings(section)?, self.contents(section)?);
        let mut at = 0_usize;
        for _ in 0..section.sh_info {
            let number = |offset: usize| u32_at(contents, at.saturating_add(offset));
            let (first, next) = (number(12)? as usize, number(16)? as usize);
            let name = u32_at(contents, at.saturating_add(first))? as usize;
            names.insert(work.text(strings, name)?);
            if next == 0 {
                break;
            }
            at = at.saturating_add(next);
        }
        Ok(names)
    }

    fn dynamic(&self, work: &mut Work) -> Result<Dynamic<'a>, String> {
        let mut dynamic = Dynamic::default();
        let Some(section) = self.find(SHT_DYNAMIC) else {
            return Ok(dynamic);
        };
        let strings = self.strings(section)?;
        let mut seen = BTreeSet::new();
        for entry in self.contents(section)?.chunks_exact(DYNAMIC) {
            let value = u64_at(entry, 8)?;
            match u64_at(entry, 0)? {
                DT_NULL => break,
                DT_NEEDED => {
                    let name = work.text(strings, value as usize)?;
                    if seen.insert(name) {
                        dynamic.needed.push(name);
                    }
                }
                DT_SONAME => dynamic.soname = Some(work.text(strings, value as usize)?),
                DT_FLAGS_1 => dynamic.pie = value & DF_1_PIE != 0,
                _ => {}
            }
        }
        Ok(dynamic)
    }
}

fn place(symbol: &Sym) -> Place {
    let hidden = matches!(symbol.st_visibility(), STV_HIDDEN | STV_INTERNAL);
    if symbol.st_shndx == SHN_UNDEF as usize {
        Place::Undefined
    } else if symbol.st_bind() == STB_LOCAL {
        Place::Local
    } else if hidden {
        Place::Hidden
    } else {
        Place::Global
    }
}
