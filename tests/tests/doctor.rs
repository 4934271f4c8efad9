//! `beskid doctor` says what works here, and how to mend what does not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_tests::command::{Ended, beskid, end};
use beskid_tests::plugin_files::write_stale;
use beskid_tests::tools::find;
use serde_json::Value;

fn doctor(folder: &Path, change: impl FnOnce(&mut Command)) -> Ended {
    let mut command = beskid(folder);
    command.args(["--message-format", "json", "doctor"]);
    change(&mut command);
    end(&mut command)
}

/// What was found of something.
#[track_caller]
fn check(ended: &Ended, what: &str) -> Value {
    let checks = ended
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut found = checks.filter(|check| check["check"] == what);
    found
        .next()
        .unwrap_or_else(|| panic!("nothing of `{what}` in {ended:#?}"))
}

#[test]
fn what_works_is_ok_and_each_target_says_what_it_lacks() {
    if find("cc").is_none() {
        println!("skipped: cc not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let ended = doctor(folder.path(), |_| {});
    assert_eq!(ended.status, Some(0), "{ended:#?}");
    for what in [
        "backend jit@0.1.0",
        "backend aot@0.1.0",
        "linker unix@0.1.0",
        "run in memory",
        "executable",
        "shared library",
        "static library",
        "runtime",
        "cache",
    ] {
        assert_eq!(check(&ended, what)["state"], "ok", "{what}");
    }
    // No tool for it is no fault of the machine.
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let without = doctor(folder.path(), |command| {
        command.env("PATH", &empty);
    });
    let target = check(&without, "target x86_64-pc-windows-gnu");
    assert_eq!(target["state"], "missing");
    assert!(
        target["found"].as_str().unwrap().starts_with("E4020: "),
        "{target}"
    );
    assert!(target["fix"].as_str().is_some(), "{target}");
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing is left"
    );
}

#[test]
fn what_is_wrong_has_a_fix_and_a_status() {
    let folder = tempfile::tempdir().unwrap();
    let ended = doctor(folder.path(), |command| {
        command.env("CC", "no-such-compiler");
    });
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    let executable = check(&ended, "executable");
    assert_eq!(executable["state"], "wrong");
    assert!(executable["found"].as_str().unwrap().starts_with("E4020: "));
    assert!(executable["fix"].as_str().is_some());
    assert_eq!(check(&ended, "run in memory")["state"], "ok");

    let plugins = folder.path().join("plugins");
    fs::create_dir(&plugins).unwrap();
    write_stale(&plugins.join("stale.so"));
    let mut command = beskid(folder.path());
    let text = end(command.arg("--plugin-dir").arg(&plugins).arg("doctor"));
    assert_eq!(text.status, Some(1), "{text:#?}");
    let mut lines = text.stdout.lines();
    let line = lines.find(|line| line.starts_with("wrong")).unwrap();
    assert!(line.contains("faulty") && line.contains("E5105"), "{line}");
    assert!(
        lines.next().unwrap().starts_with("         fix: rebuild"),
        "{text:#?}"
    );
}
