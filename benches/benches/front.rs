//! The front end against `tcc -c`, which also reads a source once: `cargo bench -p
//! beskid-benches --bench front [-- --json]`.
//!
//! Whole commands, on the wall: `beskid analyze` on a program, and the C compiler on
//! the same program in C. Two sizes show that the time is linear. A program of every
//! kind of item, statement and expression is compared with a million lines a second.
#![allow(clippy::unwrap_used, reason = "measurements")]

use std::fs;
use std::process::Command;

use beskid_benches::{
    Rows, beskid, compare, is_installed, large_program, large_program_in_c, mixed_program, timed,
};

/// How many lines are to be analyzed in a second.
const LINES_A_SECOND: f64 = 1e6;
/// Lines of a function of the program.
const LINES: usize = 15;

fn main() {
    let rows = Rows::new("front");
    let beskid = beskid();
    let scratch = tempfile::tempdir().unwrap();
    for (lines, name) in [(10_000, "10,000"), (100_000, "100,000")] {
        let what = format!("analyze {name} lines ÷ tcc -c");
        let functions = lines / LINES;
        let ours = scratch.path().join("program.bd");
        let theirs = scratch.path().join("program.c");
        fs::write(&ours, large_program(functions)).unwrap();
        fs::write(&theirs, large_program_in_c(functions)).unwrap();
        let analyze = || {
            run(Command::new(&beskid)
                .args(["--no-cache", "analyze"])
                .arg(&ours))
        };
        let object = scratch.path().join("program.o");
        let compile = || {
            run(Command::new("tcc")
                .arg("-c")
                .arg(&theirs)
                .arg("-o")
                .arg(&object))
        };
        if !is_installed("tcc") {
            rows.skipped(&what, "tcc");
            continue;
        }
        let times = compare(|| timed(true, analyze), || timed(true, compile));
        rows.row(&what, "s", times);
    }
    for (lines, name) in [(10_000, "10,000"), (100_000, "100,000")] {
        let mixed = scratch.path().join("mixed.bd");
        let source = mixed_program(lines);
        fs::write(&mixed, &source).unwrap();
        let analyze = || {
            run(Command::new(&beskid)
                .args(["--no-cache", "analyze"])
                .arg(&mixed))
        };
        let allowed = source.lines().count() as f64 / LINES_A_SECOND;
        let times = compare(|| timed(true, analyze), || allowed);
        let what = format!("analyze {name} mixed lines ÷ a million lines a second");
        rows.row(&what, "s", times);
    }
}

fn run(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}
