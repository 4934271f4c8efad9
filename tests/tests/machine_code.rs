//! What the machine code of programs is like, beyond that it is right.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;

use beskid_tests::command::run;
use goblin::elf::Elf;
use goblin::elf::section_header::SHF_EXECINSTR;

const TWO: &str = "i64 twice(i64 x) { return x + x; }\ni64 main() { return twice(21); }\n";

/// The alignments of an object's code, by its sections.
fn alignments(optimize: &str) -> Vec<u64> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), TWO).unwrap();
    let args = ["build", "--kind", "object", "p.bd", "-o", "p.o"];
    let target = ["--target-triple", "x86_64-unknown-linux-gnu"];
    let args = ["--optimize", optimize]
        .into_iter()
        .chain(args)
        .chain(target);
    run(folder.path(), args).succeeds();
    let object = fs::read(folder.path().join("p.o")).unwrap();
    let elf = Elf::parse(&object).unwrap();
    let code = elf
        .section_headers
        .iter()
        .filter(|section| section.sh_flags & u64::from(SHF_EXECINSTR) != 0 && section.sh_size > 0);
    code.map(|section| section.sh_addralign).collect()
}

#[test]
fn functions_begin_where_the_processor_likes_it() {
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
