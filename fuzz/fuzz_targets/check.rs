//! The whole source is the fuzzer's: whatever it is, it is analysed. What is found has
//! words and a place in the text, and is the same whether there shall be a program or
//! not.
//!
//! Input: the source, as bytes.
#![no_main]

use beskid_frontend::{Alone, Analysis, Entry, Lints, analyze, diagnose};
use beskid_fuzz::sources::mutated_source;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|data: &[u8]| {
    let analysis = analyze("fuzz.bd", data);
    for found in &analysis.diagnostics {
        assert!(!found.diagnostic.message.is_empty());
        let related = found.related.iter().chain(&found.notes);
        for (span, _) in related.chain([&found.label]) {
            assert!(span.start <= span.end && span.end as usize <= data.len());
        }
    }
    let entry = Entry::of_file("fuzz.bd", data);
    let alone = diagnose(&entry, &mut Alone, &Lints::default());
    assert_eq!(told(&analysis), told(&alone));
});

fn told(analysis: &Analysis) -> String {
    format!("{:?}", analysis.diagnostics)
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutated_source(data, size, max_size, seed, fuzzer_mutate)
});
