//! Addresses in data objects, on their way into a `Module`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeMap;

use beskid_clif::{ArtifactModule, ClifError, DefineOptions, ModuleOptions, define, isa};
use beskid_plugin_api::artifact::*;
use beskid_plugin_api::backend::Optimization;

/// Eight bytes that hold the address of an imported function, plus `addend`.
fn program(addend: i64) -> CodegenArtifact {
    let mut builder = ArtifactBuilder::new(Header::new("test", "1"));
    let signature = builder.signature(&Signature {
        call_conv: CallConv::Platform,
        params: Vec::new(),
        returns: Vec::new(),
    });
    let target = builder.add_symbol(Symbol {
        name: Some("callee".to_owned()),
        kind: SymbolKind::Function { signature },
        linkage: Linkage::Import(ImportSource::Plain),
    });
    let symbol = builder.add_symbol(Symbol {
        name: Some("table".to_owned()),
        kind: SymbolKind::Data {
            writable: false,
            tls: false,
        },
        linkage: Linkage::Export,
    });
    builder.add_data(DataObject {
        symbol,
        init: DataInit::Bytes(vec![0; 8]),
        align: None,
        section: None,
        used: false,
        relocations: vec![DataRelocation {
            offset: 0,
            target,
            addend,
        }],
        role: DataRole::Plain,
    });
    builder.finish().unwrap()
}

fn defined(addend: i64) -> Result<CodegenArtifact, ClifError> {
    let target = "x86_64-unknown-linux-gnu";
    let isa = isa::for_objects(target, Optimization::None, &BTreeMap::new()).unwrap();
    let options = ModuleOptions {
        producer: "test".to_owned(),
        version: "1".to_owned(),
        target_neutral: true,
    };
    let mut module = ArtifactModule::new(isa, options);
    define(&program(addend), &mut module, DefineOptions::default())?;
    module.finish()
}

#[test]
fn the_address_of_a_function_is_kept() {
    let again = defined(0).unwrap();
    let relocations = again
        .module()
        .data
        .iter()
        .flat_map(|data| &data.relocations);
    assert_eq!(relocations.count(), 1);
}

/// Cranelift cannot express the sum; the offset must not get lost.
#[test]
fn an_offset_from_a_function_is_refused() {
    let error = defined(4).unwrap_err();
    assert_eq!(error.code(), "E4002");
    let message = error.to_string();
    assert!(
        message.contains("`table`: it holds the address"),
        "{message}"
    );
}
