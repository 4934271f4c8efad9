//! Executables whose debug information is no such: nothing of it is believed.

use std::fs;
use std::ops::Range;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use beskid_tests::command::{beskid, end};
use goblin::elf::Elf;

const PROGRAM: &str = "\
i64 Half(i64 n) {
    return 10 / n;
}

i64 main() {
    i64 five = Half(2);
    return Half(5 - five);
}
";

/// The backtrace of an executable of these bytes.
fn told(folder: &Path, bytes: &[u8]) -> String {
    let path = folder.join("damaged");
    fs::write(&path, bytes).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let ended = end(&mut Command::new(&path));
    assert_eq!(ended.status, Some(101), "{ended:#?}");
    let place = "panic: division by zero\n  at p.bd:2:";
    assert!(ended.stderr.starts_with(place), "{ended:#?}");
    let rest = ended.stderr.split_inclusive('\n').skip(2);
    rest.collect()
}

fn built(folder: &Path) -> Vec<u8> {
    fs::write(folder.join("p.bd"), PROGRAM).unwrap();
    end(beskid(folder).args(["build", "p.bd"])).succeeds();
    fs::read(folder.join("p")).unwrap()
}

/// Where the line table is, and the section headers.
fn parts(bytes: &[u8]) -> [Range<usize>; 2] {
    let elf = Elf::parse(bytes).unwrap();
    let mut sections = elf.section_headers.iter();
    let table = sections.find(|section| {
        let name = elf.shdr_strtab.get_at(section.sh_name);
        name == Some(".debug_line")
    });
    let headers = elf.header.e_shoff as usize;
    [table.unwrap().file_range().unwrap(), headers..bytes.len()]
}

const LINES: &str = "  at Half (p.bd:2)\n  at main (p.bd:7)\n";
const DECLARED: &str = "  at Half (declared at p.bd:1)\n  at main (declared at p.bd:5)\n";

#[test]
fn pan_1_a_line_table_that_is_none_tells_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let bytes = built(folder);
    assert_eq!(told(folder, &bytes), LINES);
    let [table, headers] = parts(&bytes);
    for byte in [0, 0xff, 0x80, 1] {
        for range in [table.clone(), headers.clone()] {
            let mut damaged = bytes.clone();
            damaged[range].fill(byte);
            assert_eq!(told(folder, &damaged), DECLARED, "{byte}");
        }
    }
    // The rest of the file is not needed to run it.
    assert_eq!(told(folder, &bytes[..headers.start]), DECLARED);
    assert_eq!(told(folder, &bytes[..headers.start + 100]), DECLARED);
    assert_eq!(told(folder, &bytes[..table.start + 10]), DECLARED);
}

#[test]
fn pan_1_damage_to_a_line_table_is_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let bytes = built(folder);
    let ranges = parts(&bytes);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..150 {
        let mut damaged = bytes.clone();
        for range in &ranges {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let at = range.start + state as usize % range.len();
            damaged[at] ^= (state >> 40) as u8;
        }
        let told = told(folder, &damaged);
        let lines = told.lines().collect::<Vec<_>>();
        assert_eq!(lines.len(), 2, "{told}");
        assert!(lines[0].starts_with("  at Half ("), "{told}");
        assert!(lines[1].starts_with("  at main ("), "{told}");
    }
}
