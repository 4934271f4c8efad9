//! ELF files.

use std::collections::BTreeSet;

use goblin::elf::Elf;
use goblin::elf::dynamic::{DF_1_PIE, DT_FLAGS_1};
use goblin::elf::header::{EM_AARCH64, EM_RISCV, EM_X86_64, ET_DYN, ET_EXEC, ET_REL};
use goblin::elf::program_header::PT_INTERP;
use goblin::elf::section_header::SHN_UNDEF;
use goblin::elf::sym::{STB_LOCAL, STT_FILE, STT_SECTION, STV_HIDDEN, STV_INTERNAL, Sym};
use goblin::strtab::Strtab;

use super::report::{FileFormat, ImageKind, ImageReport, RuntimeSymbols};

/// Names of a symbol table, by what they are to others.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Defined, seen from outside.
    pub(super) global: BTreeSet<String>,
    /// Defined, whoever sees them.
    pub(super) defined: BTreeSet<String>,
    pub(super) undefined: BTreeSet<String>,
}

impl Names {
    fn add(&mut self, symbol: &Sym, strings: &Strtab<'_>) {
        let kind = symbol.st_type();
        if kind == STT_FILE || kind == STT_SECTION {
            return;
        }
        let Some(name) = strings
            .get_at(symbol.st_name)
            .filter(|name| !name.is_empty())
        else {
            return;
        };
        if symbol.st_shndx == SHN_UNDEF as usize {
            self.undefined.insert(name.to_owned());
            return;
        }
        self.defined.insert(name.to_owned());
        let hidden = matches!(symbol.st_visibility(), STV_HIDDEN | STV_INTERNAL);
        if symbol.st_bind() != STB_LOCAL && !hidden {
            self.global.insert(name.to_owned());
        }
    }
}

/// Inspects an ELF file.
pub(super) fn inspect(bytes: &[u8]) -> Result<ImageReport, String> {
    let elf = Elf::parse(bytes).map_err(|error| error.to_string())?;
    let kind = kind(&elf)?;
    let names = names(&elf);
    let mut dynamic = Names::default();
    elf.dynsyms
        .iter()
        .for_each(|symbol| dynamic.add(&symbol, &elf.dynstrtab));
    let (exports, imports) = match kind {
        ImageKind::Object => (&names.global, &names.undefined),
        _ => (&dynamic.global, &dynamic.undefined),
    };
    let stripped = elf.syms.is_empty();
    let defined = |name: &str| names.defined.contains(name) || dynamic.defined.contains(name);
    Ok(ImageReport {
        format: FileFormat::Elf,
        kind,
        architecture: architecture(&elf)?,
        entrypoint: Some(elf.entry).filter(|_| kind == ImageKind::Executable),
        defines_main: if stripped && !defined("main") {
            None
        } else {
            Some(defined("main"))
        },
        exports: exports.iter().cloned().collect(),
        imports: imports.iter().cloned().collect(),
        needed: elf
            .libraries
            .iter()
            .map(|name| (*name).to_owned())
            .collect(),
        members: Vec::new(),
        runtime: RuntimeSymbols::of(defined, |name| imports.contains(name)),
    })
}

/// The names of the static symbol table.
pub(super) fn names(elf: &Elf<'_>) -> Names {
    let mut names = Names::default();
    elf.syms
        .iter()
        .for_each(|symbol| names.add(&symbol, &elf.strtab));
    names
}

pub(super) fn architecture(elf: &Elf<'_>) -> Result<String, String> {
    let name = match elf.header.e_machine {
        EM_X86_64 => "x86_64",
        EM_AARCH64 => "aarch64",
        EM_RISCV if elf.is_64 => "riscv64",
        other => return Err(format!("machine {other} is not known")),
    };
    if !elf.little_endian || !elf.is_64 {
        return Err("it is not a 64-bit little-endian file".to_owned());
    }
    Ok(name.to_owned())
}

fn kind(elf: &Elf<'_>) -> Result<ImageKind, String> {
    match elf.header.e_type {
        ET_REL => Ok(ImageKind::Object),
        ET_EXEC => Ok(ImageKind::Executable),
        ET_DYN => {
            let interpreter = elf
                .program_headers
                .iter()
                .any(|header| header.p_type == PT_INTERP);
            let flags = elf.dynamic.iter().flat_map(|dynamic| &dynamic.dyns);
            let pie = flags
                .filter(|entry| entry.d_tag == DT_FLAGS_1)
                .any(|entry| entry.d_val & DF_1_PIE != 0);
            Ok(if interpreter || pie {
                ImageKind::Executable
            } else {
                ImageKind::Shared
            })
        }
        other => Err(format!(
            "ELF type {other} is neither object, executable nor library"
        )),
    }
}
