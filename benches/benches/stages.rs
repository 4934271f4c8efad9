//! From source to code, stage by stage: `cargo bench -p beskid-benches`.
//!
//! The rows of one run compare the stages with one another, and a stage with
//! itself at ten times the size.
#![allow(clippy::unwrap_used, clippy::panic, reason = "measurements")]

use beskid_benches::program;
use beskid_frontend::analyze;
use beskid_plugin_api::abi::{BackendClient, Silent, services_table};
use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::backend::{CompileRequest, Compiled, OutputForm};
use beskid_plugin_api::runtime_abi::BESKID_RUNTIME_ABI_VERSION;
use divan::{AllocProfiler, Bencher};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

/// Numbers of functions.
const SIZES: [usize; 3] = [100, 1_000, 10_000];

fn main() {
    divan::main();
}

fn artifact(functions: usize) -> CodegenArtifact {
    let analysis = analyze("bench.bd", program(functions).as_bytes());
    analysis.program.unwrap().lower(None).unwrap()
}

#[divan::bench(args = SIZES)]
fn check_and_lower(bencher: Bencher<'_, '_>, functions: usize) {
    let source = program(functions);
    bencher.bench(|| {
        let analysis = analyze("bench.bd", source.as_bytes());
        analysis.program.unwrap().lower(None).unwrap()
    });
}

#[divan::bench(args = SIZES)]
fn decode_and_verify(bencher: Bencher<'_, '_>, functions: usize) {
    let artifact = artifact(functions);
    let bytes = artifact.bytes();
    bencher
        .counter(divan::counter::BytesCount::new(bytes.len()))
        .bench(|| CodegenArtifact::decode(bytes).unwrap());
}

extern "C" fn runtime_version() -> u32 {
    BESKID_RUNTIME_ABI_VERSION
}

/// Every import at some address; only the runtime's version is called.
fn request(artifact: &CodegenArtifact, output: OutputForm) -> CompileRequest {
    let address = runtime_version as *const () as u64;
    let names = artifact.imports().map(|(name, _)| name.to_owned());
    let names = names.chain(["beskid_runtime_abi_version".to_owned()]);
    let mut request = CompileRequest::session();
    request.output = output;
    // SAFETY: of the imports only the version's is called, which is this.
    unsafe { request.with_imports(names.map(|name| (name, address)).collect()) }
}

fn compile(
    backend: BackendClient,
    artifact: &CodegenArtifact,
    request: &CompileRequest,
) -> Compiled {
    let compiled = backend.compile(artifact.bytes(), request, services_table::<Silent>());
    compiled.unwrap_or_else(|error| panic!("{error}"))
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn compile_in_memory(bencher: Bencher<'_, '_>, functions: usize) {
    let artifact = artifact(functions);
    let request = request(&artifact, OutputForm::Session);
    let backend = BackendClient::new(beskid_backend_jit::plugin::root_module());
    bencher.bench(|| compile(backend, &artifact, &request));
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn compile_to_an_object(bencher: Bencher<'_, '_>, functions: usize) {
    let artifact = artifact(functions);
    let request = request(&artifact, OutputForm::Object);
    let backend = BackendClient::new(beskid_backend_aot::plugin::root_module());
    bencher.bench(|| compile(backend, &artifact, &request));
}
