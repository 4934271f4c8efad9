//! Time and memory against size, whole commands against Cranelift alone:
//! `cargo bench -p beskid-benches --bench scale [-- FUNCTIONS...]`.
//!
//! Each run is a process of its own. Ours is the program `beskid` on an artifact;
//! the peer reads the same artifact and gives one function after the other to
//! Cranelift's own module, so that it has no more in memory than it must.
//!
//! `--one SIDE FILE` is such a run: `cranelift-session`, `cranelift-object`, `stages`,
//! which prints the seconds of each stage, or `generate`, which makes the artifact.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "measurements"
)]

mod child;

use std::path::{Path, PathBuf};
use std::process::Command;

use beskid_benches::{Rows, Sides, large_artifact, median, timed};
use beskid_clif::decode::Decoder;
use beskid_plugin_api::artifact::LocatedArtifact;
use beskid_plugin_api::backend::{Optimization, OutputForm};
use child::Usage;
use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{Function, UserExternalName};
use cranelift_module::FuncId;

const SIZES: [usize; 4] = [1_000, 5_000, 20_000, 100_000];
/// Above this many functions, nothing is measured more than once.
const ONCE: usize = 50_000;

fn main() {
    let args = std::env::args().skip(1).collect::<Vec<_>>();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--one", "generate", file, size] => {
            let artifact = large_artifact(size.parse().unwrap());
            return std::fs::write(file, artifact.bytes()).unwrap();
        }
        ["--one", side, file] => return one(side, Path::new(file)),
        _ => {}
    }
    let given = args.iter().filter_map(|argument| argument.parse().ok());
    let given = given.collect::<Vec<usize>>();
    let sizes = if given.is_empty() {
        SIZES.to_vec()
    } else {
        given
    };
    let folder = tempfile::tempdir().unwrap();
    let files = sizes.iter().map(|&size| {
        let file = folder.path().join(format!("{size}.bska"));
        // What this process has in memory would count as its children's.
        let mut generate = alone("generate", &file);
        child::run(generate.arg(size.to_string()));
        (size, file)
    });
    let files = files.collect::<Vec<_>>();
    let mut per_function = Vec::new();
    for (size, file) in &files {
        per_function.push(compared(*size, file));
    }
    flatness(&per_function);
    let rows = Rows::new("stages");
    for (size, file) in &files {
        stages(rows, *size, file);
    }
}

/// Seconds per function of both commands, at a size.
struct PerFunction {
    size: usize,
    run: f64,
    build: f64,
}

fn compared(size: usize, file: &Path) -> PerFunction {
    let rows = Rows::new("scale");
    let number = grouped(size);
    let rounds = if size > ONCE { 1 } else { 3 };
    let object = file.with_extension("o");
    let mut per_function = Vec::new();
    let sides = [
        ("run ÷ JITModule", ours(&["run"], file), "cranelift-session"),
        (
            "build ÷ ObjectModule",
            ours(
                &["build", "--kind", "object", "-o", object.to_str().unwrap()],
                file,
            ),
            "cranelift-object",
        ),
    ];
    for (what, mut ours, theirs) in sides {
        let mut usages = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            usages.0.push(child::run(&mut ours));
            usages.1.push(child::run(&mut alone(theirs, file)));
        }
        let both = |of: fn(&Usage) -> f64| {
            let median = |usages: &[Usage]| median(usages.iter().map(of).collect());
            (median(&usages.0), median(&usages.1))
        };
        let time = both(|usage| usage.processor);
        rows.row_of_size(&format!("{what}, {number} functions"), "s", size, time);
        let memory = both(|usage| usage.peak);
        let words = format!("{what}, peak memory, {number} functions");
        rows.row_of_size(&words, "B", size, memory);
        per_function.push(time.0 / size as f64);
    }
    PerFunction {
        size,
        run: per_function[0],
        build: per_function[1],
    }
}

/// The largest size beside the smallest.
fn flatness(sizes: &[PerFunction]) {
    let rows = Rows::new("scale");
    let (Some(small), Some(large)) = (sizes.first(), sizes.last()) else {
        return;
    };
    for (what, of) in [
        ("run", (|at| at.run) as fn(&PerFunction) -> f64),
        ("build", |at| at.build),
    ] {
        let (large_size, small_size) = (grouped(large.size), grouped(small.size));
        let words = format!("{what}, time per function, {large_size} ÷ {small_size} functions");
        rows.row(&words, "s", (of(large), of(small)));
    }
}

/// One thread, so that the sides do the same.
fn ours(args: &[&str], file: &Path) -> Command {
    let mut command = Command::new(program());
    command.args(args).args(["--jobs", "1"]).arg(file);
    command
}

fn alone(side: &str, file: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--one", side]).arg(file);
    command
}

/// The program `beskid` of the release profile, two folders above this one.
fn program() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let program = this.parent().unwrap().with_file_name("beskid");
    assert!(program.exists(), "build it first: cargo build --release");
    program
}

fn stages(rows: Rows, size: usize, file: &Path) {
    let mut runs = Vec::new();
    for _ in 0..if size > ONCE { 1 } else { 3 } {
        let output = alone("stages", file).output().unwrap();
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        let times = text
            .split_whitespace()
            .map(|time| time.parse::<f64>().unwrap());
        runs.push(times.collect::<Vec<_>>());
    }
    let of = |stage: usize| median(runs.iter().map(|run| run[stage]).collect());
    let all = of(3);
    let rest = all - of(0) - of(1) - of(2);
    let times = [of(0), of(1), of(2), rest];
    for (stage, time) in ["decode and verify", "bodies", "Cranelift", "the rest"]
        .iter()
        .zip(times)
    {
        let words = format!("{stage} ÷ session, {} functions", grouped(size));
        rows.row_of_size(&words, "s", size, (time, all));
    }
}

fn one(side: &str, file: &Path) {
    let bytes = std::fs::read(file).unwrap();
    if side == "stages" {
        return print_stages(&bytes);
    }
    let artifact = LocatedArtifact::locate(bytes).unwrap();
    let sides = Sides {
        outline: &artifact,
        optimization: Optimization::None,
    };
    let decoder = Decoder::new(&artifact, sides.target(true).default_call_conv()).unwrap();
    let functions = each(&artifact, &decoder);
    match side {
        // The process ends with the code in memory, as a session's does.
        "cranelift-session" => std::mem::forget(sides.cranelift_in_memory(functions)),
        _ => {
            let object = sides.cranelift_object(functions);
            std::fs::write(file.with_extension("peer.o"), object).unwrap();
        }
    }
}

/// One after the other, none kept.
fn each<'a>(
    artifact: &'a LocatedArtifact,
    decoder: &'a Decoder<'a>,
) -> impl Iterator<Item = (FuncId, Function)> + 'a {
    (0..artifact.function_count()).map(|index| {
        let function = artifact.function(index).unwrap();
        let id = FuncId::from_u32(function.body.symbol);
        let external = |symbol| UserExternalName::new(0, symbol);
        (id, decoder.function(&function, &external).unwrap())
    })
}

/// Seconds of decoding and verifying, of the bodies, of Cranelift, and of a whole
/// session through the plugin interface.
fn print_stages(bytes: &[u8]) {
    let artifact = LocatedArtifact::locate(bytes).unwrap();
    let decode = timed(false, || {
        let artifact = LocatedArtifact::locate(bytes).unwrap();
        for index in 0..artifact.function_count() {
            artifact.function(index).unwrap();
        }
    });
    let sides = Sides {
        outline: &artifact,
        optimization: Optimization::None,
    };
    let isa = sides.target(true);
    let decoder = Decoder::new(&artifact, isa.default_call_conv()).unwrap();
    let external = |symbol| UserExternalName::new(0, symbol);
    let (mut bodies, mut compile) = (0.0, 0.0);
    let mut context = Context::new();
    for index in 0..artifact.function_count() {
        let function = artifact.function(index).unwrap();
        let mut made = None;
        bodies += timed(false, || {
            made = Some(decoder.function(&function, &external).unwrap());
        });
        context.clear();
        context.func = made.unwrap();
        compile += timed(false, || {
            context
                .compile(&*isa, &mut ControlPlane::default())
                .unwrap();
        });
    }
    let all = timed(false, || {
        sides.through_the_boundary(bytes, OutputForm::Session, 1)
    });
    println!("{decode} {bodies} {compile} {all}");
}

/// `10,000`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
