//! What the tests of foreign functions share: programs in CLIF text, libraries
//! in C, and the ways in which a program is taken.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::command::{Ended, beskid, end};

/// Runs `p.clif` in memory, with its libraries loaded.
pub const LOADED: [&str; 3] = ["--extern-dlopen", "run", "p.clif"];
/// Runs `p.clif` from a linked library.
pub const LINKED: [&str; 4] = ["--backend", "aot", "run", "p.clif"];
/// Builds `p.clif` into `out`.
pub const BUILT: [&str; 4] = ["build", "p.clif", "-o", "out"];

/// A function, every kind of symbol that is none, and a function that is
/// chosen while the program starts.
pub const SYMBOLS: &str = "\
int next(int x) { return x + 1; }
int counter = 5;
const int fixed = 7;
__thread int own = 3;
static int chosen(int x) { return x + 2; }
static void *choose(void) { return chosen; }
int indirect(int) __attribute__((ifunc(\"choose\")));
";

/// A program that calls `symbol` of `library`, which takes and returns an
/// `i32`.
#[must_use]
pub fn calling(symbol: &str, library: &str) -> String {
    format!(
        "; extern: %{symbol} {library}\nfunction %main() -> i32 system_v {{\n    \
         fn0 = %{symbol}(i32) -> i32 system_v\nblock0:\n    v0 = iconst.i32 41\n    \
         v1 = call fn0(v0)\n    return v1\n}}\n"
    )
}

/// Compiles a C source into a shared library.
#[track_caller]
pub fn library(folder: &Path, source: &str, output: &str) {
    fs::write(folder.join("source.c"), source).expect("the folder can be used");
    let args = ["-shared", "-fPIC", "source.c", "-o", output];
    end(Command::new("cc").current_dir(folder).args(args)).succeeds();
}

/// Runs `beskid` with a variable.
pub fn with_variable(folder: &Path, name: &str, value: impl AsRef<OsStr>, args: &[&str]) -> Ended {
    end(beskid(folder).env(name, value).args(args))
}

/// No output, and nothing half made, is left.
#[track_caller]
pub fn nothing_left(folder: &Path) {
    for entry in fs::read_dir(folder).expect("the folder can be used") {
        let name = entry
            .expect("the folder can be used")
            .file_name()
            .into_string()
            .unwrap_or_default();
        assert!(name != "out" && !name.starts_with(".beskid"), "{name}");
    }
}
