//! The front end against `tcc -c`, which also reads a source once: `cargo bench -p
//! beskid-benches --bench front [-- --json]`.
//!
//! Whole commands, on the wall: `beskid analyze` on a program, and the C compiler on
//! the same program in C. Two sizes show that the time is linear.
#![allow(clippy::unwrap_used, reason = "measurements")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use beskid_benches::{Rows, compare, large_program, large_program_in_c, timed};

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
        let analyze = || run(Command::new(&beskid).arg("analyze").arg(&ours));
        let object = scratch.path().join("program.o");
        let compile = || {
            run(Command::new("tcc")
                .arg("-c")
                .arg(&theirs)
                .arg("-o")
                .arg(&object))
        };
        if Command::new("tcc")
            .arg("-v")
            .stdout(Stdio::null())
            .status()
            .is_err()
        {
            rows.skipped(&what, "tcc");
            continue;
        }
        let times = compare(|| timed(true, analyze), || timed(true, compile));
        rows.row(&what, "s", times);
    }
}

fn run(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}

/// The release build of the compiler, made now if it is older than its sources.
fn beskid() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut build = Command::new(cargo);
    build
        .current_dir(root)
        .args(["build", "--quiet", "--release", "-p", "beskid-host"]);
    run(&mut build);
    // `target/tmp` lies beside it.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    target.join("release/beskid")
}
