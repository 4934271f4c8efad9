//! The whole source is the fuzzer's: what is analysed without an error has an artifact,
//! which decodes, and whose functions Cranelift's verifier accepts.
//!
//! Input: the source, as bytes.
#![no_main]

use std::sync::atomic::{AtomicU64, Ordering};

use beskid_clif::decode::Decoder;
use beskid_clif::isa;
use beskid_frontend::analyze;
use beskid_fuzz::compile::request;
use beskid_fuzz::sources::mutated_source;
use beskid_plugin_api::artifact::{CodegenArtifact, SymbolId};
use cranelift_codegen::ir::UserExternalName;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

/// Programs without and with errors.
static COUNTS: [AtomicU64; 2] = [const { AtomicU64::new(0) }; 2];

fuzz_target!(|data: &[u8]| {
    let program = analyze("fuzz.bd", data).program;
    count(usize::from(program.is_none()));
    let Some(program) = program else { return };
    let lowered = program.lower(None);
    assert!(lowered.is_ok(), "{:?}", lowered.err());
    let Ok(artifact) = lowered else { return };
    let decoded = CodegenArtifact::decode(artifact.bytes());
    assert!(decoded.is_ok(), "{:?}", decoded.err());
    let Ok(decoded) = decoded else { return };
    verify(&decoded);
});

/// Every function as Cranelift's verifier sees it.
fn verify(artifact: &CodegenArtifact) {
    let request = request(0);
    let target = request.target.as_deref().unwrap_or_default();
    let isa = isa::for_artifact(artifact, target, request.optimization, &request.options);
    let refused = isa.as_ref().err();
    assert!(refused.is_none(), "a target of the table: {refused:?}");
    let Ok(isa) = isa else { return };
    let decoder = Decoder::new(artifact, isa.default_call_conv());
    assert!(decoder.is_ok(), "{:?}", decoder.err());
    let Ok(decoder) = decoder else { return };
    let external = |symbol: SymbolId| UserExternalName::new(0, symbol);
    for function in artifact.functions() {
        let function = decoder.function(function, &external);
        assert!(function.is_ok(), "{:?}", function.err());
        let Ok(function) = function else { return };
        let verified = cranelift_codegen::verify_function(&function, &*isa);
        assert!(verified.is_ok(), "{verified:?}\n{function}");
    }
}

/// Counts a program; now and then says how many there were.
fn count(which: usize) {
    COUNTS[which].fetch_add(1, Ordering::Relaxed);
    let [good, bad] = COUNTS.each_ref().map(|count| count.load(Ordering::Relaxed));
    if (good + bad).is_multiple_of(1 << 15) {
        eprintln!("note: {good} programs without errors, {bad} with");
    }
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutated_source(data, size, max_size, seed, fuzzer_mutate)
});
