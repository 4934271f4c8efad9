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

use std::path::Path;
use std::process::Command;

use beskid_benches::{Rows, Sides, beskid, large_artifact, median, timed};
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
    let beskid = beskid();
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
        per_function.push(compared(&beskid, *size, file));
    }
    flatness(&per_function);
    let rows = Rows::new("stages");
    for (size, file) in &files {
        stages(rows, *size, file);
    }
}

/// Seconds per function of each side, at a size.
struct PerFunction {
    size: usize,
    sides: Vec<(String, f64)>,
}

fn compared(beskid: &Path, size: usize, file: &Path) -> PerFunction {
    let rows = Rows::new("scale");
    let number = grouped(size);
    let rounds = if size > ONCE { 1 } else { 3 };
    let object = file.with_extension("o");
    let mut per_function = Vec::new();
    let sides = [
        (
            "run ÷ JITModule",
            ours(beskid, &["run"], file),
            "cranelift-session",
        ),
        (
            "build ÷ ObjectModule",
            ours(
                beskid,
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
        let (ours, theirs) = what.split_once(" ÷ ").unwrap();
        for (side, time) in [(ours, time.0), (theirs, time.1)] {
            per_function.push((side.to_owned(), time / size as f64));
        }
    }
    PerFunction {
        size,
        sides: per_function,
    }
}

/// The largest size beside the smallest.
fn flatness(sizes: &[PerFunction]) {
    let rows = Rows::new("scale");
    let (Some(small), Some(large)) = (sizes.first(), sizes.last()) else {
        return;
    };
    let sizes = format!("{} ÷ {}", grouped(large.size), grouped(small.size));
    for ((side, small), (_, large)) in small.sides.iter().zip(&large.sides) {
        let words = format!("{side}, time per function, {sizes} functions");
        rows.row(&words, "s", (*large, *small));
    }
}

/// One thread, so that the sides do the same.
fn ours(beskid: &Path, args: &[&str], file: &Path) -> Command {
    let mut command = Command::new(beskid);
    command.env("BESKID_BUILD_CACHE", "no");
    command.args(args).args(["--jobs", "1"]).arg(file);
    command
}

fn alone(side: &str, file: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--one", side]).arg(file);
    command
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
    let all = of(2);
    // The stages were measured apart from the whole, which may have been faster.
    let rest = (all - of(0) - of(1)).max(0.0);
    let stages = ["decode, verify, build", "Cranelift", "the rest"];
    for (stage, time) in stages.iter().zip([of(0), of(1), rest]) {
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

/// Seconds of decoding, verifying and building in one walk, of Cranelift, and of a
/// whole session through the plugin interface.
fn print_stages(bytes: &[u8]) {
    let artifact = LocatedArtifact::locate(bytes).unwrap();
    let sides = Sides {
        outline: &artifact,
        optimization: Optimization::None,
    };
    let isa = sides.target(true);
    let decoder = Decoder::for_target(&artifact, &*isa).unwrap();
    let external = |symbol| UserExternalName::new(0, symbol);
    let (mut walk, mut compile) = (0.0, 0.0);
    let mut context = Context::new();
    for index in 0..artifact.function_count() {
        let mut made = None;
        walk += timed(false, || {
            let located = artifact.body(index).unwrap();
            made = Some(decoder.checked(&located, &external).unwrap());
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
    println!("{walk} {compile} {all}");
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
