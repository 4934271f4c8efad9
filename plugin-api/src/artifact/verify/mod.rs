//! Verification: every index in range, every count and type consistent.
//!
//! What only CLIF's own rules can tell (dominance, the operand types of each
//! mnemonic) is left to the backend that knows the mnemonics.

mod body;
mod imports;
mod module;
mod scope;
mod walk;

use std::collections::BTreeSet;

use super::body::Body;
use super::debug;
use super::error::{ArtifactError, Result};
use super::features;
use super::function::Function;
use super::header::Feature;
use super::module::SymbolId;
use super::outline::Contents;

/// Checks an artifact, and fills in the types of the functions' values.
pub(super) fn check(contents: &Contents, functions: &mut [Function]) -> Result<()> {
    let symbols = functions.iter().map(|function| function.body.symbol);
    check_outline(contents, symbols)?;
    for (index, function) in functions.iter_mut().enumerate() {
        check_function(contents, index, function)?;
    }
    check_features(contents, &features::of(contents, functions))
}

/// Checks all but the functions, which define these symbols, and the features.
pub(super) fn check_outline(
    contents: &Contents,
    bodies: impl Iterator<Item = SymbolId>,
) -> Result<()> {
    module::check(&contents.header, &contents.module)?;
    module::check_definitions(&contents.module, bodies)?;
    match &contents.debug {
        Some(info) => debug::check(info, &contents.header, &contents.module),
        None => Ok(()),
    }
}

/// Checks function number `index`, and fills in the types of its values.
pub(super) fn check_function(
    contents: &Contents,
    index: usize,
    function: &mut Function,
) -> Result<()> {
    function.types = body::check(contents, index, function)?;
    Ok(())
}

/// Checks what function number `index` has beside its stream of so many bytes, and
/// the tables of what that branches to.
pub(super) fn check_entities(
    contents: &Contents,
    index: usize,
    body: &Body,
    stream: usize,
) -> Result<()> {
    body::check_entities(&scope::Scope { contents, body }, index, stream)
}

/// Checks that the header declares the features that are used.
pub(super) fn check_features(contents: &Contents, used: &BTreeSet<Feature>) -> Result<()> {
    let missing = used
        .difference(&contents.header.features)
        .map(|feature| feature.name())
        .collect::<Vec<_>>();
    if missing.is_empty() {
        return Ok(());
    }
    let reason = format!("used but not declared: {}", missing.join(", "));
    Err(invalid("HEAD", "features", reason))
}

fn invalid(
    section: &'static str,
    place: impl Into<String>,
    reason: impl Into<String>,
) -> ArtifactError {
    ArtifactError::Invalid {
        section,
        place: place.into(),
        reason: reason.into(),
    }
}
