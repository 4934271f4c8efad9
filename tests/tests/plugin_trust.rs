//! Files that somebody else may have changed are not loaded, and files that must
//! be signed are.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

use beskid_tests::desk::Desk;
use beskid_tests::plugin_files::{change, write_faulty};
use minisign::KeyPair;

/// A desk with a plugin in the folder `dir`.
fn desk() -> Desk {
    let desk = Desk::new();
    fs::create_dir(desk.path("dir")).unwrap();
    write_faulty(&desk.path(FILE), "0.1.4");
    desk
}

const FILE: &str = "dir/faulty.so";
/// The options to find it.
const DIR: &str = "--plugin-dir dir";

/// The user's file of settings says that the plugin must be signed.
fn pin(desk: &Desk, key: &str) {
    fs::create_dir_all(desk.path("config/beskid")).unwrap();
    let text = format!("[plugins.faulty]\nkey = \"{key}\"\n");
    fs::write(desk.path("config/beskid/config.toml"), text).unwrap();
}

fn permit(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn what_everybody_may_write_is_refused_when_it_is_needed() {
    let desk = desk();
    assert_eq!(desk.uses(DIR).succeeds(), "42\n");
    permit(&desk.path(FILE), 0o666);
    let message = desk.uses(DIR).fails_with("E5142");
    assert!(message.contains("chmod o-w"), "{message}");
    permit(&desk.path(FILE), 0o644);
    permit(&desk.path("dir"), 0o777);
    let message = desk.uses(DIR).fails_with("E5142");
    assert!(
        message.contains("everybody may put files into it"),
        "{message}"
    );
    let named = "--plugin dir/faulty.so --backend faulty run p.bd";
    desk.run(named).fails_with("E5142");
    let listed = desk.run("--plugin-dir dir plugin list").succeeds();
    assert!(listed.contains("E5142"), "{listed}");
    assert_eq!(desk.run("--plugin-dir dir run p.bd").succeeds(), "42\n");
    // A copy is the user's own.
    desk.run("plugin add dir/faulty.so").succeeds();
    assert_eq!(desk.run("--backend faulty run p.bd").succeeds(), "42\n");
    permit(&desk.path("data/beskid/plugins"), 0o777);
    desk.run("plugin add dir/faulty.so").fails_with("E5142");
    desk.run("--backend faulty run p.bd").fails_with("E5142");
}

#[test]
fn files_of_another_user_are_refused() {
    let desk = desk();
    if chown(desk.path(FILE), Some(65534), None).is_err() {
        println!("skipped: files cannot be given to another user here");
        return;
    }
    let message = desk.uses(DIR).fails_with("E5142");
    assert!(message.contains("another user, number 65534"), "{message}");
}

/// The line of letters of a public key.
fn line(key: &KeyPair) -> String {
    key.pk.to_base64()
}

fn sign(key: &KeyPair, file: &Path) {
    let contents = fs::File::open(file).unwrap();
    let signature = minisign::sign(None, &key.sk, contents, None, None).unwrap();
    let mut place = file.as_os_str().to_owned();
    place.push(".minisig");
    fs::write(place, signature.to_string()).unwrap();
}

#[test]
fn where_a_key_is_pinned_only_what_it_signed_is_loaded() {
    let desk = desk();
    let (key, other) = (
        KeyPair::generate_unencrypted_keypair().unwrap(),
        KeyPair::generate_unencrypted_keypair().unwrap(),
    );
    pin(&desk, &line(&key));
    let message = desk.uses(DIR).fails_with("E5145");
    assert!(message.contains("faulty.so.minisig"), "{message}");
    desk.run("plugin add dir/faulty.so").fails_with("E5145");
    desk.run("--plugin dir/faulty.so run p.bd")
        .fails_with("E5145");
    assert_eq!(desk.run("--plugin-dir dir run p.bd").succeeds(), "42\n");
    sign(&other, &desk.path(FILE));
    desk.uses(DIR).fails_with("E5145");
    sign(&key, &desk.path(FILE));
    assert_eq!(desk.uses(DIR).succeeds(), "42\n");
    desk.run("plugin add dir/faulty.so").succeeds();
    assert_eq!(desk.run("--backend faulty run p.bd").succeeds(), "42\n");
    assert!(desk.run("plugin list").succeeds().contains("active"));

    change(&desk.path(FILE));
    desk.uses(DIR).fails_with("E5145");
    let mut signature = desk.path(FILE).into_os_string();
    signature.push(".minisig");
    for text in ["", "untrusted comment: x\nnonsense", "\u{1f}"] {
        fs::write(&signature, text).unwrap();
        desk.uses(DIR).fails_with("E5145");
    }
    fs::write(&signature, vec![b'x'; 1 << 20]).unwrap();
    desk.uses(DIR).fails_with("E5145");
    // Before anything else of the file is looked at.
    let bytes = fs::read(desk.path(FILE)).unwrap();
    fs::write(desk.path(FILE), &bytes[..bytes.len() / 2]).unwrap();
    desk.uses(DIR).fails_with("E5145");
}

#[test]
fn a_key_that_is_none_is_an_error_of_the_settings() {
    let desk = desk();
    pin(&desk, "RWnonsense");
    let message = desk.uses(DIR).fails_with("E5301");
    assert!(message.contains("plugins.faulty.key"), "{message}");
    // A project may not pin another key before it is trusted.
    fs::remove_dir_all(desk.path("config")).unwrap();
    fs::write(desk.path("beskid.toml"), "[plugins.faulty]\nkey = \"x\"\n").unwrap();
    let message = desk.uses(DIR).fails_with("E5302");
    assert!(message.contains("`plugins`"), "{message}");
}
