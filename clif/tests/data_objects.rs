//! Data objects on their way into a `Module`: addresses, and zeroes.
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

/// One data object of eight bytes, which a test changes, and an import, symbol 0.
fn program(change: impl FnOnce(&mut DataObject)) -> CodegenArtifact {
    let mut builder = ArtifactBuilder::new(Header::new("test", "1"));
    let signature = builder.signature(&Signature {
        call_conv: CallConv::Platform,
        params: Vec::new(),
        returns: Vec::new(),
    });
    builder.add_symbol(Symbol {
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
    let mut data = DataObject {
        symbol,
        init: DataInit::Bytes(vec![0; 8]),
        align: None,
        section: None,
        used: false,
        relocations: Vec::new(),
        role: DataRole::Plain,
    };
    change(&mut data);
    builder.add_data(data);
    builder.finish().unwrap()
}

fn defined(change: impl FnOnce(&mut DataObject)) -> Result<CodegenArtifact, ClifError> {
    let target = "x86_64-unknown-linux-gnu";
    let isa = isa::for_objects(target, Optimization::None, &BTreeMap::new()).unwrap();
    let options = ModuleOptions {
        producer: "test".to_owned(),
        version: "1".to_owned(),
        target_neutral: true,
    };
    let mut module = ArtifactModule::new(isa.clone(), options);
    let artifact = LocatedArtifact::locate(program(change).bytes())?;
    define(&artifact, &mut module, &*isa, DefineOptions::default())?;
    module.finish()
}

/// The address of the import, plus `addend`.
fn address(addend: i64) -> Vec<DataRelocation> {
    vec![DataRelocation {
        offset: 0,
        target: 0,
        addend,
    }]
}

#[test]
fn the_address_of_a_function_is_kept() {
    let again = defined(|data| data.relocations = address(0)).unwrap();
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
    let error = defined(|data| data.relocations = address(4)).unwrap_err();
    assert_eq!(error.code(), "E4002");
    let message = error.to_string();
    assert!(
        message.contains("`table`: it holds the address"),
        "{message}"
    );
}

/// An object's writer panics at zeroes that are not written, in such a section.
#[test]
fn zeroes_in_a_section_of_a_name_are_written() {
    let zeroes = |section: Option<&str>, size| {
        let section = section.map(str::to_owned);
        defined(|data| {
            data.init = DataInit::Zeroes(size);
            data.section = section;
        })
    };
    let inits = |artifact: CodegenArtifact| artifact.module().data[0].init.clone();
    let written = inits(zeroes(Some(".mine"), 8).unwrap());
    assert_eq!(written, DataInit::Bytes(vec![0; 8]));
    let kept = inits(zeroes(None, 1 << 32).unwrap());
    assert_eq!(kept, DataInit::Zeroes(1 << 32));
    let message = zeroes(Some(".mine"), 1 << 32).unwrap_err().to_string();
    assert!(message.contains("too many zeroes"), "{message}");
}
