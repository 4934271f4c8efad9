//! Tools that some machines have: a test that lacks one says so and ends.

use std::path::{Path, PathBuf};

/// Releases of LLVM whose tools Debian installs under names of their own.
const LLVM: std::ops::RangeInclusive<u32> = 14..=30;

/// The path of a tool; `None`, and a line for the reader, if it is not there.
pub fn tool(name: &str) -> Option<PathBuf> {
    let mut places = in_path(name);
    // Debian's wine64 comes without the command of the package `wine`.
    places.push(Path::new("/usr/lib/wine").join(name));
    for release in LLVM.rev() {
        places.push(PathBuf::from(format!("/usr/lib/llvm-{release}/bin/{name}")));
    }
    first(places, name)
}

/// The same for a tool that another program looks for in `PATH`.
pub fn tool_in_path(name: &str) -> Option<PathBuf> {
    first(in_path(name), name)
}

fn in_path(name: &str) -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path);
    folders.map(|folder| folder.join(name)).collect()
}

fn first(places: Vec<PathBuf>, name: &str) -> Option<PathBuf> {
    let found = places.into_iter().find(|place| place.is_file());
    if found.is_none() {
        println!("skipped: {name} not installed");
    }
    found
}
