//! What the machine code of programs is like, beyond that it is right.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;

use beskid_tests::command::run;
use goblin::elf::Elf;
use goblin::elf::section_header::SHF_EXECINSTR;

const TWICE: &str = "\
i64 twice(i64 x) { return x + x; }
i64 more(i64 x) { return twice(x) + 1; }
i64 main() { return more(21); }
";

/// Compiles it to an object for one target, and reads that.
fn object<T>(optimize: &str, read: impl FnOnce(&Elf<'_>) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), TWICE).unwrap();
    let args = ["build", "--kind", "object", "p.bd", "-o", "p.o"];
    let target = ["--target-triple", "x86_64-unknown-linux-gnu"];
    let args = ["--optimize", optimize]
        .into_iter()
        .chain(args)
        .chain(target);
    run(folder.path(), args).succeeds();
    let bytes = fs::read(folder.path().join("p.o")).unwrap();
    read(&Elf::parse(&bytes).unwrap())
}

#[test]
fn functions_begin_where_the_processor_likes_it() {
    let alignments = |optimize| {
        object(optimize, |elf| {
            let code = elf.section_headers.iter().filter(|section| {
                section.sh_flags & u64::from(SHF_EXECINSTR) != 0 && section.sh_size > 0
            });
            code.map(|section| section.sh_addralign).collect::<Vec<_>>()
        })
    };
    for optimize in ["none", "speed"] {
        let found = alignments(optimize);
        assert!(
            found.len() >= 2 && found.iter().all(|align| *align >= 16),
            "{found:?}"
        );
    }
    let small = alignments("size");
    assert!(small.iter().any(|align| *align < 16), "{small:?}");
}

#[test]
fn small_functions_are_part_of_their_callers_where_speed_counts() {
    let called = |optimize| {
        object(optimize, |elf| {
            let relocations = elf
                .shdr_relocs
                .iter()
                .flat_map(|(_, section)| section.iter());
            let mut names = relocations.filter_map(|relocation| {
                let symbol = elf.syms.get(relocation.r_sym)?;
                elf.strtab.get_at(symbol.st_name)
            });
            names.any(|name| name.contains("twice"))
        })
    };
    assert!(called("none"));
    assert!(called("size"));
    assert!(!called("speed"));
}
