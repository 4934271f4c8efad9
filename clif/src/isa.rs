//! Choosing and configuring Cranelift's target ISA.

use std::str::FromStr;

use cranelift_codegen::isa::{self, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use target_lexicon::Triple;

use beskid_plugin_api::backend::Optimization;

use crate::error::ClifError;

/// The ISA for a target triple, position-independent, for object files.
///
/// # Errors
/// E4001 if the triple is not one, or Cranelift has no support for it.
pub fn for_objects(target: &str, optimization: Optimization) -> Result<OwnedTargetIsa, ClifError> {
    let triple = Triple::from_str(target).map_err(|error| refused(target, error))?;
    let builder = isa::lookup(triple).map_err(|error| refused(target, error))?;
    finish(target, builder, optimization, &[("is_pic", "true")])
}

/// Completes an ISA builder with the flags that all our backends share and
/// with `extra` ones.
///
/// # Errors
/// E4001 if Cranelift refuses a flag or the combination.
pub fn finish(
    target: &str,
    builder: isa::Builder,
    optimization: Optimization,
    extra: &[(&str, &str)],
) -> Result<OwnedTargetIsa, ClifError> {
    let level = match optimization {
        Optimization::Speed => "speed",
        Optimization::SpeedAndSize => "speed_and_size",
        _ => "none",
    };
    // The artifact is verified before it is compiled; once is enough.
    let shared = [("opt_level", level), ("enable_verifier", "false")];
    let mut flags = settings::builder();
    for (name, value) in shared.iter().chain(extra) {
        flags
            .set(name, value)
            .map_err(|error| refused(target, error))?;
    }
    builder
        .finish(settings::Flags::new(flags))
        .map_err(|error| refused(target, error))
}

fn refused(target: &str, reason: impl ToString) -> ClifError {
    ClifError::Isa {
        target: target.to_owned(),
        reason: reason.to_string(),
    }
}
