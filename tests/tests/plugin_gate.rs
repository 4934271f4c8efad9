//! What the gate refuses of a file that is a plugin in all other ways, and what the
//! user may permit.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

use beskid_plugin_api::abi::ROOT_SYMBOL;
use beskid_tests::built::built;
use beskid_tests::command::{Ended, beskid, end};
use goblin::elf::Elf;
use goblin::elf::dynamic::{
    DT_FLAGS, DT_NEEDED, DT_RPATH, DT_RUNPATH, DT_STRSZ, DT_STRTAB, DT_SYMTAB,
};
use goblin::elf::program_header::{
    PF_X, PT_DYNAMIC, PT_GNU_EH_FRAME, PT_GNU_STACK, PT_LOAD, PT_NOTE, PT_NULL, ProgramHeader,
};

/// An entry of the dynamic section that the loader does without.
const SPARE: u64 = 0x6fff_fff9;

/// A changed copy of a plugin's file.
fn changed(folder: &Path, change: impl FnOnce(&mut [u8])) -> PathBuf {
    let mut bytes = fs::read(built().plugin("linker_unix")).unwrap();
    change(&mut bytes);
    let path = folder.join("libchanged.so");
    fs::write(&path, bytes).unwrap();
    path
}

/// Place of the first header of a segment of this kind.
fn header(bytes: &[u8], is_it: impl Fn(&ProgramHeader) -> bool) -> usize {
    let elf = Elf::parse(bytes).unwrap();
    let index = elf.program_headers.iter().position(is_it).unwrap();
    elf.header.e_phoff as usize + index * elf.header.e_phentsize as usize
}

/// Place of the first entry of the dynamic section with this tag.
fn entry(bytes: &[u8], tag: u64) -> usize {
    let elf = Elf::parse(bytes).unwrap();
    let dynamic = elf.dynamic.as_ref().unwrap();
    let index = dynamic.dyns.iter().position(|entry| entry.d_tag == tag);
    let mut segments = elf.program_headers.iter();
    let segment = segments.find(|segment| segment.p_type == PT_DYNAMIC);
    segment.unwrap().p_offset as usize + index.unwrap() * 16
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len());
    let at = bytes.windows(from.len()).position(|found| found == from);
    let at = at.unwrap_or_else(|| panic!("{from:?} is not in the file"));
    bytes[at..at + to.len()].copy_from_slice(to);
}

fn inspected(folder: &Path, plugin: &Path) -> Ended {
    let mut command = beskid(folder);
    command.env("XDG_CONFIG_HOME", folder.join("config"));
    let mut ended = end(command.args(["plugin", "inspect"]).arg(plugin));
    if ended.status == Some(1) {
        // What it says of itself is shown all the same.
        let shown = std::mem::take(&mut ended.stdout);
        assert!(shown.contains("result:       refused E51"), "{shown}");
    }
    ended
}

#[track_caller]
fn refused(folder: &Path, plugin: &Path, code: &str, reason: &str) -> String {
    let message = inspected(folder, plugin).fails_with(code);
    assert!(message.contains(reason), "{reason}: {message}");
    assert!(message.contains("libchanged.so"), "{message}");
    assert!(message.contains("  plugin: unix"), "{message}");
    message
}

#[test]
fn an_executable_stack_is_refused_and_so_is_silence_about_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let stack = |segment: &ProgramHeader| segment.p_type == PT_GNU_STACK;
    let plugin = changed(folder, |bytes| {
        let at = header(bytes, stack);
        bytes[at + 4] |= PF_X as u8;
    });
    refused(folder, &plugin, "E5117", "executable stack");
    let plugin = changed(folder, |bytes| {
        let at = header(bytes, stack);
        bytes[at..at + 4].copy_from_slice(&PT_NULL.to_le_bytes());
    });
    let message = refused(folder, &plugin, "E5117", "executable stack");
    assert!(message.contains("-z noexecstack"), "{message}");
}

#[test]
fn entries_that_have_the_loader_do_more_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (tag, name) in [
        (0x6fff_fefc_u64, "DT_AUDIT"),
        (0x6fff_fefb, "DT_DEPAUDIT"),
        (0x7fff_ffff, "DT_FILTER"),
        (0x7fff_fffd, "DT_AUXILIARY"),
        (22, "DT_TEXTREL"),
    ] {
        let plugin = changed(folder, |bytes| {
            let at = entry(bytes, SPARE);
            bytes[at..at + 8].copy_from_slice(&tag.to_le_bytes());
            bytes[at + 8..at + 16].fill(0);
        });
        refused(folder, &plugin, "E5117", name);
    }
    let plugin = changed(folder, |bytes| {
        let at = entry(bytes, DT_FLAGS);
        bytes[at + 8] |= 4;
    });
    refused(folder, &plugin, "E5117", "DF_TEXTREL");
}

#[test]
fn a_manifest_is_where_readers_of_notes_look() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let plugin = changed(folder, |bytes| {
        let manifest = bytes.windows(7).position(|name| name == b"Beskid\0");
        let manifest = manifest.unwrap() as u64;
        let at = header(bytes, |segment| {
            let range = segment.p_offset..segment.p_offset + segment.p_filesz;
            segment.p_type == PT_NOTE && range.contains(&manifest)
        });
        // The last field of the header is the alignment.
        assert_eq!(bytes[at + 48], 4);
        bytes[at + 48] = 1;
    });
    let message = inspected(folder, &plugin).fails_with("E5102");
    assert!(message.contains("multiple of four"), "{message}");
    assert!(message.contains("libchanged.so"), "{message}");
}

#[test]
fn what_the_loader_would_see_otherwise_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let plugin = changed(folder, |bytes| {
        let at = header(bytes, |segment| segment.p_type == PT_DYNAMIC);
        bytes[at + 16] ^= 16;
    });
    let message = inspected(folder, &plugin).fails_with("E5101");
    assert!(message.contains("another dynamic section"), "{message}");
    // It asks for the last segment, and not how long the table of names is.
    let word = |bytes: &mut [u8], at: usize, value: u64| {
        bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
    };
    let several = changed(folder, |bytes| {
        let at = header(bytes, |segment| segment.p_type == PT_GNU_EH_FRAME);
        bytes[at..at + 4].copy_from_slice(&PT_DYNAMIC.to_le_bytes());
    });
    let message = inspected(folder, &several).fails_with("E5101");
    assert!(message.contains("several dynamic segments"), "{message}");
    let overlapping = changed(folder, |bytes| {
        let at = header(bytes, |segment| segment.p_type == PT_LOAD);
        word(bytes, at + 40, 1 << 40);
    });
    let message = inspected(folder, &overlapping).fails_with("E5101");
    assert!(message.contains("overlap"), "{message}");
    for tag in [DT_NEEDED, DT_RPATH, DT_RUNPATH] {
        let beyond = changed(folder, |bytes| {
            let at = entry(bytes, SPARE);
            word(bytes, at, tag);
            word(bytes, at + 8, 1 << 20);
        });
        let message = inspected(folder, &beyond).fails_with("E5101");
        assert!(message.contains("beyond the table of names"), "{message}");
        assert!(!message.contains("goblin"), "{message}");
    }
    for tag in [DT_STRTAB, DT_STRSZ, DT_SYMTAB] {
        let twice = changed(folder, |bytes| {
            let at = entry(bytes, SPARE);
            word(bytes, at, tag);
        });
        let message = inspected(folder, &twice).fails_with("E5101");
        assert!(message.contains("an entry twice"), "{message}");
    }
    let plugin = changed(folder, |bytes| {
        let other = ROOT_SYMBOL.replace('m', "n");
        replace(bytes, ROOT_SYMBOL.as_bytes(), other.as_bytes());
    });
    refused(folder, &plugin, "E5101", "root symbol");
}

#[test]
fn libraries_are_known_by_their_whole_names_and_permitted_by_the_user() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let plugin = changed(folder, |bytes| {
        replace(bytes, b"\0libgcc_s.so.1\0", b"\0libc.evil.so\0\0");
    });
    let message = refused(folder, &plugin, "E5117", "needs the library `libc.evil.so`");
    let line = "`[plugins.unix] libraries = [\"libc.evil.so\"]`";
    assert!(message.contains(line), "{message}");

    let config = folder.join("config/beskid");
    fs::create_dir_all(&config).unwrap();
    let permits = "[plugins.unix]\nlibraries = [\"libc.evil.so\"]\n";
    let others = permits.replace("unix", "other");
    fs::write(config.join("config.toml"), others).unwrap();
    refused(folder, &plugin, "E5117", "libc.evil.so");
    fs::write(config.join("config.toml"), permits).unwrap();
    inspected(folder, &plugin).succeeds();
    // What is permitted is for the loader to find, here and in another process.
    fs::write(folder.join("p.bd"), "unit main() { }").unwrap();
    for isolated in [&[][..], &["--isolate"]] {
        let mut command = beskid(folder);
        command.env("XDG_CONFIG_HOME", folder.join("config"));
        command.env("XDG_CACHE_HOME", folder.join("cache"));
        command.arg("--plugin").arg(&plugin).args(isolated);
        let message = end(command.args(["build", "p.bd"])).fails_with("E5109");
        assert!(message.contains("libc.evil.so"), "{message}");
        assert!(message.contains("  plugin: unix"), "{message}");
    }
}

#[test]
fn a_project_that_is_not_trusted_permits_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("p.bd"), "unit main() { }").unwrap();
    for (text, key) in [
        ("[plugins.unix]\nlibraries = [\"libx.so\"]\n", "plugins"),
        ("isolate = false\n", "isolate"),
    ] {
        fs::write(folder.join("beskid.toml"), text).unwrap();
        let message = end(beskid(folder).args(["run", "p.bd"])).fails_with("E5302");
        assert!(message.contains(&format!("`{key}`")), "{message}");
    }
    fs::write(folder.join("beskid.toml"), "isolate = true\n").unwrap();
    end(beskid(folder).args(["run", "p.bd"])).succeeds();
}

#[test]
fn refusals_name_file_and_plugin_for_programs_too() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let plugin = changed(folder, |bytes| {
        replace(bytes, b"\napi=1.0\n", b"\napi=9.0\n");
    });
    let mut command = beskid(folder);
    command.args(["--message-format", "json", "plugin", "inspect"]);
    let ended = end(command.arg(&plugin));
    let value: serde_json::Value = serde_json::from_str(&ended.stderr).unwrap();
    assert_eq!(value["code"], "E5103");
    assert_eq!(value["plugin"], "unix");
    assert_eq!(value["path"], plugin.display().to_string());
}
