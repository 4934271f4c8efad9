//! `beskid inspect`.

use std::path::Path;

use super::args::MessageFormat;
use super::environment::Environment;
use super::render;
use crate::failure::Failure;
use crate::input::read_bounded;
use crate::inspect::{MAX_IMAGE, inspect as inspect_bytes};

/// Shows what a file contains; exit status 1 if something is wrong with it.
pub(super) fn inspect(environment: &Environment, file: &Path) -> Result<u8, Failure> {
    let report = inspect_bytes(&read_bounded(file, MAX_IMAGE)?)?;
    let text = match environment.format {
        MessageFormat::Human | MessageFormat::Plain => report.to_string(),
        MessageFormat::Json => serde_json::to_string(&report).unwrap_or_default(),
    };
    render::line(&text)?;
    Ok(u8::from(!report.problems().is_empty()))
}
