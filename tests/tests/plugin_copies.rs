//! What is read of plugin files, and of their copies that are loaded.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use beskid_tests::built::built;
use beskid_tests::command::{Ended, beskid, end};

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let program = "unit main() {\n    __syscall_write(1, \"hello\\n\");\n}\n";
    fs::write(folder.path().join("p.bd"), program).unwrap();
    folder
}

/// A run with a plugin, in memory.
fn with(folder: &Path, plugin: &Path) -> Ended {
    let mut command = beskid(folder);
    command
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .arg("--plugin")
        .arg(plugin)
        .args(["run", "p.bd"]);
    end(&mut command)
}

/// Files of the cache with this ending.
fn cached(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("cache/beskid/plugins"));
    let paths = entries
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path());
    let ends = |path: &PathBuf| path.extension().is_some_and(|found| found == ending);
    paths.filter(ends).collect()
}

/// Waits until a change of a file can be told from what is known of it.
fn settle(file: &Path) {
    let old = SystemTime::now() - Duration::from_secs(10);
    File::options()
        .write(true)
        .open(file)
        .unwrap()
        .set_modified(old)
        .unwrap();
    std::thread::sleep(Duration::from_secs(3));
}

#[test]
fn a_plugin_that_is_not_used_is_not_copied() {
    let folder = folder();
    let folder = folder.path();
    assert_eq!(
        with(folder, built().plugin("linker_unix")).succeeds(),
        "hello\nok\n"
    );
    assert!(cached(folder, "so").is_empty());
}

#[test]
fn a_copy_that_was_changed_is_made_again() {
    let folder = folder();
    let folder = folder.path();
    let plugin = folder.join("libplugin.so");
    fs::copy(built().plugin("backend_jit"), &plugin).unwrap();
    settle(&plugin);
    let runs = || assert_eq!(with(folder, &plugin).succeeds(), "hello\nok\n");
    runs();
    let copies = cached(folder, "so");
    let [copy] = copies.as_slice() else {
        panic!("{copies:?}");
    };
    assert_eq!(cached(folder, "known").len(), 1);
    let sound = fs::read(copy).unwrap();
    // In the middle, with its size and its time as they were.
    let modified = fs::metadata(copy).unwrap().modified().unwrap();
    let file = File::options().write(true).open(copy).unwrap();
    file.write_all_at(&[0xcc; 4096], sound.len() as u64 / 2)
        .unwrap();
    file.set_modified(modified).unwrap();
    assert!(fs::read(copy).unwrap() != sound);
    runs();
    assert!(fs::read(copy).unwrap() == sound);
    fs::write(copy, "short").unwrap();
    runs();
    assert!(fs::read(copy).unwrap() == sound);
    fs::remove_file(copy).unwrap();
    runs();
    assert!(fs::read(copy).unwrap() == sound);
}

#[test]
fn a_file_that_was_changed_is_vetted_and_copied_again() {
    let folder = folder();
    let folder = folder.path();
    let plugin = folder.join("libplugin.so");
    fs::copy(built().plugin("backend_jit"), &plugin).unwrap();
    settle(&plugin);
    with(folder, &plugin).succeeds();
    let modified = fs::metadata(&plugin).unwrap().modified().unwrap();
    // A byte behind all that is loaded: still a plugin, of another digest.
    let len = fs::metadata(&plugin).unwrap().len();
    let file = File::options().write(true).open(&plugin).unwrap();
    file.write_all_at(&[1], len).unwrap();
    file.set_modified(modified).unwrap();
    with(folder, &plugin).succeeds();
    assert_eq!(cached(folder, "so").len(), 2);
    // And one that is cut is none, however well it is known.
    file.set_len(len / 2).unwrap();
    file.set_modified(modified).unwrap();
    let message = with(folder, &plugin).fails_with("E5101");
    assert!(message.contains("truncated"), "{message}");
}
