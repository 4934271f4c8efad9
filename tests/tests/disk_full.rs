//! A disk without room: one error, and nothing half written.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use beskid_tests::command::{Ended, beskid, end};
use beskid_tests::desk::Desk;
use beskid_tests::plugin_files::{change, write_faulty};

/// A small file system of its own.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    /// `None` where the test may not mount.
    fn mount(bytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={bytes}"), "tmpfs"])
            .arg(folder.path())
            .output();
        let mounted = mounted.is_ok_and(|output| output.status.success());
        mounted.then_some(Self { folder })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.path()).status();
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn lk_6_a_full_disk_is_one_error_and_leaves_nothing_behind() {
    let Some(disk) = SmallDisk::mount(16 * 1024) else {
        println!("skipped: mounting a tmpfs is not permitted");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let text = "word ".repeat(10_000);
    let program = format!(
        "pub string text() {{ return \"{text}\"; }}\ni32 main() {{ __syscall_write(1, text()); return 0; }}\n"
    );
    fs::write(folder.path().join("p.bd"), program).unwrap();
    for kind in ["exe", "shared", "static", "object"] {
        let output = disk.path().join("output");
        let mut command = beskid(folder.path());
        command.args(["build", "p.bd", "--kind", kind, "--output"]);
        let ended = end(command.arg(&output));
        assert_eq!(ended.status, Some(1), "{kind}: {ended:#?}");
        let no_room = ["No space left on device", "no space left"];
        assert!(
            no_room.iter().any(|words| ended.stderr.contains(words)),
            "{kind}: {ended:#?}"
        );
        assert!(ended.stderr.contains("make room"), "{kind}: {ended:#?}");
        assert_eq!(files(disk.path()), [""; 0].map(PathBuf::from), "{kind}");
    }
    let mut emit = beskid(folder.path());
    emit.args(["artifact", "emit", "p.bd", "-o"]);
    let ended = end(emit.arg(disk.path().join("p.bska")));
    ended.fails_with("E4040");
    assert_eq!(files(disk.path()), [""; 0].map(PathBuf::from));
}

/// Bytes of a page, in which a disk's room is counted.
const PAGE: u64 = 4096;

/// Every file below a folder.
fn all_files(folder: &Path) -> Vec<PathBuf> {
    let (folders, mut found) = files(folder)
        .into_iter()
        .partition::<Vec<_>, _>(|path| path.is_dir());
    found.extend(folders.iter().flat_map(|folder| all_files(folder)));
    found.sort();
    found
}

#[test]
fn a_plugin_that_does_not_fit_is_not_added_and_what_was_there_stays() {
    let desk = Desk::new();
    write_faulty(&desk.path("faulty.so"), "0.1.4");
    let len = fs::metadata(desk.path("faulty.so")).unwrap().len();
    let pages = len.div_ceil(PAGE);
    let run = |disk: &SmallDisk, line: &str| -> Ended {
        let mut command = desk.command();
        command.env("XDG_DATA_HOME", disk.path());
        end(command.args(line.split_whitespace()))
    };
    let uses = "--backend faulty run p.bd";
    let mut added = 0;
    // No room for the file, or for the record of it, or for both.
    for room in [4, pages / 2, pages - 1, pages, pages + 1, pages + 4] {
        let Some(disk) = SmallDisk::mount((room * PAGE) as u32) else {
            println!("skipped: mounting a tmpfs is not permitted");
            return;
        };
        let ended = run(&disk, "plugin add faulty.so");
        if ended.status == Some(0) {
            added += 1;
            assert_eq!(run(&disk, uses).succeeds(), "42\n");
            continue;
        }
        let message = ended.fails_with("E4040");
        assert!(message.contains("make room"), "{room}: {message}");
        assert_eq!(all_files(disk.path()), [""; 0].map(PathBuf::from), "{room}");
        run(&disk, uses).fails_with("E5108");
    }
    assert!((1..3).contains(&added), "{added}");

    // There is room for one of two.
    let disk = SmallDisk::mount(((pages + pages / 2) * PAGE) as u32).unwrap();
    run(&disk, "plugin add faulty.so").succeeds();
    let before = all_files(disk.path());
    let record = fs::read(disk.path().join("beskid/plugins/installed.toml")).unwrap();
    write_faulty(&desk.path("next.so"), "0.1.5");
    change(&desk.path("faulty.so"));
    for line in [
        "plugin add next.so",
        "plugin add faulty.so",
        "plugin update",
    ] {
        run(&disk, line).fails_with("E4040");
        assert_eq!(all_files(disk.path()), before, "{line}");
        let now = fs::read(disk.path().join("beskid/plugins/installed.toml")).unwrap();
        assert_eq!(now, record, "{line}");
        assert_eq!(run(&disk, uses).succeeds(), "42\n", "{line}");
    }
}

#[test]
fn without_room_for_the_cache_plugins_are_listed_and_used() {
    let Some(disk) = SmallDisk::mount(4096) else {
        println!("skipped: mounting a tmpfs is not permitted");
        return;
    };
    fs::write(disk.path().join("full"), [0; 4096]).unwrap();
    let desk = Desk::new();
    write_faulty(&desk.user().join("faulty.so"), "0.1.4");
    for line in ["plugin list", "--backend faulty run p.bd", "plugin list"] {
        let mut command = desk.command();
        command.env("XDG_CACHE_HOME", disk.path());
        let said = end(command.args(line.split_whitespace())).succeeds();
        assert!(
            said.contains("adds where it should") || said == "42\n",
            "{line}: {said}"
        );
    }
}

#[test]
fn a_lock_that_does_not_fit_stays_as_it_was() {
    let Some(disk) = SmallDisk::mount(2 * 4096) else {
        println!("skipped: mounting a tmpfs is not permitted");
        return;
    };
    let desk = Desk::new();
    write_faulty(&desk.path("faulty.so"), "0.1.4");
    desk.run("plugin add faulty.so").succeeds();
    let lock = || {
        let mut command = desk.command();
        end(command.current_dir(disk.path()).args(["plugin", "lock"]))
    };
    lock().succeeds();
    let before = fs::read(disk.path().join("plugins.lock")).unwrap();
    fs::write(disk.path().join("full"), [0; 4096]).unwrap();
    change(&desk.path("faulty.so"));
    desk.run("plugin add faulty.so").succeeds();
    let message = lock().fails_with("E4040");
    assert!(message.contains("make room"), "{message}");
    assert_eq!(fs::read(disk.path().join("plugins.lock")).unwrap(), before);
    assert_eq!(files(disk.path()).len(), 2);
    fs::remove_file(disk.path().join("full")).unwrap();
    assert!(lock().succeeds().contains("changed: backend faulty@0.1.4"));
}
