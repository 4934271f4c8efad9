//! The collector of the runtime: `cargo bench -p beskid-benches --bench collector
//! [-- --json]`.
//!
//! The programs of `benches/collector/` are C that does what compiled code does, with
//! the archive of the runtime. Binary trees are compared with the same in C with
//! `malloc` and `free`, and with Boehm's collector, where it is installed. How much of
//! the time is spent collecting, and how much memory is used, is compared with what may be.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "measurements"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use beskid_benches::{Rows, is_installed, median};

/// Runs of each executable.
const ROUNDS: usize = 7;
/// What the programs that are to have bounded memory allocate, in MB.
const TOTAL: &str = "10000";
/// What they may use, in kB.
const MEMORY: f64 = 65536.0;

fn main() {
    let rows = Rows::new("collector");
    let rows_of_trees = [
        ("trees of depth 18 ÷ malloc and free", "", true),
        ("trees of depth 18 ÷ Boehm", "-DBOEHM -lgc", has_boehm()),
    ];
    if !is_installed("gcc") {
        for (what, ..) in rows_of_trees {
            rows.skipped(what, "gcc");
        }
        return;
    }
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("collector");
    fs::create_dir_all(&scratch).unwrap();
    let runtime = archive(&scratch);
    let ours = compiled(&scratch, "trees", "ours", &[runtime.to_str().unwrap()]);
    for (what, flags, is_there) in rows_of_trees {
        if !is_there {
            rows.skipped(what, "libgc");
            continue;
        }
        let flags = ["-DPEER"].into_iter().chain(flags.split_whitespace());
        let peer = compiled(&scratch, "trees", "peer", &flags.collect::<Vec<_>>());
        let (mut times, mut others) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let outputs = [&ours, &peer].map(|program| run(program, &["18"]));
            assert_eq!(outputs[0].stdout, outputs[1].stdout);
            let [our, other] = outputs.map(|output| numbers(&output.stderr)[0]);
            times.push(our);
            others.push(other);
        }
        rows.row(what, "s", (median(times), median(others)));
    }
    let churn = compiled(&scratch, "churn", "ours", &[runtime.to_str().unwrap()]);
    for how in ["kept", "replaced"] {
        let runs = [(); ROUNDS].map(|()| numbers(&run(&churn, &[how, TOTAL]).stdout));
        let of = |index: usize| median(runs.iter().map(|run| run[index]).collect());
        let what = format!("collecting ÷ all, 10 GB with 10 MB live, {how}");
        rows.row(&what, "s", (of(1), of(0)));
        let what = format!("peak memory ÷ 64 MB, 10 GB with 10 MB live, {how}");
        rows.row(&what, "kB", (of(2), MEMORY));
    }
}

fn has_boehm() -> bool {
    Path::new("/usr/include/gc.h").exists()
}

/// The runtime as its documentation says, with the compiler's support library.
fn archive(scratch: &Path) -> PathBuf {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime");
    let flags = fs::read_to_string(runtime.join("archive-flags.txt")).unwrap();
    let path = scratch.join("libruntime.a");
    let mut rustc = Command::new("rustc");
    rustc.args(flags.lines()).arg("-o").arg(&path);
    rustc.arg(runtime.join("src/lib.rs"));
    assert!(rustc.status().unwrap().success(), "{rustc:?}");
    path
}

fn compiled(scratch: &Path, name: &str, side: &str, more: &[&str]) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("collector");
    let path = scratch.join(format!("{name}-{side}"));
    let mut gcc = Command::new("gcc");
    gcc.args(["-O2", "-Wall", "-Werror", "-Wl,--gc-sections", "-o"]);
    gcc.arg(&path).arg(folder.join(format!("{name}.c")));
    gcc.args(more);
    assert!(gcc.status().unwrap().success(), "{gcc:?}");
    path
}

fn run(program: &Path, arguments: &[&str]) -> Output {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program:?}: {output:?}");
    output
}

fn numbers(text: &[u8]) -> Vec<f64> {
    let text = std::str::from_utf8(text).unwrap();
    let numbers = text.split_whitespace();
    numbers.map(|number| number.parse().unwrap()).collect()
}
