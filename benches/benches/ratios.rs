//! What the artifact and the plugin boundary cost, against Cranelift alone, in
//! one process: `cargo bench -p beskid-benches --bench ratios [-- FUNCTIONS]`.
//!
//! Both sides compile the same functions with the same flags; they take turns,
//! and the turn in the middle counts. One thread is compared by the time of the
//! processor, two by the clock on the wall.
//!
//! `--only STAGE FUNCTIONS [JOBS]` does one thing once, for callgrind with
//! `--toggle-collect='*::only::measured*'`: `encode`, `decode`, `bodies`, `checked`,
//! `session`, `object`, `cranelift-session` or `cranelift-object`. `--sizes` compares
//! sizes only; with the feature `serialized`, for which Cranelift is built again, with
//! Cranelift's own serialization.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "measurements"
)]

use beskid_benches::{Program, Rows, checked, compare, decoded, timed};
use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::backend::{Optimization, OutputForm};
use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_jit::JITModule;

fn boundary(rows: Rows, program: &Program, level: &str) {
    // SAFETY: nobody was given an address of the module's code.
    let free = |module: JITModule| unsafe { module.free_memory() };
    for (output, what) in [
        (OutputForm::Session, "session ÷ JITModule"),
        (OutputForm::Object, "object ÷ ObjectModule"),
    ] {
        for jobs in [1, 2] {
            let wall = jobs > 1;
            let times = compare(
                || timed(wall, || program.through_the_boundary(output, jobs)),
                || {
                    let functions = program.functions.clone();
                    match output {
                        OutputForm::Session => {
                            let mut made = None;
                            let call =
                                || made = Some(program.sides().cranelift_in_memory(functions));
                            let time = timed(wall, call);
                            made.map(free);
                            time
                        }
                        _ => timed(wall, || program.sides().cranelift_object(functions)),
                    }
                },
            );
            let plural = if jobs == 1 { "" } else { "s" };
            rows.row(&format!("{what}, {level}, {jobs} job{plural}"), "s", times);
        }
    }
}

fn stages(rows: Rows, program: &Program) {
    let isa = program.sides().target(true);
    let compile = || {
        let functions = program.functions.clone();
        timed(false, || {
            let mut context = Context::new();
            for (_, function) in functions {
                context.clear();
                context.func = function;
                let plane = &mut ControlPlane::default();
                context.compile(&*isa, plane).unwrap();
            }
        })
    };
    let bytes = program.artifact.bytes();
    let walk = || timed(false, || checked(bytes, &*isa));
    let encode = || timed(false, || program.encode());
    rows.row("encode and finish ÷ compile", "s", compare(encode, compile));
    rows.row(
        "decode, verify and bodies in one walk ÷ compile",
        "s",
        compare(walk, compile),
    );
    rows.row(
        "encode, decode, verify, bodies ÷ compile",
        "s",
        compare(|| encode() + walk(), compile),
    );
    let text = beskid_clif::text::print(&program.artifact).unwrap();
    let parse = || timed(false, || cranelift_reader::parse_functions(&text).unwrap());
    rows.row(
        "bytes to ir::Function ÷ cranelift-reader",
        "s",
        compare(walk, parse),
    );
}

/// The artifact's size beside that of other forms.
fn sizes(rows: Rows, program: &Program) {
    let bytes = program.artifact.bytes().len() as f64;
    #[cfg(not(feature = "serialized"))]
    {
        let text = beskid_clif::text::print(&program.artifact).unwrap();
        let pair = (bytes, text.len() as f64);
        rows.row("size of the artifact ÷ CLIF text", "B", pair);
    }
    #[cfg(feature = "serialized")]
    {
        let functions = program.functions.iter();
        let sizes = functions.map(|(_, function)| postcard::to_stdvec(function).unwrap().len());
        let pair = (bytes, sizes.sum::<usize>() as f64);
        rows.row("size of the artifact ÷ postcard of ir::Function", "B", pair);
    }
}

/// Does one thing once, for `callgrind --toggle-collect='*::only::measured'`.
fn only(stage: &str, functions: usize, jobs: u32) {
    #[inline(never)]
    fn measured<T>(call: impl FnOnce() -> T) -> T {
        std::hint::black_box(call())
    }
    let program = Program::new(functions, Optimization::None);
    let bytes = program.artifact.bytes();
    match stage {
        "encode" => drop(measured(|| program.encode())),
        "decode" => drop(measured(|| CodegenArtifact::decode(bytes).unwrap())),
        "bodies" => drop(measured(|| decoded(&program.artifact))),
        "checked" => {
            let isa = program.sides().target(true);
            drop(measured(|| checked(bytes, &*isa)));
        }
        "session" => drop(measured(|| {
            program.through_the_boundary(OutputForm::Session, jobs)
        })),
        "object" => drop(measured(|| {
            program.through_the_boundary(OutputForm::Object, jobs)
        })),
        "cranelift-object" => {
            let functions = program.functions.clone();
            drop(measured(|| program.sides().cranelift_object(functions)));
        }
        _ => {
            let functions = program.functions.clone();
            let module = measured(|| program.sides().cranelift_in_memory(functions));
            // SAFETY: nobody was given an address of the module's code.
            unsafe { module.free_memory() };
        }
    }
}

fn main() {
    let args = std::env::args().skip(1).collect::<Vec<_>>();
    if let [flag, stage, functions, jobs @ ..] = args.as_slice()
        && flag == "--only"
    {
        let jobs = jobs.first().map_or(1, |jobs| jobs.parse::<u32>().unwrap());
        return only(stage, functions.parse().unwrap(), jobs);
    }
    let mut numbers = args.iter().filter_map(|argument| argument.parse().ok());
    let functions = numbers.next().unwrap_or(10_000);
    let rows = Rows::new("boundary");
    let program = Program::new(functions, Optimization::None);
    if args.iter().any(|argument| argument == "--sizes") {
        return sizes(rows, &program);
    }
    boundary(rows, &program, "none");
    stages(rows, &program);
    sizes(rows, &program);
    boundary(rows, &Program::new(functions, Optimization::Speed), "speed");
}
