//! What the artifact and the plugin boundary cost, against Cranelift alone, in
//! one process: `cargo bench -p beskid-benches --bench ratios [-- FUNCTIONS]`.
//!
//! Both sides compile the same functions with the same flags; they take turns,
//! and the medians are compared. One thread is compared by the time of the
//! processor, two by the clock on the wall.
//!
//! `--only STAGE FUNCTIONS` does one thing once, for callgrind with
//! `--toggle-collect='*::only::measured*'`: `encode`, `decode`, `bodies`, `session`,
//! `object`, `cranelift-session` or `cranelift-object`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "measurements"
)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use beskid_benches::large_program;
use beskid_clif::decode::Decoder;
use beskid_clif::{ArtifactModule, ModuleOptions, isa};
use beskid_frontend::analyze;
use beskid_plugin_api::abi::{BackendClient, Silent, services_table};
use beskid_plugin_api::artifact::{CodegenArtifact, SymbolId, SymbolKind};
use beskid_plugin_api::backend::{CompileRequest, Compiled, Optimization, OutputForm};
use beskid_plugin_api::runtime_abi::BESKID_RUNTIME_ABI_VERSION;
use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{Function, UserExternalName, UserFuncName};
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_jit::{ArenaMemoryProvider, JITBuilder, JITModule};
use cranelift_module::{FuncId, Linkage, Module, default_libcall_names};
use cranelift_object::{ObjectBuilder, ObjectModule};
use rustix::time::{ClockId, clock_gettime};

/// Rounds of each comparison.
const ROUNDS: usize = 7;
/// Address space of Cranelift's session, in bytes.
const ARENA: usize = 1 << 30;

extern "C" fn runtime_version() -> u32 {
    BESKID_RUNTIME_ABI_VERSION
}

/// A program, in every form that a side begins with.
struct Program {
    artifact: CodegenArtifact,
    functions: Vec<(FuncId, Function)>,
    optimization: Optimization,
}

impl Program {
    fn new(functions: usize, optimization: Optimization) -> Self {
        let analysis = analyze("bench.bd", large_program(functions).as_bytes());
        let artifact = analysis.program.unwrap().lower(None).unwrap();
        let functions = decoded(&artifact);
        Self {
            artifact,
            functions,
            optimization,
        }
    }

    fn target(&self, in_memory: bool) -> OwnedTargetIsa {
        let mut builder = cranelift_native::builder().unwrap();
        let mut flags = vec![("is_pic", if in_memory { "false" } else { "true" })];
        if in_memory {
            flags.push(("use_colocated_libcalls", "false"));
        } else {
            builder = cranelift_codegen::isa::lookup(builder.triple().clone()).unwrap();
        }
        flags.extend(isa::needed_flags(&self.artifact, builder.triple()));
        isa::finish("host", builder, self.optimization, &flags, &BTreeMap::new()).unwrap()
    }

    fn request(&self, output: OutputForm, jobs: u32) -> CompileRequest {
        let address = runtime_version as *const () as u64;
        let names = self.artifact.imports().map(|(name, _)| name.to_owned());
        let names = names.chain(["beskid_runtime_abi_version".to_owned()]);
        CompileRequest {
            output,
            optimization: self.optimization,
            imports: BTreeMap::from_iter(names.map(|name| (name, address))),
            jobs,
            ..CompileRequest::default()
        }
    }

    fn through_the_boundary(&self, output: OutputForm, jobs: u32) -> Compiled {
        let root = match output {
            OutputForm::Session => beskid_backend_jit::plugin::root_module(),
            _ => beskid_backend_aot::plugin::root_module(),
        };
        let backend = BackendClient::new(root);
        let request = self.request(output, jobs);
        backend
            .compile(self.artifact.bytes(), &request, services_table::<Silent>())
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Declares the symbols, in their order, so that each has the number that
    /// the functions call it by.
    fn declare(&self, module: &mut dyn Module) {
        let decoder = Decoder::new(&self.artifact, module.isa().default_call_conv()).unwrap();
        for symbol in &self.artifact.module().symbols {
            let SymbolKind::Function { signature } = symbol.kind else {
                panic!("the program has data");
            };
            let linkage = match symbol.linkage.is_definition() {
                true => Linkage::Export,
                false => Linkage::Import,
            };
            let name = symbol.name.as_deref().unwrap();
            let signature = decoder.signature(signature).unwrap();
            module.declare_function(name, linkage, signature).unwrap();
        }
    }

    fn define(&self, module: &mut dyn Module, functions: Vec<(FuncId, Function)>) {
        self.declare(module);
        let mut context = Context::new();
        for (id, function) in functions {
            context.clear();
            context.func = function;
            module.define_function(id, &mut context).unwrap();
        }
    }

    fn cranelift_in_memory(&self, functions: Vec<(FuncId, Function)>) -> JITModule {
        let mut builder = JITBuilder::with_isa(self.target(true), default_libcall_names());
        let address = runtime_version as *const u8;
        for (name, _) in self.artifact.imports() {
            builder.symbol(name, address);
        }
        let arena = ArenaMemoryProvider::new_with_size(ARENA).unwrap();
        builder.memory_provider(Box::new(arena));
        let mut module = JITModule::new(builder);
        self.define(&mut module, functions);
        module.finalize_definitions().unwrap();
        module
    }

    fn cranelift_object(&self, functions: Vec<(FuncId, Function)>) -> Vec<u8> {
        let isa = self.target(false);
        let mut builder = ObjectBuilder::new(isa, "bench", default_libcall_names()).unwrap();
        builder
            .per_function_section(true)
            .per_data_object_section(true);
        let mut module = ObjectModule::new(builder);
        self.define(&mut module, functions);
        module.finish().emit().unwrap()
    }

    /// What a frontend does with its functions.
    fn encode(&self) -> CodegenArtifact {
        let options = ModuleOptions {
            producer: "bench".to_owned(),
            version: "1".to_owned(),
            target_neutral: true,
        };
        let mut module = ArtifactModule::new(self.target(false), options);
        self.declare(&mut module);
        let mut context = Context::new();
        for (id, function) in &self.functions {
            // Taking it back costs nothing, so that no copy is measured.
            context.func.clone_from(function);
            module.define_function(*id, &mut context).unwrap();
        }
        module.finish().unwrap()
    }
}

fn decoded(artifact: &CodegenArtifact) -> Vec<(FuncId, Function)> {
    let triple = cranelift_native::builder().unwrap().triple().clone();
    let platform = cranelift_codegen::isa::CallConv::triple_default(&triple);
    let decoder = Decoder::new(artifact, platform).unwrap();
    let external = |symbol: SymbolId| UserExternalName::new(0, symbol);
    let functions = artifact.functions().iter().map(|function| {
        let id = FuncId::from_u32(function.body.symbol);
        (id, decoder.function(function, &external).unwrap())
    });
    functions.collect()
}

fn processor() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Times `call`; what it makes is dropped after that.
fn timed<T>(wall: bool, call: impl FnOnce() -> T) -> f64 {
    if wall {
        let start = Instant::now();
        let made = call();
        let time = start.elapsed();
        drop(made);
        return time.as_secs_f64();
    }
    let start = processor();
    let made = call();
    let time = processor().saturating_sub(start);
    drop(made);
    time.as_secs_f64()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The median of each side, in seconds.
fn compare(mut ours: impl FnMut() -> f64, mut theirs: impl FnMut() -> f64) -> (f64, f64) {
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        times.0.push(ours());
        times.1.push(theirs());
    }
    (median(times.0), median(times.1))
}

fn row(what: &str, (ours, theirs): (f64, f64)) {
    let (ours, theirs, ratio) = (ours * 1e3, theirs * 1e3, ours / theirs);
    println!("{what:<58} {ours:>9.1} {theirs:>9.1} {ratio:>7.3}");
}

fn boundary(program: &Program, level: &str) {
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
                            let call = || made = Some(program.cranelift_in_memory(functions));
                            let time = timed(wall, call);
                            made.map(free);
                            time
                        }
                        _ => timed(wall, || program.cranelift_object(functions)),
                    }
                },
            );
            row(&format!("bytes → {what}, {level}, {jobs} jobs"), times);
        }
    }
}

fn stages(program: &Program) {
    let isa = program.target(true);
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
    let decode = || timed(false, || CodegenArtifact::decode(bytes).unwrap());
    let body = || timed(false, || decoded(&program.artifact));
    row(
        "encode and finish ÷ compile",
        compare(|| timed(false, || program.encode()), compile),
    );
    row("decode and verify ÷ compile", compare(decode, compile));
    row("bodies to ir::Function ÷ compile", compare(body, compile));
    let text = beskid_clif::text::print(&program.artifact).unwrap();
    let parse = || timed(false, || cranelift_reader::parse_functions(&text).unwrap());
    let whole = || timed(false, || decoded(&CodegenArtifact::decode(bytes).unwrap()));
    row(
        "bytes to ir::Function ÷ cranelift-reader",
        compare(whole, parse),
    );
    let ratio = bytes.len() as f64 / text.len() as f64;
    println!(
        "artifact {} bytes, {ratio:.3} of the CLIF text",
        bytes.len()
    );
    let dropped = program.functions.iter().map(|(_, function)| {
        assert!(matches!(function.name, UserFuncName::User(_)));
        function.dfg.num_insts()
    });
    println!("{} instructions", dropped.sum::<usize>());
}

/// Does one thing once, for `callgrind --toggle-collect='*::only::measured'`.
fn only(stage: &str, functions: usize) {
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
        "session" => drop(measured(|| {
            program.through_the_boundary(OutputForm::Session, 1)
        })),
        "object" => drop(measured(|| {
            program.through_the_boundary(OutputForm::Object, 1)
        })),
        "cranelift-object" => {
            let functions = program.functions.clone();
            drop(measured(|| program.cranelift_object(functions)));
        }
        _ => {
            let functions = program.functions.clone();
            let module = measured(|| program.cranelift_in_memory(functions));
            // SAFETY: nobody was given an address of the module's code.
            unsafe { module.free_memory() };
        }
    }
}

fn main() {
    let args = std::env::args().skip(1).collect::<Vec<_>>();
    if let [flag, stage, functions] = args.as_slice()
        && flag == "--only"
    {
        return only(stage, functions.parse().unwrap());
    }
    let mut numbers = args.iter().filter_map(|argument| argument.parse().ok());
    let functions = numbers.next().unwrap_or(10_000);
    println!("{functions} functions; milliseconds: ours, theirs, ratio");
    let program = Program::new(functions, Optimization::None);
    boundary(&program, "none");
    stages(&program);
    boundary(&Program::new(functions, Optimization::Speed), "speed");
}
