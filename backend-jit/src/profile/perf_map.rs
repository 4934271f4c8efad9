//! The map that `perf report` reads for code that is in no file.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::PathBuf;

use crate::addresses::Placed;

/// Adds functions to the map of this process.
pub(super) fn write(functions: &[Placed]) -> (PathBuf, io::Result<()>) {
    // The profiler looks nowhere else.
    let path = PathBuf::from(format!("/tmp/perf-{}.map", std::process::id()));
    let mut lines = String::new();
    for function in functions {
        let (address, length) = (function.address, function.length);
        // A text takes all that is written.
        let _ = writeln!(lines, "{address:x} {length:x} {}", function.name);
    }
    let file = OpenOptions::new().create(true).append(true).open(&path);
    let written = file.and_then(|mut file| file.write_all(lines.as_bytes()));
    (path, written)
}
