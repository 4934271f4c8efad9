//! Making the archive, as the host's build does.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use goblin::archive::Archive;
use tempfile::TempDir;

/// Name of the archive in every folder of a test.
pub const ARCHIVE: &str = "libbeskid_runtime.a";
/// Name of its only member.
pub const MEMBER: &str = "beskid_runtime.o";

/// A folder for one test, with the archive in it.
pub fn folder() -> TempDir {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    let folder = tempfile::tempdir().unwrap();
    let bytes = BYTES.get_or_init(|| archive(tempfile::tempdir().unwrap().path()));
    fs::write(folder.path().join(ARCHIVE), bytes).unwrap();
    folder
}

/// Compiles the runtime in a folder and returns the bytes of the archive.
pub fn archive(folder: &Path) -> Vec<u8> {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR"));
    let flags = fs::read_to_string(runtime.join("archive-flags.txt")).unwrap();
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let full = folder.join("full.a");
    run(Command::new(rustc)
        .args(flags.lines())
        .arg(format!("--remap-path-prefix={}=runtime", runtime.display()))
        .arg("-o")
        .arg(&full)
        .arg(runtime.join("src/lib.rs")));
    let full = fs::read(full).unwrap();
    fs::write(folder.join(MEMBER), own_member(&full)).unwrap();
    run(Command::new("ar")
        .current_dir(folder)
        .args(["rcsD", ARCHIVE, MEMBER]));
    fs::read(folder.join(ARCHIVE)).unwrap()
}

fn own_member(archive: &[u8]) -> &[u8] {
    let members = Archive::parse(archive).unwrap();
    let own = members.members().into_iter();
    let own = own
        .filter(|name| name.contains("beskid_runtime") && name.ends_with(".o"))
        .collect::<Vec<_>>();
    assert_eq!(own.len(), 1, "{own:?}");
    members.extract(own[0], archive).unwrap()
}

/// Runs a command that must succeed.
#[track_caller]
pub fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {error}");
}
