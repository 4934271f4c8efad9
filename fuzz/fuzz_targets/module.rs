//! The module section is the fuzzer's, in an otherwise valid artifact, which may tell
//! debuggers something: it is
//! decoded or refused; what is decoded can be shown, printed and compiled.
//!
//! Input: a byte that chooses the artifact, a byte that chooses the target,
//! the section.
#![no_main]

use beskid_fuzz::compile::{request, to_object, tolerate_cranelift_panics};
use beskid_fuzz::shells::shells;
use beskid_plugin_api::artifact::CodegenArtifact;
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: tolerate_cranelift_panics(), |data: &[u8]| {
    let [shell, target, module @ ..] = data else {
        return;
    };
    let shells = shells();
    let bytes = shells[usize::from(*shell) % shells.len()].with_module(module);
    let Ok(artifact) = CodegenArtifact::decode(bytes) else {
        return;
    };
    assert!(artifact.to_string().starts_with("artifact "));
    let _ = beskid_clif::text::print(&artifact);
    to_object(artifact.bytes(), &request(*target));
});
