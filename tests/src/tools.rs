//! Tools that some machines have: a test that lacks one says so and ends.

use std::fs;
use std::path::{Path, PathBuf};

/// The path of a tool; `None`, and a line for the reader, if it is not there.
pub fn tool(name: &str) -> Option<PathBuf> {
    let found = find(name);
    if found.is_none() {
        println!("skipped: {name} not installed");
    }
    found
}

/// Where a tool is: in the `PATH`, or in a folder of LLVM's own, where some
/// tools are without their version in the name.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = std::env::split_paths(&path).collect::<Vec<_>>();
    // Debian's wine64 comes without the command of the package `wine`.
    folders.push(Path::new("/usr/lib/wine").to_owned());
    let versions = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let llvm = versions.filter(|entry| entry.file_name().to_string_lossy().starts_with("llvm-"));
    folders.extend(llvm.map(|entry| entry.path().join("bin")));
    let mut files = folders.into_iter().map(|folder| folder.join(name));
    files.find(|file| file.is_file())
}
