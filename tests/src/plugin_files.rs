//! Plugin files as authors and users make them: other versions, other bytes,
//! other manifests.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use crate::built::built;

/// Version of the plugins of this repository.
const VERSION: &str = "0.1.0";

/// A file of the backend `faulty`, which is built in nowhere, of a version of five
/// letters, such as `0.1.7`, in its manifest and in its code. It compiles and runs
/// what does not multiply.
#[track_caller]
pub fn write_faulty(path: &Path, version: &str) {
    write(path, &replaced(faulty(), VERSION, version));
}

/// The same file with the contract of another interface.
#[track_caller]
pub fn write_stale(path: &Path) {
    write(path, &replaced(faulty(), "\ncontract=", "\ncontract=x"));
}

/// The plugin's file, without the names that are only for debuggers: a tenth of it.
fn faulty() -> Vec<u8> {
    static STRIPPED: OnceLock<Vec<u8>> = OnceLock::new();
    let read = || {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let (file, stripped) = (
            built().plugin("faulty_backend"),
            folder.path().join("faulty.so"),
        );
        let mut strip = Command::new("strip");
        let strip = strip.args(["--strip-debug", "-o"]).arg(&stripped).arg(file);
        let is_stripped = strip.status().is_ok_and(|status| status.success());
        fs::read(if is_stripped { &stripped } else { file }).expect("it was built")
    };
    STRIPPED.get_or_init(read).clone()
}

/// Appends a byte behind all that is loaded: still the plugin, with another digest.
#[track_caller]
pub fn change(path: &Path) {
    let file = fs::OpenOptions::new().append(true).open(path);
    let written = file.and_then(|mut file| file.write_all(b"x"));
    written.unwrap_or_else(|error| panic!("{path:?}: {error}"));
}

/// Replaces a text wherever it stands by another that is not shorter.
#[track_caller]
fn replaced(mut bytes: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    let mut at = 0;
    let find = |bytes: &[u8]| {
        let mut windows = bytes.windows(from.len());
        windows.position(|found| found == from.as_bytes())
    };
    while let Some(found) = find(&bytes[at..]) {
        at += found;
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        at += to.len();
    }
    assert!(at > 0, "{from:?} is not in it");
    bytes
}

#[track_caller]
fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap_or_else(|error| panic!("{path:?}: {error}"));
}
