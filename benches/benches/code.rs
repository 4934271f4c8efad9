//! The code of programs against that of C's compilers: `cargo bench -p beskid-benches
//! --bench code [-- --json] [-- NAME…]`.
//!
//! Each program of `benches/programs/` has a twin in C that does the same and prints
//! the same. They take turns, and the medians of the processor's time are compared. The
//! backend `llvm` takes part where LLVM 19 is installed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "measurements"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use beskid_benches::{Rows, is_installed, median, products};

/// Runs of each executable.
const ROUNDS: usize = 5;

const CLANG: &str = "clang -O2";
const LLVM: &str = "backend llvm";
const LLVM_TO_CLANG: &str = "llvm ÷ clang -O2";
/// Where Debian has what the backend `llvm` opens.
const LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/libLLVM.so.19.1";

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
    let products = products(&["beskid-host", "beskid-backend-llvm-plugin"]);
    let scratch = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("code");
    fs::create_dir_all(&scratch).unwrap();
    let mut ratios = Vec::<(&str, Vec<f64>)>::new();
    for program in programs(&names) {
        let name = program.file_stem().unwrap().to_str().unwrap();
        let mut all = build(&products, &program, &scratch);
        run_in_turns(name, &mut all);
        let ours = median(all[0].times.clone());
        let others = all[1..].iter();
        let mut pairs = others
            .map(|other| (other.with, "", ours, median(other.times.clone())))
            .collect::<Vec<_>>();
        let of = |with: &str| pairs.iter().find(|(found, ..)| *found == with);
        if let (Some(llvm), Some(clang)) = (of(LLVM), of(CLANG)) {
            pairs.push((LLVM_TO_CLANG, " llvm", llvm.3, clang.3));
        }
        for (with, by, ours, theirs) in pairs {
            let peer = with.strip_prefix("llvm ÷ ").unwrap_or(with);
            rows.row(&format!("{name}{by} ÷ {peer}"), "s", (ours, theirs));
            match ratios.iter_mut().find(|(found, _)| *found == with) {
                Some((_, known)) => known.push(ours / theirs),
                None => ratios.push((with, vec![ours / theirs])),
            }
        }
    }
    for (with, known) in ratios {
        let logarithms = known.iter().map(|ratio| ratio.ln()).sum::<f64>();
        let mean = (logarithms / known.len() as f64).exp();
        let what = match with {
            LLVM_TO_CLANG => format!("geometric mean {with}"),
            with => format!("geometric mean ÷ {with}"),
        };
        rows.row(&what, "ratio", (mean, 1.0));
    }
    for (missing, with) in [("clang", "clang -O2"), ("gcc", "gcc -O0")] {
        if !is_installed(missing) {
            rows.skipped(&format!("geometric mean ÷ {with}"), missing);
        }
    }
    if !Path::new(LIBRARY).exists() {
        rows.skipped(&format!("geometric mean {LLVM_TO_CLANG}"), "libLLVM");
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

fn build(products: &Path, program: &Path, scratch: &Path) -> Vec<Built> {
    let twin = program.with_extension("c");
    let ours = |with, level: &str, backend: &str| {
        let mut command = Command::new(products.join("beskid"));
        command.env("BESKID_BUILD_CACHE", "no");
        let plugin = products.join("libbeskid_backend_llvm_plugin.so");
        command.arg("--plugin").arg(plugin);
        command.args(["--backend", backend, "--optimize", level, "build"]);
        command.arg(program);
        built(command, with, scratch, program)
    };
    let mut all = vec![
        ours("speed", "speed", "aot"),
        ours("optimize none", "none", "aot"),
    ];
    if Path::new(LIBRARY).exists() {
        all.push(ours(LLVM, "speed", "llvm"));
    }
    for (compiler, level, with) in [("clang", "-O2", CLANG), ("gcc", "-O0", "gcc -O0")] {
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
