//! Which features a program uses.

use std::collections::BTreeSet;

use super::body::Body;
use super::form::OperandKind;
use super::function::Function;
use super::header::Feature;
use super::module::SymbolKind;
use super::outline::Contents;
use super::types::{Lane, Type};

/// The features that the contents and these functions show.
pub(super) fn of(contents: &Contents, functions: &[Function]) -> BTreeSet<Feature> {
    let mut features = of_outline(contents);
    let bodies = functions.iter().map(|function| &function.body);
    features.extend(bodies.flat_map(of_body));
    features
}

/// The features that the contents show without the functions.
pub(super) fn of_outline(contents: &Contents) -> BTreeSet<Feature> {
    let mut features = BTreeSet::new();
    for symbol in &contents.module.symbols {
        if matches!(symbol.kind, SymbolKind::Data { tls: true, .. }) {
            features.insert(Feature::Tls);
        }
    }
    let signature_types = contents.module.signatures.iter().flat_map(|signature| {
        let params = signature.params.iter().chain(&signature.returns);
        params.map(|param| param.ty)
    });
    for ty in signature_types {
        of_type(ty, &mut features);
    }
    for form in &contents.forms {
        form.results
            .iter()
            .for_each(|ty| of_type(*ty, &mut features));
        if form.mnemonic.starts_with("atomic") || form.mnemonic == "fence" {
            features.insert(Feature::Atomics);
        }
        if form.mnemonic.starts_with("return_call") {
            features.insert(Feature::TailCalls);
        }
        if form.operands.contains(&OperandKind::ExceptionTable) {
            features.insert(Feature::Exceptions);
        }
    }
    features
}

/// The features that only a function shows.
pub(super) fn of_body(body: &Body) -> BTreeSet<Feature> {
    let mut features = BTreeSet::new();
    let params = body.blocks.iter().flat_map(|block| &block.params);
    params.for_each(|ty| of_type(*ty, &mut features));
    if !body.dynamic_types.is_empty() {
        features.insert(Feature::ScalableSimd);
    }
    features
}

fn of_type(ty: Type, features: &mut BTreeSet<Feature>) {
    if ty.is_scalable() {
        features.insert(Feature::ScalableSimd);
    } else if ty.log2_lanes() > 0 {
        features.insert(Feature::Simd);
    }
    match ty.lane() {
        Lane::I128 => features.insert(Feature::I128),
        Lane::F16 => features.insert(Feature::F16),
        Lane::F128 => features.insert(Feature::F128),
        _ => false,
    };
}
