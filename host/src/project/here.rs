//! What is known of the project that is here without what it needs.

use std::path::PathBuf;

use super::find::{Wanted, find, nowhere};
use super::read;
use crate::failure::Failure;

/// The folder of the sources of the project that is here or above.
///
/// # Errors
/// E3001 if there is none; what is wrong with its manifest.
pub(crate) fn sources_here() -> Result<PathBuf, Failure> {
    let found = find(Wanted::default())?.ok_or_else(nowhere)?;
    let manifest = read::project(&found.manifest)?.manifest;
    Ok(manifest.folder().join(&manifest.root))
}
