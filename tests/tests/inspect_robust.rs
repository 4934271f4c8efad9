//! Inspection decides about every file, however broken, in little time and
//! memory. Files of real tools are cut, changed and mixed; others are made to
//! cost more than their size.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use beskid_host::inspect;
use beskid_tests::built::built;
use beskid_tests::command::end;
use beskid_tests::workshop::Workshop;
use proptest::prelude::*;
use proptest::sample::Index;

/// Longest time for a file of a few kilobytes, on a busy machine.
const SOON: Duration = Duration::from_secs(10);

/// A file of every format: those of our own backend always, the others as far
/// as their tools are here.
fn files() -> &'static [(String, Vec<u8>)] {
    static FILES: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    FILES.get_or_init(|| {
        let shop = Workshop::with(&[]).unwrap();
        shop.object("x86_64-unknown-linux-gnu", "elf.o");
        shop.object("aarch64-apple-darwin", "arm.o");
        shop.object("x86_64-apple-darwin", "intel.o");
        shop.object("x86_64-pc-windows-msvc", "coff.obj");
        shop.write("m.c", "int answer(void) { return 4; }\n");
        shop.write("w.def", "LIBRARY foo.dll\nEXPORTS\n  foo\n  bar DATA\n");
        let ld = "ld64.lld -arch arm64 -platform_version macos 11 11 -undefined dynamic_lookup";
        let gcc = "x86_64-w64-mingw32-gcc -nostdlib -e answer m.c";
        let mut names = ["elf.o", "arm.o", "intel.o", "coff.obj"].to_vec();
        for (output, line) in [
            ("elf.so", "cc -shared m.c -o elf.so".to_owned()),
            ("elf", "cc -nostdlib -e answer m.c -o elf".to_owned()),
            ("gnu.a", "ar qcs gnu.a elf.o elf.o".to_owned()),
            (
                "bsd.a",
                "llvm-ar --format=bsd qcs bsd.a elf.o elf.o".to_owned(),
            ),
            (
                "darwin.a",
                "llvm-ar --format=darwin qcs darwin.a arm.o".to_owned(),
            ),
            (
                "coff.lib",
                "llvm-ar --format=gnu qcs coff.lib coff.obj".to_owned(),
            ),
            (
                "fat",
                "llvm-lipo -create arm.o intel.o -output fat".to_owned(),
            ),
            ("dylib", format!("{ld} -dylib arm.o -o dylib")),
            ("macho", format!("{ld} -e _twice arm.o -o macho")),
            ("pe.exe", format!("{gcc} -o pe.exe")),
            (
                "pe.dll",
                format!("{gcc} -shared -Wl,--export-all-symbols -o pe.dll"),
            ),
            (
                "short.lib",
                "llvm-dlltool -m i386:x86-64 -d w.def -l short.lib".to_owned(),
            ),
        ] {
            let tool = line.split(' ').next().unwrap();
            if Workshop::with(&[tool]).is_some() {
                shop.sh(&line);
                names.push(output);
            }
        }
        let files = names.into_iter();
        files
            .map(|name| (name.to_owned(), shop.read(name)))
            .collect()
    })
}

/// Inspects, and fails if that takes long, panics or gives another code.
fn decide(name: &str, bytes: &[u8]) {
    let started = Instant::now();
    if let Err(refusal) = inspect(bytes) {
        assert_eq!(refusal.code, "E5202", "{name}");
    }
    assert!(started.elapsed() < SOON, "{name}: {:?}", started.elapsed());
}

#[test]
fn whole_files_are_accepted() {
    for (name, bytes) in files() {
        inspect(bytes).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    }
}

#[test]
fn files_that_end_early() {
    for (name, bytes) in files() {
        let step = (bytes.len() / 400).max(1);
        for length in (0..bytes.len()).step_by(step) {
            decide(name, &bytes[..length]);
        }
    }
}

/// The headers are where most numbers stand that say where and how many.
#[test]
fn every_byte_of_the_headers_changed() {
    for (name, bytes) in files() {
        let mut changed = bytes.clone();
        for at in 0..bytes.len().min(600) {
            for value in [0, 0x7f, 0xff, bytes[at] ^ 1, bytes[at].wrapping_add(1)] {
                changed[at] = value;
                decide(name, &changed);
            }
            changed[at] = bytes[at];
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_changed_anywhere(
        file: Index,
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..20),
    ) {
        let (name, bytes) = file.get(files());
        let mut changed = bytes.clone();
        for (at, value) in &changes {
            changed[at.index(bytes.len())] = *value;
        }
        decide(name, &changed);
    }

    #[test]
    fn numbers_changed_anywhere(
        file: Index,
        changes in prop::collection::vec(
            (any::<Index>(), prop_oneof![Just(u32::MAX), Just(0), Just(1 << 31), any::<u32>(), 0..4096_u32]),
            1..6,
        ),
    ) {
        let (name, bytes) = file.get(files());
        let mut changed = bytes.clone();
        for (at, value) in &changes {
            let at = at.index(bytes.len() / 4) * 4;
            changed[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        decide(name, &changed);
    }

    #[test]
    fn parts_taken_out_and_put_in(
        file: Index,
        other: Index,
        from: Index,
        to: Index,
        length in 0..2000_usize,
    ) {
        let (name, bytes) = file.get(files());
        let (_, other) = other.get(files());
        let (from, to) = (from.index(other.len()), to.index(bytes.len()));
        let part = &other[from..other.len().min(from + length)];
        let inserted = [&bytes[..to], part, &bytes[to..]].concat();
        decide(name, &inserted);
        let rest = &bytes[bytes.len().min(to + length)..];
        decide(name, &[&bytes[..to], rest].concat());
    }

    #[test]
    fn any_bytes_behind_any_magic(
        magic in prop::sample::select(vec![
            &b"\x7fELF\x02\x01\x01"[..], b"!<arch>\n", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe\0\0\0\x02",
            b"MZ", b"\x64\x86", b"\0\0\xff\xff\0\0\x64\x86", b"",
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        decide("any", &[magic, &rest].concat());
    }
}

fn le(numbers: &[u32]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect()
}

/// 2 MiB of names without an end, and 100,000 symbols that point into them.
fn symbols_of_one_long_name(entry: impl Fn(u32) -> Vec<u8>) -> (Vec<u8>, Vec<u8>) {
    let symbols = (0..100_000).flat_map(entry).collect::<Vec<_>>();
    let mut names = vec![b'x'; 2 << 20];
    *names.last_mut().unwrap() = 0;
    (symbols, names)
}

/// The refusal of tables that would take too much work.
const AGAIN: &str = "refer to the same parts again and again";

/// Files of a few megabytes that ask for the square of that.
fn bombs() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let (symbols, names) = symbols_of_one_long_name(|number| {
        [
            le(&[(1 << 20) + 10 + number]),
            vec![0x0f, 1, 0, 0],
            vec![0; 8],
        ]
        .concat()
    });
    let start = 32 + 24;
    let symtab = [
        2,
        24,
        start,
        100_000,
        start + symbols.len() as u32,
        names.len() as u32,
    ];
    let header = le(&[0xfeed_facf, 0x0100_000c, 0, 1, 1, 24, 0, 0]);
    let macho = [header, le(&symtab), symbols, names].concat();

    let (symbols, names) = symbols_of_one_long_name(|number| {
        let name = le(&[0, (1 << 20) + 10 + number]);
        [name, vec![0; 4], vec![1, 0, 0, 0, 2, 0]].concat()
    });
    let header = [le(&[0x8664, 0, 20, 100_000]), vec![0; 4]].concat();
    let coff = [header, symbols, names].concat();

    let commands = vec![8_u32; 400_000];
    let header = [0xfeed_facf, 0x0100_000c, 0, 1, 200_000, 1_600_000, 0, 0];
    let many_commands = le(&[&header[..], &commands].concat());

    let mut member = format!("{:<48}{:<10}`\n", "x.o/", 0);
    member = member.repeat(50_000);
    let members = format!("!<arch>\n{member}").into_bytes();

    let header = |name: &str, size: usize| format!("{name:<48}{size:<10}`\n");
    let table = vec![b'x'; 2 << 20];
    let object = b"\0\0\xff\xff\0\0\x64\x86\0\0\0\0\0\0\0\0\0\0\0\0f\0f.dll\0";
    let object = [header("/0", object.len()).as_bytes(), object].concat();
    let long_names = [
        b"!<arch>\n",
        header("//", table.len()).as_bytes(),
        &table,
        &object.repeat(20_000),
    ]
    .concat();
    let member = header("#1/2000000", 0).repeat(50_000);
    let bsd_names = [format!("!<arch>\n{member}").into_bytes(), table].concat();

    let index = format!("!<arch>\n{:<48}{:<10}`\n", "/", 8).into_bytes();
    let index = [index, vec![0xff; 8]].concat();

    vec![
        ("macho", macho, AGAIN),
        ("coff", coff, AGAIN),
        // Many commands are much work, but no more than there are bytes.
        ("commands", many_commands, ""),
        // Members that are no objects are listed.
        ("members", members, ""),
        ("long names", long_names, AGAIN),
        ("names of BSD", bsd_names, "shorter than its name"),
        ("index", index, "the symbol index"),
    ]
}

/// A DLL whose import table has 50,000 libraries with one and the same list of
/// 50,000 symbols.
fn import_bomb(real: &[u8]) -> Vec<u8> {
    let count = 50_000_u32;
    let pe = u32::from_le_bytes(real[0x3c..0x40].try_into().unwrap()) as usize;
    let mut file = real[..pe + 24 + 240].to_vec();
    let base = file.len() as u32 + 40;
    let tables = 0x1_0000_u32;
    let list = tables + count * 20 + 20;
    let name = list + count * 8 + 8;
    let size = name + 16 - tables;
    // One section.
    file[pe + 6..pe + 8].copy_from_slice(&[1, 0]);
    // No symbols, no exports; the import table.
    file[pe + 12..pe + 20].fill(0);
    file[pe + 24 + 112..pe + 24 + 120].fill(0);
    file[pe + 24 + 120..pe + 24 + 128].copy_from_slice(&le(&[tables, size]));
    file[pe + 24 + 112 + 13 * 8..pe + 24 + 112 + 14 * 8].fill(0);
    let section = [
        b".idata\0\0".to_vec(),
        le(&[size, tables, size, base, 0, 0, 0, 0]),
    ]
    .concat();
    file.extend(section);
    for _ in 0..count {
        file.extend(le(&[list, 0, 0, name, list]));
    }
    file.extend([0; 20]);
    for _ in 0..count {
        file.extend(le(&[name, 0]));
    }
    file.extend([0; 8]);
    file.extend(b"\0\0name.dll\0padding");
    file
}

#[test]
fn files_that_ask_for_the_square_of_their_size() {
    let shop = Workshop::with(&[]).unwrap();
    let mut bombs = bombs();
    if let Some((_, real)) = files().iter().find(|(name, _)| name == "pe.dll") {
        bombs.push(("imports", import_bomb(real), AGAIN));
    }
    for (name, bytes, refusal) in bombs {
        shop.write(name, bytes);
        // Half a gigabyte of address space, which the program itself shares.
        let mut limited = Command::new("sh");
        limited.args(["-c", "ulimit -v 524288; exec \"$0\" inspect \"$1\""]);
        limited.arg(built().beskid()).arg(shop.path(name));
        let started = Instant::now();
        let ended = end(&mut limited);
        assert!(started.elapsed() < SOON, "{name}: {:?}", started.elapsed());
        match refusal {
            "" => assert_eq!(ended.status, Some(0), "{name}: {ended:#?}"),
            reason => assert!(ended.fails_with("E5202").contains(reason), "{name}"),
        }
    }
}
