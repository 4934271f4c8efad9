//! The code of programs against that of C's compilers: `cargo bench -p beskid-benches
//! --bench code [-- --json] [-- NAME…]`.
//!
//! Each program of `benches/programs/` has a twin in C that does the same and prints
//! the same. They take turns, and the medians of the processor's time are compared.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "measurements"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use beskid_benches::{Rows, beskid, is_installed, median};

/// Runs of each executable.
const ROUNDS: usize = 5;

/// What an executable was built with.
struct Built {
    with: &'static str,
    path: PathBuf,
    times: Vec<f64>,
}

fn main() {
    let names = std::env::args().skip(1);
    let names = names.filter(|argument| !argument.starts_with('-'));
    let names = names.collect::<Vec<_>>();
    let rows = Rows::new("code");
    let beskid = beskid();
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("code");
    fs::create_dir_all(&scratch).unwrap();
    let mut ratios = Vec::<(&str, Vec<f64>)>::new();
    for program in programs(&names) {
        let name = program.file_stem().unwrap().to_str().unwrap();
        let mut all = build(&beskid, &program, &scratch);
        run_in_turns(name, &mut all);
        let ours = median(all[0].times.clone());
        for other in &all[1..] {
            let theirs = median(other.times.clone());
            let what = format!("{name} ÷ {}", other.with);
            rows.row(&what, "s", (ours, theirs));
            match ratios.iter_mut().find(|(with, _)| *with == other.with) {
                Some((_, known)) => known.push(ours / theirs),
                None => ratios.push((other.with, vec![ours / theirs])),
            }
        }
    }
    for (with, known) in ratios {
        let logarithms = known.iter().map(|ratio| ratio.ln()).sum::<f64>();
        let mean = (logarithms / known.len() as f64).exp();
        let what = format!("geometric mean ÷ {with}");
        rows.row(&what, "ratio", (mean, 1.0));
    }
    for (missing, with) in [("clang", "clang -O2"), ("gcc", "gcc -O0")] {
        if !is_installed(missing) {
            rows.skipped(&format!("geometric mean ÷ {with}"), missing);
        }
    }
}

/// The Beskid sources, all or those that are named.
fn programs(names: &[String]) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let files = fs::read_dir(folder).unwrap();
    let files = files.map(|file| file.unwrap().path()).filter(|path| {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let wanted = names.is_empty() || names.iter().any(|wanted| wanted == name);
        wanted && path.extension().is_some_and(|extension| extension == "bd")
    });
    let mut files = files.collect::<Vec<_>>();
    files.sort();
    files
}

fn build(beskid: &Path, program: &Path, scratch: &Path) -> Vec<Built> {
    let twin = program.with_extension("c");
    let ours = |with, level: &str| {
        let mut command = Command::new(beskid);
        command.args(["--optimize", level, "build"]).arg(program);
        built(command, with, scratch, program)
    };
    let mut all = vec![ours("speed", "speed"), ours("optimize none", "none")];
    for (compiler, level, with) in [("clang", "-O2", "clang -O2"), ("gcc", "-O0", "gcc -O0")] {
        if is_installed(compiler) {
            let mut command = Command::new(compiler);
            command.arg(level).arg(&twin);
            all.push(built(command, with, scratch, program));
        }
    }
    all
}

fn built(mut command: Command, with: &'static str, scratch: &Path, program: &Path) -> Built {
    let name = program.file_stem().unwrap().to_str().unwrap();
    let path = scratch.join(format!("{name}-{}", with.replace(' ', "")));
    command.arg("-o").arg(&path).stdout(Stdio::null());
    assert!(command.status().unwrap().success(), "{command:?}");
    Built {
        with,
        path,
        times: Vec::new(),
    }
}

/// Times all, which must print the same.
fn run_in_turns(name: &str, all: &mut [Built]) {
    let mut first = None;
    for _ in 0..ROUNDS {
        for built in &mut *all {
            let before = children();
            let output = Command::new(&built.path).output().unwrap();
            built.times.push(children() - before);
            assert!(output.status.success(), "{name}, {}", built.with);
            let first = first.get_or_insert_with(|| output.stdout.clone());
            assert!(
                *first == output.stdout && !first.is_empty(),
                "{name}: {} prints something else",
                built.with
            );
        }
    }
}

/// Seconds of the processor that the children so far have used in their own code.
fn children() -> f64 {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the pointer is to a `rusage`, which the call fills in.
    let result = unsafe { libc::getrusage(libc::RUSAGE_CHILDREN, usage.as_mut_ptr()) };
    assert_eq!(result, 0);
    // SAFETY: it is initialised, with zeros if with nothing else.
    let time = unsafe { usage.assume_init() }.ru_utime;
    time.tv_sec as f64 + time.tv_usec as f64 * 1e-6
}
