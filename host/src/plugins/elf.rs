//! What a plugin file's ELF structures say, read without the loader.

use std::os::unix::fs::FileExt;

use beskid_plugin_api::abi::ROOT_SYMBOL;
use beskid_plugin_api::manifest::{NOTE_TYPE, OWNER};
use beskid_plugin_api::panics::contain_panic;
use goblin::elf::Elf;
use goblin::elf::dynamic::{DF_1_PIE, DT_FLAGS_1};
use goblin::elf::header::{EM_AARCH64, EM_RISCV, EM_X86_64, ET_DYN};
use goblin::elf::program_header::{PF_W, PF_X, PT_INTERP, PT_LOAD};

use super::sparse::{Malformed, sparse};

/// Facts about an ELF file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct ElfFacts {
    pub(super) is_64_bit_little_endian: bool,
    pub(super) machine: u16,
    pub(super) is_shared_object: bool,
    pub(super) is_executable: bool,
    /// First segment that reaches beyond the file.
    pub(super) truncated_segment: Option<usize>,
    /// First segment that is both writable and executable.
    pub(super) writable_code: Option<usize>,
    /// Contents of each Beskid note.
    pub(super) manifests: Vec<Vec<u8>>,
    pub(super) has_root_symbol: bool,
    pub(super) search_paths: Vec<String>,
    pub(super) needed: Vec<String>,
}

/// Reads the facts of a file of `len` bytes, and no more of it than holds them;
/// `None` if it is not ELF.
///
/// # Errors
/// The reason why it is malformed, or cannot be read.
pub(super) fn read(file: &impl FileExt, len: u64) -> Result<Option<ElfFacts>, String> {
    let mut magic = [0; 4];
    let start = file.read_exact_at(&mut magic, 0);
    if start.is_err() || magic != *b"\x7fELF" {
        return Ok(None);
    }
    // Untrusted bytes: a panic of the parser is a malformed file.
    let read = || -> Result<ElfFacts, Malformed> {
        Ok(match sparse(file, len)? {
            Some(bytes) => facts(&bytes)?,
            None => ElfFacts::default(),
        })
    };
    contain_panic(read)
        .map_err(|_| "the ELF parser gave up".to_owned())?
        .map(Some)
        .map_err(|error| error.to_string())
}

fn facts(bytes: &[u8]) -> Result<ElfFacts, goblin::error::Error> {
    let elf = Elf::parse(bytes)?;
    let mut facts = ElfFacts {
        is_64_bit_little_endian: elf.is_64 && elf.little_endian,
        machine: elf.header.e_machine,
        is_shared_object: elf.header.e_type == ET_DYN,
        needed: elf
            .libraries
            .iter()
            .map(|name| (*name).to_owned())
            .collect(),
        ..ElfFacts::default()
    };
    for (index, segment) in elf.program_headers.iter().enumerate() {
        facts.is_executable |= segment.p_type == PT_INTERP;
        if segment.p_type != PT_LOAD {
            continue;
        }
        let end = segment.p_offset.checked_add(segment.p_filesz);
        if end.is_none_or(|end| end > bytes.len() as u64) {
            facts.truncated_segment.get_or_insert(index);
        }
        if segment.p_flags & PF_W != 0 && segment.p_flags & PF_X != 0 {
            facts.writable_code.get_or_insert(index);
        }
    }
    if let Some(dynamic) = &elf.dynamic {
        let pie =
            |entry: &goblin::elf::Dyn| entry.d_tag == DT_FLAGS_1 && entry.d_val & DF_1_PIE != 0;
        facts.is_executable |= dynamic.dyns.iter().any(pie);
    }
    let paths = elf.rpaths.iter().chain(&elf.runpaths);
    facts.search_paths = paths.map(|path| (*path).to_owned()).collect();
    facts.has_root_symbol = elf.dynsyms.iter().any(|symbol| {
        !symbol.is_import() && elf.dynstrtab.get_at(symbol.st_name) == Some(ROOT_SYMBOL)
    });
    for note in elf.iter_note_headers(bytes).into_iter().flatten() {
        let note = note?;
        if note.name == OWNER && note.n_type == NOTE_TYPE {
            facts.manifests.push(note.desc.to_vec());
        }
    }
    Ok(facts)
}

/// The machine code of this host.
pub(super) const fn host_machine() -> u16 {
    if cfg!(target_arch = "x86_64") {
        EM_X86_64
    } else if cfg!(target_arch = "aarch64") {
        EM_AARCH64
    } else {
        EM_RISCV
    }
}
