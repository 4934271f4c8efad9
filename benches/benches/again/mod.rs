//! Builds after a build: of the same program, and of one in which a function has changed,
//! against builds without what earlier ones made.

use std::cell::Cell;
use std::path::Path;
use std::process::Command;

use beskid_benches::{Rows, large_program};

/// Functions of the program.
const FUNCTIONS: usize = 4000;
/// A constant of a function in the middle.
const CONSTANT: &str = "x * 2000 + y";

/// Compares the sides in turns, and gives the medians on the clock.
pub type Compare<'c> = &'c dyn Fn([&dyn Fn() -> Command; 3]) -> [f64; 3];

/// The rows. `beskid` makes the command `build` in a folder, with a cache.
pub fn rows(folder: &Path, beskid: &dyn Fn(&str) -> Command, compare: Compare<'_>, rows: Rows) {
    let source = large_program(FUNCTIONS);
    let write = |name: &str, constant: usize| {
        let text = source.replacen(CONSTANT, &format!("x * {constant} + y"), 1);
        std::fs::write(folder.join(name), text).unwrap();
    };
    for name in ["first.bd", "same.bd", "edited.bd"] {
        write(name, 2000);
    }
    let turn = Cell::new(2001);
    let first = || {
        let mut command = beskid("first.bd");
        command.arg("--no-cache");
        command
    };
    let same = || beskid("same.bd");
    let edited = || {
        // Another state of the program each time, which no cache has seen.
        write("edited.bd", turn.replace(turn.get() + 1));
        beskid("edited.bd")
    };
    let [first, same, edited] = compare([&first, &same, &edited]);
    rows.row(
        "build again ÷ first build, unchanged, 4,000 functions",
        "s",
        (same, first),
    );
    rows.row(
        "build again ÷ first build, one function changed, 4,000 functions",
        "s",
        (edited, first),
    );
}
