//! What a command costs from start to end, against the peers that people have:
//! `cargo bench -p beskid-benches --bench commands [-- --json] [--runs N]`.
//!
//! Both sides of a row take turns, and the medians are compared: the clock on
//! the wall, or the time of the processor in the process and all that it has
//! started. `--json` writes one JSON object a row.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "measurements"
)]

mod again;
mod child;

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use beskid_benches::{Rows, is_installed, median, products};
use child::{Usage, run as once};
use tempfile::TempDir;

/// Turns of each comparison, if not said otherwise.
const RUNS: usize = 60;
/// The least difference of two times, in seconds.
const LEAST: f64 = 1e-6;

const HELLO_BD: &str = include_str!("../../examples/hello.bd");
const HELLO_C: &str = "#include <stdio.h>\n\nint main(void) {\n    fputs(\"hello\\n\", stdout);\n    \
                       return 0;\n}\n";
const EMPTY_C: &str = "int main(void) { return 0; }\n";
/// Opens a library as the host does, and nothing else.
const OPEN_C: &str = "#include <dlfcn.h>\n\nint main(int n, char **args) {\n    \
                      return n < 2 || !dlopen(args[1], RTLD_NOW | RTLD_LOCAL);\n}\n";

fn main() {
    let args = std::env::args().skip(1).collect::<Vec<_>>();
    let runs = args.iter().position(|arg| arg == "--runs");
    let runs = runs.map_or(RUNS, |at| args[at + 1].parse().unwrap());
    let rows = Rows::new("commands");
    let place = Place::new();
    run(&place, runs, rows);
    build(&place, runs, rows);
    plugin(&place, runs, rows);
    again(&place, runs, rows);
}

/// `beskid build` after `beskid build`.
fn again(place: &Place, runs: usize, rows: Rows) {
    let build = |name: &str| {
        let output = name.replace(".bd", "");
        let mut command = place.beskid(["build", name, "-o", &output]);
        command.env("BESKID_BUILD_CACHE", "yes");
        command
    };
    let wall = |sides: [&dyn Fn() -> Command; 3]| compare(runs.div_ceil(6), sides)[1];
    again::rows(place.folder.path(), &build, &wall, rows);
}

/// `beskid run hello.bd` and `tcc -run hello.c`.
fn run(place: &Place, runs: usize, rows: Rows) {
    let names = ["CPU", "wall"].map(|of| format!("run hello ÷ tcc -run, {of}"));
    if !is_installed("tcc") {
        return names.iter().for_each(|name| rows.skipped(name, "tcc"));
    }
    let ours = || place.beskid(["run", "hello.bd"]);
    let theirs = || place.command("tcc", ["-run", "hello.c"]);
    let [cpu, wall] = compare(runs, [&ours, &theirs]);
    rows.row(&names[0], "s", cpu.into());
    rows.row(&names[1], "s", wall.into());
}

/// `beskid build hello.bd` and the C compilers, with the same linker.
fn build(place: &Place, runs: usize, rows: Rows) {
    for (linker, name) in [("bfd", "ld.bfd"), ("mold", "mold")] {
        let what = format!("build hello ÷ cc -O0, {name}");
        let missing = ["cc", name].into_iter().find(|tool| !is_installed(tool));
        if let Some(missing) = missing {
            rows.skipped(&what, missing);
            continue;
        }
        let linker = format!("-fuse-ld={linker}");
        let ours = || {
            let mut command = place.beskid(["build", "hello.bd", "-o", "ours"]);
            command.env("CC", format!("cc {linker}"));
            command
        };
        let theirs = || place.command("cc", ["-O0", &linker, "hello.c", "-o", "theirs"]);
        let [_, wall] = compare(runs, [&ours, &theirs]);
        rows.row(&what, "s", wall.into());
    }
    let what = "build hello ÷ tcc";
    match is_installed("tcc") {
        true => {
            let ours = || place.beskid(["build", "hello.bd", "-o", "ours"]);
            let theirs = || place.command("tcc", ["hello.c", "-o", "theirs"]);
            let [_, wall] = compare(runs, [&ours, &theirs]);
            rows.row(what, "s", wall.into());
        }
        false => rows.skipped(what, "tcc"),
    }
}

/// What a plugin adds to a run, and what opening the same file adds to an
/// empty program. The first row's plugin is used, the second one's is not.
fn plugin(place: &Place, runs: usize, rows: Rows) {
    let cases = [("jit", "used"), ("aot", "not used")];
    let what = |use_: &str| format!("plugin load and gate, {use_} ÷ dlopen, wall");
    if !is_installed("cc") {
        return cases
            .iter()
            .for_each(|(_, use_)| rows.skipped(&what(use_), "cc"));
    }
    let empty = place.compiled("empty", EMPTY_C);
    let open = place.compiled("open", OPEN_C);
    for (backend, use_) in cases {
        let file = format!("libbeskid_backend_{backend}_plugin.so");
        let file = place.folder.path().join(file);
        let file = file.to_str().unwrap();
        let plain = || place.beskid(["run", "hello.bd"]);
        let with = || place.beskid(["--plugin", file, "run", "hello.bd"]);
        let nothing = || place.command(&empty, [""; 0]);
        let dlopen = || place.command(&open, [file]);
        let sides: [&dyn Fn() -> Command; 4] = [&with, &plain, &dlopen, &nothing];
        let [_, [with, plain, dlopen, nothing]] = compare(runs, sides);
        // What is less than it can be measured is no ratio.
        let beyond = |all: f64, base: f64| (all - base).max(LEAST);
        let added = [beyond(with, plain), beyond(dlopen, nothing)];
        rows.row(&what(use_), "s", added.into());
    }
}

/// Where programs, sources and outputs are.
struct Place {
    folder: TempDir,
}

/// What is built and measured: the command, and a plugin of each use.
const PRODUCTS: [(&str, &str); 3] = [
    ("beskid-host", "beskid"),
    (
        "beskid-backend-jit-plugin",
        "libbeskid_backend_jit_plugin.so",
    ),
    (
        "beskid-backend-aot-plugin",
        "libbeskid_backend_aot_plugin.so",
    ),
];

impl Place {
    fn new() -> Self {
        let built = products(&PRODUCTS.map(|(package, _)| package));
        let folder = tempfile::tempdir().unwrap();
        // As an installation does, and the peers are installed: what a linker has
        // just written lies in memory in small pieces, and is mapped as slowly.
        for (_, file) in PRODUCTS {
            std::fs::copy(built.join(file), folder.path().join(file)).unwrap();
        }
        for (name, text) in [("hello.bd", HELLO_BD), ("hello.c", HELLO_C)] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self { folder }
    }

    fn command(
        &self,
        program: impl AsRef<OsStr>,
        args: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Command {
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("XDG_CACHE_HOME", self.folder.path().join("cache"));
        command
    }

    fn beskid<const N: usize>(&self, args: [&str; N]) -> Command {
        let mut command = self.command(self.folder.path().join("beskid"), args);
        // What comes of a build is not to be found by the next turn.
        command.env_remove("CC").env("BESKID_BUILD_CACHE", "no");
        command
    }

    /// The path of a compiled C program.
    fn compiled(&self, name: &str, source: &str) -> PathBuf {
        let (file, output) = (format!("{name}.c"), self.folder.path().join(name));
        std::fs::write(self.folder.path().join(&file), source).unwrap();
        let mut cc = self.command("cc", ["-O2", &file, "-ldl", "-o", name]);
        assert!(cc.status().unwrap().success());
        output
    }
}

/// The medians of each side, which take turns: first the processor's time,
/// then the clock's.
fn compare<const N: usize>(runs: usize, sides: [&dyn Fn() -> Command; N]) -> [[f64; N]; 2] {
    let mut taken = [const { Vec::new() }; N];
    // The first run of each fills caches.
    for turn in 0..=runs {
        for (side, taken) in sides.iter().zip(&mut taken) {
            let usage = once(&mut side());
            if turn > 0 {
                taken.push(usage);
            }
        }
    }
    let medians = |of: fn(&Usage) -> f64| {
        taken
            .each_ref()
            .map(|taken| median(taken.iter().map(of).collect()))
    };
    [
        medians(|usage| usage.processor),
        medians(|usage| usage.wall),
    ]
}
