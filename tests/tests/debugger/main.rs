//! Programs under GDB: linked ones and those in memory show the same.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod collected;
mod dwarf;
mod lldb;
mod places;
mod program;
mod transcript;
mod values;

use beskid_tests::built::root;
use beskid_tests::workshop::Workshop;

use program::{Way, ways, workshop};
use transcript::transcript;

/// What is asked, after the program was started.
const COMMANDS: &[&str] = &[
    "backtrace 2",
    "info args",
    "next",
    "info locals",
    "print n * 2",
    "up",
    "print p",
    "print *q",
    "print q->y",
    "print list",
    "print list[1]",
    "print flag",
    "print letter",
    "print maybe",
    "ptype p",
    "ptype maybe",
    "ptype twice",
    "whatis total",
    "frame 0",
    "finish",
    "next",
    "info locals",
    "delete",
    "watch total",
    "continue",
    "continue",
    "delete",
    "step",
    "step",
    "finish",
    "tbreak program.c:20",
    "continue",
    "print total",
];

fn golden(name: &str) -> std::path::PathBuf {
    root().join("tests/tests/debugger").join(name)
}

#[test]
fn gdb_shows_the_same_of_programs_in_memory_and_of_linked_ones() {
    let Some(workshop) = workshop(&["gdb", "cc"]) else {
        return;
    };
    compare(
        &workshop,
        "transcript.txt",
        &["break program.c:6"],
        COMMANDS,
    );
}

/// Compares what GDB prints, in each way in which the program runs, with what it printed.
fn compare(workshop: &Workshop, name: &str, before: &[&str], commands: &[&str]) {
    let expected = golden(name);
    for way in ways() {
        let found = transcript(workshop, way, before, commands);
        if std::env::var_os("BESKID_BLESS").is_some() && way == Way::Linked("linked") {
            std::fs::write(&expected, &found).unwrap();
        }
        let wanted = std::fs::read_to_string(&expected).unwrap();
        assert_eq!(found, wanted, "{way:?}");
    }
}

#[test]
fn gdb_breaks_where_a_function_begins() {
    let Some(workshop) = workshop(&["gdb", "cc"]) else {
        return;
    };
    for way in ways() {
        let found = transcript(&workshop, way, &["break twice"], &["backtrace 1"]);
        assert!(
            found.contains("twice (n=7) at program.c:6\n"),
            "{way:?}: {found}"
        );
    }
}

/// Lines of standard output of a tool, sorted.
fn lines(workshop: &Workshop, line: &str) -> Vec<String> {
    let output = workshop.sh(line);
    output.lines().map(str::to_owned).collect()
}
