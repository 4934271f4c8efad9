//! What embedding costs: `cargo bench -p beskid-benches --bench embedding`.
//!
//! A call through `Function` against the same function through its address, in a loop of
//! calls; an engine, a small program and its first call against Cranelift's `JITModule` with
//! an ISA of its own; what instances leave behind.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "measurements"
)]

use std::hint::black_box;

use beskid_benches::{compare, timed};
use beskid_host::embed::{Catch, Config, Engine, Imports};
use cranelift_codegen::Context;
use cranelift_codegen::ir::Function;
use cranelift_codegen::settings::{self, Configurable};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{Linkage, Module, default_libcall_names};

/// A function of some work: a hundred turns of a loop.
const TEXT: &str = "\
function %work(i64) -> i64 system_v {
block0(v0: i64):
    v1 = iconst.i64 100
    jump block1(v0, v1)
block1(v2: i64, v3: i64):
    v4 = iconst.i64 31
    v5 = imul v2, v4
    v6 = iadd v5, v3
    v7 = iconst.i64 -1
    v8 = iadd v3, v7
    brif v8, block1(v6, v8), block2
block2:
    return v6
}

function %nothing(i64) -> i64 system_v {
block0(v0: i64):
    return v0
}
";
const CALLS: usize = 1_000_000;
const INSTANCES: usize = 10_000;

fn main() {
    for catch in [Catch::Nothing, Catch::Faults] {
        for name in ["work", "nothing"] {
            calls(catch, name);
        }
    }
    for verifies in [true, false] {
        cold(verifies);
    }
    left_behind();
}

/// The module by Cranelift alone; with its verifier, which is on unless it is turned off,
/// it refuses what an engine refuses.
fn peer(functions: &[Function], verifies: bool) -> (JITModule, [*const u8; 2]) {
    let mut flags = settings::builder();
    flags.set("is_pic", "false").unwrap();
    flags.set("use_colocated_libcalls", "false").unwrap();
    let verifies = if verifies { "true" } else { "false" };
    flags.set("enable_verifier", verifies).unwrap();
    let isa = cranelift_native::builder().unwrap();
    let isa = isa.finish(settings::Flags::new(flags)).unwrap();
    let mut module = JITModule::new(JITBuilder::with_isa(isa, default_libcall_names()));
    let ids = ["work", "nothing"].map(|name| {
        let index = usize::from(name == "nothing");
        let mut context = Context::for_function(functions[index].clone());
        let signature = context.func.signature.clone();
        let id = module
            .declare_function(name, Linkage::Export, &signature)
            .unwrap();
        module.define_function(id, &mut context).unwrap();
        id
    });
    module.finalize_definitions().unwrap();
    let codes = ids.map(|id| module.get_finalized_function(id));
    (module, codes)
}

fn calls(catch: Catch, name: &str) {
    let engine = Engine::new(Config::new().catch(catch)).unwrap();
    let artifact = engine.artifact_of_clif(TEXT).unwrap();
    let instance = engine.compile(&artifact, Imports::new()).unwrap();
    let function = instance.function::<(i64,), i64>(name).unwrap();
    let (module, codes) = peer(&cranelift_reader::parse_functions(TEXT).unwrap(), false);
    let code = codes[usize::from(name == "nothing")];
    // SAFETY: the function takes and returns an `i64`, by C's convention.
    let raw = unsafe { std::mem::transmute::<*const u8, extern "C" fn(i64) -> i64>(code) };
    let (ours, theirs) = compare(
        || {
            timed(false, || {
                (0..CALLS as i64).fold(0, |sum, n| sum ^ function.call((black_box(n),)).unwrap())
            })
        },
        || {
            timed(false, || {
                (0..CALLS as i64).fold(0, |sum, n| sum ^ raw(black_box(n)))
            })
        },
    );
    let each = |seconds: f64| seconds * 1e9 / CALLS as f64;
    println!(
        "call of `{name}`, {catch:?}: {:.2} ({:.1} ns, by address {:.1} ns)",
        ours / theirs,
        each(ours),
        each(theirs)
    );
    // SAFETY: no address of it is used again.
    unsafe { module.free_memory() };
}

fn cold(verifies: bool) {
    let functions = cranelift_reader::parse_functions(TEXT).unwrap();
    let engine = Engine::new(Config::new()).unwrap();
    let artifact = engine.artifact_of_clif(TEXT).unwrap();
    let (ours, theirs) = compare(
        || {
            timed(true, || {
                let engine = Engine::new(Config::new()).unwrap();
                engine.compile(&artifact, Imports::new()).unwrap()
            })
        },
        || {
            let mut made = None;
            let time = timed(true, || made = Some(peer(&functions, verifies)));
            // SAFETY: no address of it is used.
            unsafe { made.take().unwrap().0.free_memory() };
            time
        },
    );
    let micros = |seconds: f64| seconds * 1e6;
    println!(
        "engine and program, cold: {:.2} ({:.0} us, JITModule {:.0} us, {})",
        ours / theirs,
        micros(ours),
        micros(theirs),
        if verifies {
            "verifying"
        } else {
            "not verifying"
        }
    );
}

fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages = status.split(' ').nth(1).unwrap().parse::<f64>().unwrap();
    pages * 4096.0 / f64::from(1 << 20)
}

fn left_behind() {
    let engine = Engine::new(Config::new()).unwrap();
    let artifact = engine.artifact_of_clif(TEXT).unwrap();
    let round = || drop(engine.compile(&artifact, Imports::new()).unwrap());
    (0..100).for_each(|_| round());
    let before = resident();
    (0..INSTANCES).for_each(|_| round());
    let after = resident();
    println!("{INSTANCES} instances: {before:.1} MiB before, {after:.1} MiB after");
}
