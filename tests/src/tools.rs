//! Tools that some machines have: a test that lacks one says so and ends.

use std::fs;
use std::path::{Path, PathBuf};

/// The path of a tool; `None`, and a line for the reader, if it is not there.
pub fn tool(name: &str) -> Option<PathBuf> {
    told(find(name), name)
}

/// The same for a tool that another program looks for in `PATH`.
pub fn tool_in_path(name: &str) -> Option<PathBuf> {
    told(in_folders(path(), name), name)
}

/// Where a tool is: in the `PATH`, or in a folder of LLVM's own, where some
/// tools are without their version in the name.
pub fn find(name: &str) -> Option<PathBuf> {
    let mut folders = path();
    // Debian's wine64 comes without the command of the package `wine`.
    folders.push(Path::new("/usr/lib/wine").to_owned());
    let versions = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let llvm = versions.filter(|entry| entry.file_name().to_string_lossy().starts_with("llvm-"));
    folders.extend(llvm.map(|entry| entry.path().join("bin")));
    in_folders(folders, name)
}

fn path() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).collect()
}

fn in_folders(folders: Vec<PathBuf>, name: &str) -> Option<PathBuf> {
    let mut files = folders.into_iter().map(|folder| folder.join(name));
    files.find(|file| file.is_file())
}

fn told(found: Option<PathBuf>, name: &str) -> Option<PathBuf> {
    if found.is_none() {
        println!("skipped: {name} not installed");
    }
    found
}

/// Whether the loader finds a shared library; if not, a line for the reader.
pub fn library(name: &str) -> bool {
    let folders = [
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib64",
        "/usr/lib",
        "/lib64",
    ];
    let mut files = folders.iter().map(|folder| Path::new(folder).join(name));
    let found = files.any(|file| file.exists());
    if !found {
        println!("skipped: {name} not installed");
    }
    found
}
