//! What is in the archive.

use std::collections::BTreeSet;
use std::fs;

use beskid_plugin_api::runtime_abi::BUILTIN_SPECS;
use goblin::archive::Archive;
use goblin::elf::Elf;
use goblin::elf::header::ET_REL;
use goblin::elf::section_header::SHN_UNDEF;
use goblin::elf::sym::{STB_GLOBAL, STB_LOCAL};

use crate::recipe;

/// The C library functions that the object may ask for.
const C_LIBRARY: [&str; 40] = [
    "__errno_location",
    "_exit",
    "access",
    "bcmp",
    "calloc",
    "clock_gettime",
    "close",
    "dl_iterate_phdr",
    "exit",
    "getcwd",
    "getenv",
    "getpagesize",
    "getpid",
    "ioctl",
    "lseek",
    "memcmp",
    "memcpy",
    "memmove",
    "memset",
    "mincore",
    "mkdir",
    "mmap",
    "mprotect",
    "munmap",
    "open",
    "poll",
    "pthread_getspecific",
    "pthread_key_create",
    "pthread_key_delete",
    "pthread_self",
    "pthread_setspecific",
    "raise",
    "read",
    "sched_yield",
    "setenv",
    "sigaction",
    "sigaltstack",
    "strlen",
    "unlink",
    "write",
];

fn with_object(check: impl FnOnce(&Elf<'_>)) {
    let folder = recipe::folder();
    let bytes = fs::read(folder.path().join(recipe::ARCHIVE)).unwrap();
    let archive = Archive::parse(&bytes).unwrap();
    assert_eq!(archive.members(), [recipe::MEMBER]);
    let object = archive.extract(recipe::MEMBER, &bytes).unwrap();
    let elf = Elf::parse(object).unwrap();
    assert_eq!(elf.header.e_type, ET_REL);
    check(&elf);
}

#[test]
fn abi_001_the_object_defines_the_table_and_asks_for_the_c_library() {
    with_object(|elf| {
        let mut defined = BTreeSet::new();
        let mut undefined = BTreeSet::new();
        for symbol in &elf.syms {
            let name = elf.strtab.get_at(symbol.st_name).unwrap();
            match (symbol.st_bind(), symbol.st_shndx == SHN_UNDEF as usize) {
                (STB_LOCAL, _) => {}
                (_, true) => assert!(undefined.insert(name)),
                (STB_GLOBAL, false) => assert!(defined.insert(name)),
                (binding, false) => assert!(
                    symbol.st_visibility() != 0,
                    "{name} is exported with binding {binding}"
                ),
            }
        }
        let table = BUILTIN_SPECS.iter().map(|spec| spec.symbol);
        // And its version as data (ABI-7).
        assert_eq!(defined, table.chain(["beskid_runtime_abi"]).collect());
        let allowed = C_LIBRARY.into_iter().collect::<BTreeSet<_>>();
        assert!(undefined.is_subset(&allowed), "{undefined:?}");
    });
}

#[test]
fn abi_001_the_index_of_the_archive_lists_the_table() {
    let folder = recipe::folder();
    let bytes = fs::read(folder.path().join(recipe::ARCHIVE)).unwrap();
    let archive = Archive::parse(&bytes).unwrap();
    for spec in BUILTIN_SPECS {
        let member = archive.member_of_symbol(spec.symbol);
        assert_eq!(member, Some(recipe::MEMBER), "{}", spec.symbol);
    }
}

/// So that `--gc-sections` drops what a program does not use.
#[test]
fn every_function_has_a_section_and_none_needs_unwinding_or_carries_bitcode() {
    with_object(|elf| {
        let sections = elf.section_headers.iter();
        let sections = sections
            .map(|section| elf.shdr_strtab.get_at(section.sh_name).unwrap())
            .collect::<BTreeSet<_>>();
        for spec in BUILTIN_SPECS {
            let section = format!(".text.{}", spec.symbol);
            assert!(sections.contains(section.as_str()), "{section}");
        }
        for section in sections {
            let unwanted = ["llvm", ".gcc_except_table", ".init_array", ".ctors"];
            assert!(
                !unwanted.iter().any(|part| section.contains(part)),
                "{section}"
            );
        }
    });
}

#[test]
fn the_archive_is_the_same_from_every_folder() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [first, second] = folders.map(|folder| recipe::archive(folder.path()));
    assert!(first == second);
}
