//! Plugins that somebody wrote for an earlier version of the interface, built against
//! the package that a registry would have.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::built::{built, root};
use crate::command::{beskid, end};

/// The package `beskid-plugin-api` as `cargo package` makes it, but of another version
/// and with another comment: neither is part of the interface.
fn package(target: &Path) -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(root())
        .args(["package", "--package", "beskid-plugin-api"]);
    cargo.args(["--locked", "--offline", "--no-verify", "--allow-dirty"]);
    let output = cargo.arg("--target-dir").arg(target).output();
    let output = output.expect("cargo runs");
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{messages}");
    assert!(!messages.contains("warning"), "{messages}");
    let packages = target.join("package");
    let folder = packages.join("unpacked");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target folder can be written");
    let version = env!("CARGO_PKG_VERSION");
    let mut tar = Command::new("tar");
    tar.current_dir(&folder).arg("-xzf");
    tar.arg(packages.join(format!("beskid-plugin-api-{version}.crate")));
    assert!(tar.status().expect("tar runs").success());
    let package = folder.join(format!("beskid-plugin-api-{version}"));
    change(&package.join("Cargo.toml"), |text| {
        let other = "version = \"0.1.77\"";
        text.replacen(&format!("version = \"{version}\""), other, 1)
    });
    change(&package.join("src/abi/modules.rs"), |text| {
        text.replacen("//! ", "//! Another comment. ", 1)
    });
    package
}

#[track_caller]
fn change(file: &Path, edit: impl FnOnce(&str) -> String) {
    let text = fs::read_to_string(file).expect("the package has the file");
    let edited = edit(&text);
    assert_ne!(edited, text, "{file:?}");
    fs::write(file, edited).expect("the package can be written");
}

/// What is built against the package, each once for a test process.
static BUILT: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());

/// The plugin of a folder of `tests/fixtures/kept`, built without the network; each
/// once for a test process.
pub fn kept_plugin(version: &str, kind: &str) -> PathBuf {
    once(&format!("{version}/{kind}"), |work| {
        let fixture = root().join("tests/fixtures/kept");
        let fixture = fixture.join(version).join(kind);
        fs::create_dir_all(work.join("src")).expect("the target folder can be written");
        for file in ["Cargo.toml", "src/lib.rs"] {
            fs::copy(fixture.join(file), work.join(file)).expect("the fixture is there");
        }
        format!("libkept_{kind}.so")
    })
}

/// The plugin that `beskid plugin new` makes, with the registry's `beskid-plugin-api`,
/// built without the network; each once for a test process.
pub fn new_plugin(kind: &str) -> PathBuf {
    once(&format!("new/{kind}"), |work| {
        let around = work.parent().expect("it is in a folder");
        fs::create_dir_all(around).expect("the target folder can be written");
        let mut new = beskid(around);
        new.args(["plugin", "new", "--kind", kind, "fresh", "--path"]);
        end(new.arg(work)).succeeds();
        format!("libbeskid_{kind}_fresh.so")
    })
}

/// Writes a package into a folder that is not there, and builds the library of which
/// `write` gives the name.
fn once(name: &str, write: impl FnOnce(&Path) -> String) -> PathBuf {
    let mut plugins = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let profile = built().beskid().parent();
    let target = profile
        .and_then(Path::parent)
        .expect("target/PROFILE/beskid");
    let target = target.join("kept");
    let packaged = plugins.entry(String::new());
    let packaged = packaged.or_insert_with(|| package(&target)).clone();
    let plugin = plugins.entry(name.to_owned());
    plugin
        .or_insert_with(|| {
            let work = target.join("work").join(name);
            let _ = fs::remove_dir_all(&work);
            let library = write(&work);
            build(&work, &packaged, &target);
            target.join("debug").join(library)
        })
        .clone()
}

fn build(work: &Path, package: &Path, target: &Path) {
    // The versions that the workspace has are those that are here.
    fs::copy(root().join("Cargo.lock"), work.join("Cargo.lock")).expect("there is a lock file");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(work)
        .args(["build", "--offline", "--config"]);
    let patch = format!("patch.crates-io.beskid-plugin-api.path={package:?}");
    let output = cargo.arg(patch).arg("--target-dir").arg(target).output();
    let output = output.expect("cargo runs");
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{messages}");
}
