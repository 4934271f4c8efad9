//! What kept tests from being run, as reports tell it.

use std::path::Path;

use serde::Serialize;

use super::super::render::{self, Message};
use crate::failure::Failure;

/// A program, or what should have led to programs, of which tests were not run.
#[derive(Debug, Serialize)]
pub(super) struct Broken {
    /// The program or the input, as the user gave it.
    pub(super) path: String,
    /// The backend that refused it, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) backend: Option<String>,
    diagnostics: Vec<Message>,
}

impl Broken {
    pub(super) fn new(path: &Path, backend: Option<&str>, failure: &Failure) -> Self {
        Self {
            path: path.display().to_string(),
            backend: backend.map(str::to_owned),
            diagnostics: render::messages(failure),
        }
    }

    /// What is wrong, in a line.
    pub(super) fn summary(&self) -> String {
        let mut errors = self.diagnostics.iter().filter(|found| found.is_error());
        errors.next().map(Message::title).unwrap_or_default()
    }

    /// All that is wrong.
    pub(super) fn text(&self) -> String {
        let all = self.diagnostics.iter().map(Message::text);
        all.collect::<Vec<_>>().join("\n")
    }
}
