//! Any bytes as an artifact, as they are and with the digest made right: they
//! are decoded or refused; what is decoded can be shown and written again.
#![no_main]

use beskid_fuzz::container::sealed;
use beskid_fuzz::rewrite::rewrite;
use beskid_plugin_api::Digest;
use beskid_plugin_api::artifact::CodegenArtifact;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    check(data.to_vec());
    let contents = data.len().saturating_sub(Digest::LEN);
    check(sealed(data[..contents].to_vec()));
});

fn check(bytes: Vec<u8>) {
    let Ok(artifact) = CodegenArtifact::decode(bytes) else {
        return;
    };
    assert!(artifact.to_string().starts_with("artifact "));
    let Some(again) = rewrite(&artifact) else {
        return;
    };
    // The builder's bytes may differ: it writes no unknown sections, and
    // integers in their shortest form. What it writes says the same.
    assert!(again.is_ok(), "what was read cannot be written: {again:?}");
    let Ok(again) = again else { return };
    assert_eq!(again.header(), artifact.header());
    assert_eq!(again.module(), artifact.module());
    assert_eq!(again.forms(), artifact.forms());
    assert_eq!(again.functions(), artifact.functions());
    assert_eq!(again.debug(), artifact.debug());
    let third = rewrite(&again).and_then(Result::ok);
    assert_eq!(
        third.as_ref().map(|artifact| artifact.bytes()),
        Some(again.bytes()),
        "writing again what the builder wrote gives other bytes"
    );
}
