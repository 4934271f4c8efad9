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
use std::path::{Path, PathBuf};

use beskid_tests::command::{Ended, beskid, end};
use beskid_tests::plugin_files::{change, write_faulty};
use minisign::KeyPair;

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("p.bd"),
            "i32 main() { return 40 + 2; }\n",
        )
        .unwrap();
        let desk = Self { folder };
        fs::create_dir(desk.path("dir")).unwrap();
        write_faulty(&desk.file(), "0.1.4");
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self) -> PathBuf {
        self.path("dir/faulty.so")
    }

    fn run(&self, line: &str) -> Ended {
        let mut command = beskid(self.folder.path());
        command.env("XDG_DATA_HOME", self.path("data"));
        command.env("XDG_CACHE_HOME", self.path("cache"));
        command.env("XDG_CONFIG_HOME", self.path("config"));
        end(command.args(line.split_whitespace()))
    }

    fn uses(&self) -> Ended {
        self.run("--plugin-dir dir --backend faulty run p.bd")
    }

    /// The user's file of settings says that the plugin must be signed.
    fn pin(&self, key: &str) {
        fs::create_dir_all(self.path("config/beskid")).unwrap();
        let text = format!("[plugins.faulty]\nkey = \"{key}\"\n");
        fs::write(self.path("config/beskid/config.toml"), text).unwrap();
    }
}

fn permit(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn what_everybody_may_write_is_refused_when_it_is_needed() {
    let desk = Desk::new();
    assert_eq!(desk.uses().succeeds(), "42\n");
    permit(&desk.file(), 0o666);
    let message = desk.uses().fails_with("E5142");
    assert!(message.contains("chmod o-w"), "{message}");
    permit(&desk.file(), 0o644);
    permit(&desk.path("dir"), 0o777);
    let message = desk.uses().fails_with("E5142");
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
    let desk = Desk::new();
    if chown(desk.file(), Some(65534), None).is_err() {
        println!("skipped: files cannot be given to another user here");
        return;
    }
    let message = desk.uses().fails_with("E5142");
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
    let desk = Desk::new();
    let (key, other) = (
        KeyPair::generate_unencrypted_keypair().unwrap(),
        KeyPair::generate_unencrypted_keypair().unwrap(),
    );
    desk.pin(&line(&key));
    let message = desk.uses().fails_with("E5145");
    assert!(message.contains("faulty.so.minisig"), "{message}");
    desk.run("plugin add dir/faulty.so").fails_with("E5145");
    desk.run("--plugin dir/faulty.so run p.bd")
        .fails_with("E5145");
    assert_eq!(desk.run("--plugin-dir dir run p.bd").succeeds(), "42\n");
    sign(&other, &desk.file());
    desk.uses().fails_with("E5145");
    sign(&key, &desk.file());
    assert_eq!(desk.uses().succeeds(), "42\n");
    desk.run("plugin add dir/faulty.so").succeeds();
    assert_eq!(desk.run("--backend faulty run p.bd").succeeds(), "42\n");
    assert!(desk.run("plugin list").succeeds().contains("active"));

    change(&desk.file());
    desk.uses().fails_with("E5145");
    let mut signature = desk.file().into_os_string();
    signature.push(".minisig");
    for text in ["", "untrusted comment: x\nnonsense", "\u{1f}"] {
        fs::write(&signature, text).unwrap();
        desk.uses().fails_with("E5145");
    }
    fs::write(&signature, vec![b'x'; 1 << 20]).unwrap();
    desk.uses().fails_with("E5145");
    // Before anything else of the file is looked at.
    let bytes = fs::read(desk.file()).unwrap();
    fs::write(desk.file(), &bytes[..bytes.len() / 2]).unwrap();
    desk.uses().fails_with("E5145");
}

#[test]
fn a_key_that_is_none_is_an_error_of_the_settings() {
    let desk = Desk::new();
    desk.pin("RWnonsense");
    let message = desk.uses().fails_with("E5301");
    assert!(message.contains("plugins.faulty.key"), "{message}");
    // A project may not pin another key before it is trusted.
    fs::remove_dir_all(desk.path("config")).unwrap();
    fs::write(desk.path("beskid.toml"), "[plugins.faulty]\nkey = \"x\"\n").unwrap();
    let message = desk.uses().fails_with("E5302");
    assert!(message.contains("`plugins`"), "{message}");
}
