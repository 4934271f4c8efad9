//! What a linker made, before anybody has looked at it.

use std::path::PathBuf;

use beskid_plugin_api::linker::OutputKind;

use crate::scratch::Scratch;

/// A linker's output, aside from its final place. It can only be verified.
#[derive(Debug)]
pub struct LinkedImage {
    pub(super) path: PathBuf,
    pub(super) folder: Scratch,
    pub(super) target: String,
    pub(super) kind: OutputKind,
}

impl LinkedImage {
    /// The file at `path`, inside `folder`.
    pub(crate) fn new(path: PathBuf, folder: Scratch, target: String, kind: OutputKind) -> Self {
        Self {
            path,
            folder,
            target,
            kind,
        }
    }
}
