//! What the host says when a plugin is not what it seems, or does not do what
//! it was asked for, and when a program or an option does not fit a backend.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

use beskid_plugin_api::artifact::DataInit;
use beskid_tests::built::built;
use beskid_tests::by_hand::beside_data;
use beskid_tests::command::{Ended, beskid, end, run};
use goblin::elf::Elf;
use goblin::elf::dynamic::{DT_NEEDED, DT_RUNPATH};
use goblin::elf::program_header::{PF_W, PT_LOAD};

const PRODUCT: &str = "i32 main() { i32 a = 6; return a * 7; }\n";

fn folder_with(program: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), program).unwrap();
    folder
}

/// Runs the program with the faulty backend.
fn with_fault(folder: &Path, fault: &str) -> Ended {
    let mut command = beskid(folder);
    command.env("FAULTY", fault).arg("--plugin");
    command.arg(built().plugin("faulty_backend"));
    end(command.args(["--backend", "faulty", "run", "p.bd"]))
}

#[test]
fn bk_2_a_backend_that_compiled_other_bytes_runs_nothing() {
    let folder = folder_with(PRODUCT);
    let clean = with_fault(folder.path(), "").succeeds();
    assert_eq!(clean, "13\n", "without that fault it goes unnoticed");
    let digest = run(folder.path(), ["-v", "run", "p.bd"]).digest();
    let message = with_fault(folder.path(), "tells-what-it-compiled").fails_with("E5115");
    let (given, compiled) = message
        .split_once("was given artifact ")
        .and_then(|(_, rest)| rest.split_once(" but says it compiled "))
        .unwrap_or_else(|| panic!("{message}"));
    assert!(digest.starts_with(given), "{digest}: {message}");
    assert!(!compiled.starts_with(given), "{message}");
    assert!(message.contains("author of the backend"), "{message}");

    // Where the bytes are those that it was given, it is right.
    fs::write(folder.path().join("p.bd"), "i32 main() { return 5; }\n").unwrap();
    let same = with_fault(folder.path(), "tells-what-it-compiled").succeeds();
    assert_eq!(same, "5\n");
}

#[test]
fn a_backend_that_answers_another_question_is_told_so() {
    let folder = folder_with(PRODUCT);
    let message = with_fault(folder.path(), "object").fails_with("E5113");
    assert!(
        message.contains("an object file instead of a session"),
        "{message}"
    );
}

/// A changed copy of the JIT backend's file.
fn changed(folder: &Path, change: impl FnOnce(&mut Vec<u8>)) -> PathBuf {
    let mut bytes = fs::read(built().plugin("backend_jit")).unwrap();
    change(&mut bytes);
    let path = folder.join("libchanged.so");
    fs::write(&path, bytes).unwrap();
    path
}

/// Replaces the first place of a text by another one of its length.
fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len());
    let at = bytes.windows(from.len()).position(|found| found == from);
    let at = at.unwrap_or_else(|| panic!("{from:?} is not in the file"));
    bytes[at..at + to.len()].copy_from_slice(to);
}

fn inspected(folder: &Path, plugin: &Path) -> Ended {
    end(beskid(folder).args(["plugin", "inspect"]).arg(plugin))
}

/// Uses the plugin for the program.
fn used(folder: &Path, plugin: &Path, args: &[&str]) -> Ended {
    let mut command = beskid(folder);
    command.env("XDG_CACHE_HOME", folder.join("cache"));
    end(command.arg("--plugin").arg(plugin).args(args))
}

#[test]
fn a_plugin_that_the_systems_loader_refuses_says_what_the_loader_says() {
    let folder = folder_with(PRODUCT);
    let folder = folder.path();
    let mut wanted = String::new();
    let plugin = changed(folder, |bytes| {
        let elf = Elf::parse(bytes).unwrap();
        let imported = |name: &&str| {
            let mut symbols = elf.dynsyms.iter();
            symbols.any(|symbol| {
                symbol.is_import() && elf.dynstrtab.get_at(symbol.st_name) == Some(*name)
            })
        };
        let names = ["sysconf", "sigaltstack", "getcwd", "realpath"];
        let name = names.into_iter().find(imported).unwrap();
        wanted = format!("{}_", &name[..name.len() - 1]);
        let (from, to) = (format!("\0{name}\0"), format!("\0{wanted}\0"));
        replace(bytes, from.as_bytes(), to.as_bytes());
    });
    inspected(folder, &plugin).succeeds();
    let message = used(folder, &plugin, &["--backend", "jit", "run", "p.bd"]).fails_with("E5109");
    let cause = format!("undefined symbol: {wanted}");
    assert!(message.contains(&cause), "{cause} in {message}");
    let first = format!(
        "error[E5109]: the loader refuses `{}`: {cause}",
        plugin.display()
    );
    assert!(message.starts_with(&first), "{first} in {message}");
    assert!(!message.contains("cache"), "the copy is ours: {message}");
}

#[test]
fn a_plugin_with_another_table_than_its_manifest_promises_is_not_called() {
    let folder = folder_with(PRODUCT);
    let folder = folder.path();
    let plugin = changed(folder, |bytes| {
        let (from, to) = (b"kind=backend\nid=jit\n", b"kind=linker\nid=jits\n");
        replace(bytes, from, to);
    });
    let args = ["--linker", "jits", "build", "p.bd", "-o", "p"];
    let message = used(folder, &plugin, &args).fails_with("E5110");
    assert!(message.contains("binary interface"), "{message}");
    assert!(!folder.join("p").exists());
}

#[test]
fn a_plugin_that_is_unsafe_to_load_is_refused_before_the_loader_sees_it() {
    let folder = folder_with(PRODUCT);
    let folder = folder.path();
    let refused = |plugin: &Path, reason: &str| {
        let Ended { status, stderr, .. } = inspected(folder, plugin);
        assert_eq!(status, Some(1), "{stderr}");
        let message = stderr;
        assert!(message.contains(reason), "{reason}: {message}");
        let ended = used(folder, plugin, &["run", "p.bd"]);
        assert_eq!(ended.fails_with("E5117"), message);
    };
    let plugin = changed(folder, |bytes| {
        let elf = Elf::parse(bytes).unwrap();
        let code = |header: &goblin::elf::ProgramHeader| {
            header.p_type == PT_LOAD && header.is_executable()
        };
        let index = elf.program_headers.iter().position(code).unwrap();
        let head = elf.header.e_phoff as usize + index * elf.header.e_phentsize as usize;
        // The flags come after the type.
        bytes[head + 4] |= PF_W as u8;
    });
    refused(&plugin, "both writable and executable");
    let plugin = changed(folder, |bytes| {
        replace(bytes, b"\0libc.so.6\0", b"\0libx.so.6\0");
    });
    refused(&plugin, "needs the library `libx.so.6`");
    let plugin = changed(folder, |bytes| {
        let elf = Elf::parse(bytes).unwrap();
        let dynamic = elf.dynamic.as_ref().unwrap();
        let needed = |entry: &goblin::elf::Dyn| entry.d_tag == DT_NEEDED;
        let index = dynamic.dyns.iter().position(needed).unwrap();
        let section = elf
            .program_headers
            .iter()
            .find(|header| header.p_type == goblin::elf::program_header::PT_DYNAMIC)
            .unwrap();
        // Each entry has a tag and a value, of 8 bytes.
        let tag = section.p_offset as usize + index * 16;
        bytes[tag..tag + 8].copy_from_slice(&DT_RUNPATH.to_le_bytes());
    });
    refused(&plugin, "it brings a library search path");
}

#[test]
fn a_program_too_large_for_a_session_runs_as_an_executable() {
    let folder = tempfile::tempdir().unwrap();
    let artifact = beside_data(DataInit::Zeroes((1 << 30) + 1));
    fs::write(folder.path().join("p.bska"), artifact.bytes()).unwrap();
    let message = run(folder.path(), ["run", "p.bska"]).fails_with("E5009");
    assert!(message.contains("of address space"), "{message}");
    assert!(message.contains("build an executable"), "{message}");
    let linked = run(folder.path(), ["--backend", "aot", "run", "p.bska"]);
    assert_eq!(linked.succeeds(), "ok\n");
}
