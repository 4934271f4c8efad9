//! `beskid test` of Beskid programs: their `test` items (TST), each in a process of its
//! own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod endings;
mod filters;
mod input;
mod names;
mod output;
mod projects;
mod reports;
mod signals;

use std::fs;
use std::path::Path;

use beskid_tests::command::{Ended, beskid, end};
use tempfile::TempDir;

/// Functions of the C library, and what tests say with.
const HEAD: &str = r#"
[Extern(Abi: "C", Library: "libc.so.6")]
pub contract C {
    unit abort();
    unit exit(i32 status);
    i32 kill(i32 process, i32 signal);
    i32 getppid();
    i32 fork();
    i32 setsid();
}

pub unit Expect(bool condition, string what) {
    if !condition { panic(what); }
}

pub unit Say(string text) {
    __syscall_write(1, text);
}
"#;

/// The line of a program that is this one of its tests.
fn line(of_tests: usize) -> usize {
    HEAD.lines().count() + of_tests
}

/// A folder with a program `t.bd` of these tests.
fn program(tests: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("t.bd"), format!("{HEAD}{tests}")).unwrap();
    folder
}

/// `beskid test t.bd` in a folder, with words of options.
fn test_in(folder: &Path, options: &str) -> Ended {
    let args = ["--extern-dlopen", "test", "t.bd"];
    end(beskid(folder).args(args).args(options.split_whitespace()))
}

/// The tests of a program, with words of options.
fn test(tests: &str, options: &str) -> Ended {
    test_in(program(tests).path(), options)
}

/// The lines of standard output without backtraces, of a command that ended with this
/// status.
#[track_caller]
fn lines(ended: &Ended, status: i32) -> Vec<&str> {
    assert_eq!(ended.status, Some(status), "{ended:#?}");
    let lines = ended.stdout.lines();
    lines
        .filter(|line| !["  at ", "  … "].iter().any(|of| line.starts_with(of)))
        .collect()
}
