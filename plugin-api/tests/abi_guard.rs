//! A change of the runtime ABI that breaks older programs needs a new version
//! (ABI-004); one that only adds to it does not (ABI-005).
//!
//! `abi/vN.txt` keeps what version N is: a fact a line. Cargo features have no
//! part in it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::fs;
use std::mem::{align_of, size_of};
use std::path::Path;

use beskid_plugin_api::runtime_abi::*;

/// What the ABI is now, a fact a line.
fn facts() -> Vec<String> {
    let mut facts = Vec::new();
    for spec in BUILTIN_SPECS {
        let params = spec.params.iter().map(|kind| format!("{kind:?}"));
        let params = params.collect::<Vec<_>>().join(", ");
        facts.push(format!(
            "symbol {}({params}) -> {:?}",
            spec.symbol, spec.returns
        ));
    }
    macro_rules! offsets {
        ($($name:ident)+) => { $(facts.push(format!("{} = {}", stringify!($name), $name));)+ };
    }
    offsets! {
        STR_PTR_OFFSET STR_LEN_OFFSET ARRAY_PTR_OFFSET ARRAY_LEN_OFFSET ARRAY_CAP_OFFSET
        HEAP_HEADER_SIZE DESCRIPTOR_SIZE_OFFSET DESCRIPTOR_ALIGN_OFFSET
        DESCRIPTOR_POINTERS_OFFSET DESCRIPTOR_OFFSETS_OFFSET INTEROP_TAG_OFFSET
        INTEROP_PAYLOAD_OFFSET INTEROP_PRINT INTEROP_STR_CLONE INTEROP_STR_LEN INTEROP_ARRAY_LEN
        CALLBACK_LAYOUT_BAND CALLBACKS_OFFSET GC_NEXT_OFFSET GC_LIMIT_OFFSET GC_ROOTS_OFFSET
        GC_HIDDEN_SIZE GC_CELL_ALIGN GC_INLINE_MOST GC_KIND_SHIFT GC_KIND_PLAIN GC_KIND_OBJECT
        GC_KIND_REFERENCES GC_KIND_SHARED GC_KIND_WORDS GC_STATE_OFFSET GC_STATE_YOUNG
        GC_STATE_OLD GC_STATE_REMEMBERED
    }
    macro_rules! layouts {
        ($($name:ident)+) => {
            $(facts.push(format!(
                "layout {}: size {}, alignment {}",
                stringify!($name), size_of::<$name>(), align_of::<$name>()
            ));)+
        };
    }
    layouts! { BeskidStr BeskidArray HeapHeader TypeDescriptor InteropValue CallbackTable }
    facts
}

/// What is wrong with a change from the kept facts to these ones.
fn broken(kept: &[String], now: &[String]) -> Vec<String> {
    let now = now.iter().collect::<BTreeSet<_>>();
    let gone = kept.iter().filter(|fact| !now.contains(fact));
    gone.map(|fact| format!("ABI-004: `{fact}` changed without a new version"))
        .collect()
}

fn kept() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("abi");
    let path = folder.join(format!("v{BESKID_RUNTIME_ABI_VERSION}.txt"));
    let text = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{path:?}: {error}: a new version keeps its facts there"));
    text.lines().map(str::to_owned).collect()
}

#[test]
fn abi_004_nothing_that_the_version_promised_has_changed() {
    let broken = broken(&kept(), &facts());
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn abi_004_the_file_keeps_every_fact_of_the_first_symbols_and_layouts() {
    let kept = kept();
    let additive = |fact: &&String| {
        let symbols = ADDITIVE_EXPORT_SYMBOLS.iter();
        !symbols
            .clone()
            .any(|symbol| fact.starts_with(&format!("symbol {symbol}(")))
    };
    let facts = facts();
    let missing = facts
        .iter()
        .filter(additive)
        .filter(|fact| !kept.contains(fact));
    assert_eq!(missing.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn the_guard_tells_breaking_changes_from_additive_ones() {
    let kept = facts();
    let mut more = kept.clone();
    more.push("symbol brand_new(Ptr) -> Void".to_owned());
    assert_eq!(broken(&kept, &more), [""; 0], "ABI-005");

    let changed = |from: &str, to: &str| {
        let facts = kept.iter().map(|fact| fact.replace(from, to));
        broken(&kept, &facts.collect::<Vec<_>>())
    };
    for (from, to) in [
        ("symbol alloc(Ptr, Ptr) -> Ptr", "symbol alloc(Ptr) -> Ptr"),
        ("symbol str_len(Ptr) -> I64", "symbol str_len(Ptr) -> I32"),
        ("symbol panic(", "symbol fail("),
        ("STR_LEN_OFFSET = 8", "STR_LEN_OFFSET = 16"),
        ("layout BeskidArray: size 24", "layout BeskidArray: size 32"),
    ] {
        let broken = changed(from, to);
        assert_eq!(broken.len(), 1, "{from}");
        assert!(broken[0].starts_with("ABI-004: "), "{broken:?}");
    }
}
