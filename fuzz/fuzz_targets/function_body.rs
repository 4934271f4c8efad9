//! The function bodies are the fuzzer's, in an otherwise valid artifact: what
//! is decoded becomes a tree and CLIF, or a diagnostic; what Cranelift's verifier
//! accepts is a tree, and becomes an object, or a diagnostic.
//!
//! Input: a byte that chooses the artifact, a byte that chooses the target,
//! the section.
#![no_main]

use beskid_clif::decode::Decoder;
use beskid_clif::isa;
use beskid_fuzz::compile::{request, to_object, tolerate_cranelift_panics};
use beskid_fuzz::mutate::mutated_bodies;
use beskid_fuzz::shells::shells;
use beskid_plugin_api::artifact::{CodegenArtifact, SymbolId};
use beskid_plugin_api::backend::CompileRequest;
use beskid_plugin_api::tree::{Flow, Trees};
use cranelift_codegen::ir::UserExternalName;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(init: tolerate_cranelift_panics(), |data: &[u8]| {
    let [shell, target, bodies @ ..] = data else {
        return;
    };
    let shells = shells();
    let bytes = shells[usize::from(*shell) % shells.len()].with_bodies(bodies);
    let Ok(artifact) = CodegenArtifact::decode(bytes) else {
        return;
    };
    assert!(artifact.to_string().starts_with("artifact "));
    let _ = beskid_clif::text::print(&artifact);
    let request = request(*target);
    let trees = Trees::of(&artifact);
    for tree in trees.iter().flatten() {
        let _ = Flow::of(tree).reverse_postorder();
    }
    if is_valid_clif(&artifact, &request) {
        let refused = trees.err();
        assert!(refused.is_none(), "valid CLIF is a tree: {refused:?}");
        to_object(artifact.bytes(), &request);
    }
});

/// Whether every function can be decoded, and Cranelift's verifier accepts it.
fn is_valid_clif(artifact: &CodegenArtifact, request: &CompileRequest) -> bool {
    let target = request.target.as_deref().unwrap_or_default();
    let isa = isa::for_artifact(artifact, target, request.optimization, &request.options);
    let refused = isa.as_ref().err();
    assert!(refused.is_none(), "a target of the table: {refused:?}");
    let Ok(isa) = isa else { return false };
    let Ok(decoder) = Decoder::new(artifact, isa.default_call_conv()) else {
        return false;
    };
    let external = |symbol: SymbolId| UserExternalName::new(0, symbol);
    artifact.functions().iter().all(|function| {
        decoder
            .function(function, &external)
            .is_ok_and(|function| cranelift_codegen::verify_function(&function, &*isa).is_ok())
    })
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutated_bodies(data, size, max_size, seed, fuzzer_mutate)
});
