//! Verification: every index in range, every count and type consistent.
//!
//! What only CLIF's own rules can tell (dominance, the operand types of each
//! mnemonic) is left to the backend that knows the mnemonics.

mod body;
mod imports;
mod module;
mod scope;
mod walk;

use super::Contents;
use super::error::{ArtifactError, Result};
use super::features;

/// Checks decoded contents, and fills in the types of the functions' values.
pub(super) fn check(contents: &mut Contents) -> Result<()> {
    module::check(&contents.header, &contents.module)?;
    module::check_definitions(contents)?;
    let mut functions = std::mem::take(&mut contents.functions);
    for (index, function) in functions.iter_mut().enumerate() {
        function.types = body::check(contents, index, function)?;
    }
    contents.functions = functions;
    let missing = features::of(contents)
        .difference(&contents.header.features)
        .map(|feature| feature.name())
        .collect::<Vec<_>>();
    if !missing.is_empty() {
        let reason = format!("used but not declared: {}", missing.join(", "));
        return Err(invalid("HEAD", "features", reason));
    }
    Ok(())
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
