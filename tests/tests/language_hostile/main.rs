//! Hostile programs of the language: too deep, too long, cut, doubled, in
//! circles, without an end. Each is an error or runs; none is a crash, and none
//! takes long.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod circles;
mod doubled;
mod many;
mod nested;
mod running;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_tests::command::{Ended, beskid, end};

/// Seconds that a command may take, on a busy machine too.
const PATIENCE: &str = "120";

/// Runs a command of `beskid` on the files of a folder, with a limit of time and
/// perhaps one of address space, in KiB.
fn command(folder: &Path, args: &[&str], kibibytes: Option<u64>) -> Ended {
    let ours = beskid(folder);
    let limit = kibibytes.map_or_else(|| "unlimited".to_owned(), |limit| limit.to_string());
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v $0; exec timeout -s KILL \"$@\"", &limit]);
    command.arg(PATIENCE).arg(ours.get_program());
    command.args(["--message-format", "plain"]).args(args);
    command.current_dir(folder);
    for (name, value) in ours.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    end(&mut command)
}

/// Runs a program of one file.
fn run_bytes(bytes: &[u8]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main.bd"), bytes).unwrap();
    command(folder.path(), &["run", "main.bd"], None)
}

fn run_text(text: &str) -> Ended {
    run_bytes(text.as_bytes())
}

/// The begin of a text, for messages.
fn start(text: &str) -> String {
    text.chars().take(200).collect()
}

/// The codes of the errors, each once.
fn codes(ended: &Ended) -> BTreeSet<&str> {
    let told = [&ended.stderr, &ended.stdout];
    let parts = told
        .into_iter()
        .flat_map(|text| text.split("error[").skip(1));
    parts
        .filter_map(|part| Some(part.split_once(']')?.0))
        .collect()
}

/// Fails if a compiler crashed, panicked or did not end; an answer is 0 or 1.
#[track_caller]
fn answers(ended: &Ended, what: &str) {
    assert!(
        matches!(ended.status, Some(0 | 1)) && !ended.stderr.contains("panicked"),
        "{:?} {} of {}",
        ended.status,
        start(&ended.stderr),
        start(what)
    );
}

/// A program is refused with errors of these codes and no others, in few words.
#[track_caller]
fn refused(text: &str, expected: &[&str]) -> Ended {
    let ended = run_text(text);
    answers(&ended, text);
    assert_eq!(ended.status, Some(1), "{}", start(text));
    let expected = expected.iter().copied().collect::<BTreeSet<_>>();
    assert_eq!(codes(&ended), expected, "{}", start(text));
    assert!(
        ended.stderr.len() < 100_000,
        "{} bytes of messages for {}",
        ended.stderr.len(),
        start(text)
    );
    ended
}

/// A program is refused because it is nested too deeply.
#[track_caller]
fn too_deep(text: &str) {
    let ended = run_text(text);
    answers(&ended, text);
    assert_eq!(ended.status, Some(1), "{}", start(text));
    let found = codes(&ended);
    assert!(found.contains("E0011"), "{found:?} for {}", start(text));
    assert!(ended.stderr.len() < 100_000, "{}", start(text));
}

/// A program runs and prints this, with the value of its `main`.
#[track_caller]
fn prints(text: &str, expected: &str) {
    let ended = run_text(text);
    assert_eq!(
        ended.status,
        Some(0),
        "{} {}",
        start(&ended.stderr),
        start(text)
    );
    assert_eq!(ended.stdout, expected, "{}", start(text));
}

/// What repeats with its number.
fn many(count: usize, mut piece: impl FnMut(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, index| {
        text += &piece(index);
        text
    })
}
