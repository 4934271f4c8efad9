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

use beskid_tests::command::{beskid, end};

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
