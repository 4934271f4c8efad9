//! The function bodies are the fuzzer's, in an otherwise valid artifact: what the
//! decoder's own verifier accepts is what verification of the whole accepts, and
//! Cranelift's verifier too, and the same function.
//!
//! Input: as for `function_body`.
#![no_main]

use std::sync::atomic::{AtomicU64, Ordering};

use beskid_clif::decode::Decoder;
use beskid_clif::isa;
use beskid_fuzz::compile::request;
use beskid_fuzz::mutate::mutated_bodies;
use beskid_fuzz::shells::shells;
use beskid_plugin_api::artifact::{LocatedArtifact, SymbolId};
use cranelift_codegen::ir::UserExternalName;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

/// Functions that both accept, both refuse, and ours leaves to others.
static COUNTS: [AtomicU64; 3] = [const { AtomicU64::new(0) }; 3];

fuzz_target!(|data: &[u8]| {
    let [shell, target, bodies @ ..] = data else {
        return;
    };
    let shells = shells();
    let bytes = shells[usize::from(*shell) % shells.len()].with_bodies(bodies);
    let Ok(located) = LocatedArtifact::locate(bytes) else {
        return;
    };
    let request = request(*target);
    let target = request.target.as_deref().unwrap_or_default();
    let isa = isa::for_artifact(&located, target, request.optimization, &request.options);
    let refused = isa.as_ref().err();
    assert!(refused.is_none(), "a target of the table: {refused:?}");
    let Ok(isa) = isa else { return };
    let Ok(decoder) = Decoder::for_target(&located, &*isa) else {
        return;
    };
    let external = |symbol: SymbolId| UserExternalName::new(0, symbol);
    for index in 0..located.function_count() {
        let body = located.body(index);
        let ours = body
            .ok()
            .and_then(|body| decoder.checked(&body, &external).ok());
        let whole = located.function(index).ok();
        let theirs = whole.and_then(|function| decoder.function(&function, &external).ok());
        let verified = theirs
            .as_ref()
            .map(|func| cranelift_codegen::verify_function(func, &*isa));
        match (ours, verified) {
            (Some(ours), verdict) => {
                assert!(matches!(verdict, Some(Ok(()))), "{verdict:?}\n{ours}");
                let theirs = theirs.map(|func| func.to_string());
                assert_eq!(Some(ours.to_string()), theirs);
                count(0);
            }
            (None, Some(Ok(()))) => count(2),
            (None, _) => count(1),
        }
    }
});

/// Counts a function; now and then says how many there were.
fn count(which: usize) {
    COUNTS[which].fetch_add(1, Ordering::Relaxed);
    let counts = COUNTS.each_ref().map(|count| count.load(Ordering::Relaxed));
    if counts.iter().sum::<u64>().is_multiple_of(1 << 17) {
        let [accepted, refused, left] = counts;
        eprintln!("note: {accepted} accepted, {refused} refused, {left} left to others");
    }
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutated_bodies(data, size, max_size, seed, fuzzer_mutate)
});
