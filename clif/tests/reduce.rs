//! Shrinking artifacts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::ops::ControlFlow;

use beskid_clif::reduce::reduce;
use beskid_clif::text::{parse, print};
use beskid_plugin_api::artifact::CodegenArtifact;

const PROGRAM: &str = "
function %leaf(i64) -> i64 {
block0(v0: i64):
    v1 = imul v0, v0
    return v1
}

function %unused(i64) -> i64 {
    fn0 = %leaf(i64) -> i64
block0(v0: i64):
    v1 = call fn0(v0)
    return v1
}

function %middle(i64) -> i64 {
    fn0 = %leaf(i64) -> i64
    fn1 = %puts(i64) -> i64
block0(v0: i64):
    v1 = iconst.i64 10
    v2 = icmp sgt v0, v1
    brif v2, block1, block2
block1:
    v3 = call fn0(v0)
    jump block3(v3)
block2:
    v4 = call fn1(v0)
    jump block3(v4)
block3(v5: i64):
    v6 = iadd v5, v0
    return v6
}

function %main() -> i64 {
    fn0 = %middle(i64) -> i64
    fn1 = %unused(i64) -> i64
block0:
    v0 = iconst.i64 4
    v1 = call fn0(v0)
    v2 = call fn1(v1)
    v3 = iadd v1, v2
    return v3
}
";

fn names(artifact: &CodegenArtifact) -> Vec<&str> {
    let symbols = &artifact.module().symbols;
    symbols
        .iter()
        .filter_map(|symbol| symbol.name.as_deref())
        .collect()
}

/// Whether any function of the artifact uses an instruction.
fn uses(artifact: &CodegenArtifact, mnemonic: &str) -> bool {
    artifact
        .forms()
        .iter()
        .any(|form| form.mnemonic == mnemonic)
}

#[test]
fn what_is_left_is_what_the_caller_needs_and_no_more() {
    let artifact = parse(PROGRAM, None).unwrap();
    let mut calls = 0;
    let small = reduce(&artifact, &mut |candidate| {
        calls += 1;
        ControlFlow::Continue(uses(candidate, "imul"))
    })
    .unwrap();
    assert!(uses(&small, "imul"));
    assert!(!names(&small).contains(&"puts"), "{:?}", names(&small));
    assert!(small.bytes().len() < artifact.bytes().len());
    assert!(calls < 400, "{calls}");
    assert_eq!(print(&small).unwrap(), SMALL);
}

#[test]
fn an_import_that_matters_keeps_the_way_to_it() {
    let artifact = parse(PROGRAM, None).unwrap();
    let small = reduce(&artifact, &mut |candidate| {
        ControlFlow::Continue(names(candidate).contains(&"puts"))
    })
    .unwrap();
    assert!(!names(&small).contains(&"leaf"), "{:?}", names(&small));
    assert!(!print(&small).unwrap().contains("brif"));
}

#[test]
fn nothing_smaller_gives_the_artifact_itself() {
    let artifact = parse(PROGRAM, None).unwrap();
    let same = reduce(&artifact, &mut |_| ControlFlow::Continue(false)).unwrap();
    assert_eq!(same.bytes(), artifact.bytes());
}

#[test]
fn a_search_that_is_stopped_gives_the_best_so_far() {
    let artifact = parse(PROGRAM, None).unwrap();
    let mut best = Vec::new();
    let small = reduce(&artifact, &mut |candidate| {
        if !best.is_empty() {
            return ControlFlow::Break(());
        }
        let fits = uses(candidate, "imul");
        if fits {
            best = candidate.bytes().to_vec();
        }
        ControlFlow::Continue(fits)
    });
    assert_eq!(small.unwrap().bytes(), best);
}

const SMALL: &str = "\
; entry: %entry_main i64 \"main\"
; symbol: %clif_main local \"clif.main\"
; symbol: %entry_main local \"entry.main\"

function %leaf(i64) -> i64 {
block0(v0: i64):
    v1 = imul v0, v0
    return v1
}

function %unused(i64) -> i64 {
    sig0 = (i64) -> i64
    fn0 = %leaf sig0

block0(v0: i64):
    v1 = call fn0(v0)
    return v1
}

function %clif_main() -> i64 {
    sig0 = (i64) -> i64
    sig1 = (i64) -> i64
    fn0 = %unused sig1

block0:
    v0 = iconst.i64 0
    v1 = call fn0(v0)  ; v0 = 0
    return v0  ; v0 = 0
}

function %entry_main() -> i64 {
    sig0 = () -> i64
    fn0 = colocated %clif_main sig0

block0:
    v0 = call fn0()
    return v0
}
";
