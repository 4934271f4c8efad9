//! What is measured: the command and its plugins, as users get them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the release build of these packages, which is made now where it is
/// older than its sources.
pub fn products(packages: &[&str]) -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--release", "--locked"]);
    build.args(packages.iter().flat_map(|name| ["--package", name]));
    build.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(build.status().unwrap().success(), "{build:?}");
    // The bench is in `deps`, beside them.
    let own = std::env::current_exe().unwrap();
    own.ancestors().nth(2).unwrap().to_owned()
}

/// The release build of the command.
pub fn beskid() -> PathBuf {
    products(&["beskid-host"]).join("beskid")
}

/// Whether a program is in `PATH`.
pub fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
