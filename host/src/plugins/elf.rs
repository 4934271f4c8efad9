//! What a plugin file's ELF structures say, read without the loader.

use std::ops::Range;
use std::os::unix::fs::FileExt;

use beskid_plugin_api::abi::{C_ROOT_SYMBOL, ROOT_SYMBOL};
use beskid_plugin_api::panics::contain_panic;
use goblin::elf::Elf;
use goblin::elf::dynamic::{DF_1_PIE, DF_TEXTREL, DT_FLAGS, DT_FLAGS_1, DT_TEXTREL};
use goblin::elf::header::{EM_AARCH64, EM_RISCV, EM_X86_64, ET_DYN};
use goblin::elf::program_header::{
    PF_W, PF_X, PT_DYNAMIC, PT_GNU_STACK, PT_INTERP, PT_LOAD, PT_NOTE,
};

use super::notes::{Manifests, manifests};
use super::sparse::{Kind, Malformed, in_file, sparse};

/// Facts about an ELF file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct ElfFacts {
    pub(super) is_64_bit_little_endian: bool,
    pub(super) machine: u16,
    pub(super) is_shared_object: bool,
    pub(super) is_executable: bool,
    /// The parts of the file that the loader maps or anybody reads to decide about it,
    /// in whole pages and in their order.
    pub(super) loaded: Vec<Range<u64>>,
    /// First segment that reaches beyond the file.
    pub(super) truncated_segment: Option<usize>,
    /// First segment that is both writable and executable.
    pub(super) writable_code: Option<usize>,
    /// Whether it says that its stack need not be executable.
    pub(super) has_plain_stack: bool,
    /// Entries for the loader that have it load or change more than a plugin needs.
    pub(super) hooks: Vec<&'static str>,
    pub(super) manifests: Manifests,
    pub(super) has_root_symbol: bool,
    pub(super) search_paths: Vec<String>,
    pub(super) needed: Vec<String>,
}

/// Size of the largest pages, in bytes.
const PAGE: u64 = 64 << 10;

/// Entries for the loader that no plugin has, with their names.
const HOOKS: [(u64, &str); 5] = [
    (0x6fff_fefc, "DT_AUDIT"),
    (0x6fff_fefb, "DT_DEPAUDIT"),
    (0x7fff_ffff, "DT_FILTER"),
    (0x7fff_fffd, "DT_AUXILIARY"),
    (DT_TEXTREL, "DT_TEXTREL"),
];

/// Reads the facts of a file of `len` bytes, and no more of it than holds them;
/// `None` if it is not ELF.
///
/// # Errors
/// The reason why it is malformed, or cannot be read.
pub(super) fn read(file: &impl FileExt, len: u64) -> Result<Option<ElfFacts>, String> {
    // Untrusted bytes: a panic of the parser is a malformed file.
    let read = || -> Result<Option<ElfFacts>, Malformed> {
        Ok(match sparse(file, len)? {
            Kind::Elf(sparse) => Some(facts(sparse.bytes())?),
            Kind::OtherElf => Some(ElfFacts::default()),
            Kind::Other => None,
        })
    };
    contain_panic(read)
        .map_err(|_| "the ELF parser gave up".to_owned())?
        .map_err(|error| error.to_string())
}

fn facts(bytes: &[u8]) -> Result<ElfFacts, Malformed> {
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
    let headers = u64::from(elf.header.e_phentsize) * u64::from(elf.header.e_phnum);
    let headers = elf.header.e_phoff..elf.header.e_phoff.saturating_add(headers);
    facts.loaded = vec![in_pages(0..1), in_pages(headers)];
    let mut stacks = Vec::new();
    for (index, segment) in elf.program_headers.iter().enumerate() {
        let end = segment.p_offset.saturating_add(segment.p_filesz);
        if [PT_LOAD, PT_NOTE, PT_DYNAMIC, PT_INTERP].contains(&segment.p_type) {
            facts.loaded.push(in_pages(segment.p_offset..end));
        }
        match segment.p_type {
            PT_INTERP => facts.is_executable = true,
            PT_GNU_STACK => stacks.push(segment.p_flags & PF_X == 0),
            PT_NOTE => manifests(bytes, segment, &mut facts.manifests)?,
            PT_DYNAMIC => {
                // The loader goes by the address, the parser by the place in the file.
                let loaded = in_file(&elf.program_headers, segment.p_vaddr);
                if loaded.is_none_or(|range| range.start != segment.p_offset) {
                    return Err(Malformed::new(
                        "the loader finds another dynamic section than the file has",
                    ));
                }
            }
            PT_LOAD => {
                if end > bytes.len() as u64 {
                    facts.truncated_segment.get_or_insert(index);
                }
                if segment.p_flags & PF_W != 0 && segment.p_flags & PF_X != 0 {
                    facts.writable_code.get_or_insert(index);
                }
            }
            _ => {}
        }
    }
    facts.loaded.sort_by_key(|part| part.start);
    facts.has_plain_stack = !stacks.is_empty() && stacks.iter().all(|is_plain| *is_plain);
    for entry in elf.dynamic.iter().flat_map(|dynamic| &dynamic.dyns) {
        let (tag, value) = (entry.d_tag, entry.d_val);
        facts.is_executable |= tag == DT_FLAGS_1 && value & DF_1_PIE != 0;
        let hook = HOOKS.iter().find(|(hook, _)| *hook == tag);
        facts.hooks.extend(hook.map(|(_, name)| *name));
        if tag == DT_FLAGS && value & DF_TEXTREL != 0 {
            facts.hooks.push("DF_TEXTREL");
        }
    }
    let paths = elf.rpaths.iter().chain(&elf.runpaths);
    facts.search_paths = paths.map(|path| (*path).to_owned()).collect();
    facts.has_root_symbol = elf.dynsyms.iter().any(|symbol| {
        let name = elf.dynstrtab.get_at(symbol.st_name);
        !symbol.is_import() && [ROOT_SYMBOL, C_ROOT_SYMBOL].map(Some).contains(&name)
    });
    Ok(facts)
}

/// The pages that hold a part of a file.
fn in_pages(part: Range<u64>) -> Range<u64> {
    let end = part.end.checked_next_multiple_of(PAGE);
    part.start / PAGE * PAGE..end.unwrap_or(u64::MAX)
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
