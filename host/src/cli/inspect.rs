//! `beskid inspect`.

use std::path::Path;

use super::environment::Environment;
use super::render;
use crate::failure::Failure;
use crate::input::read_bounded;
use crate::inspect::{MAX_IMAGE, inspect as inspect_bytes};

/// Shows what a file contains; exit status 1 if something is wrong with it.
pub(super) fn inspect(environment: &Environment, file: &Path) -> Result<u8, Failure> {
    let report = inspect_bytes(&read_bounded(file, MAX_IMAGE)?)?;
    render::value(environment.format, &report, || report.to_string())?;
    Ok(u8::from(!report.problems().is_empty()))
}
