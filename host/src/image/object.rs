//! Object files, re-read after a backend has written them.

use std::path::Path;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::OutputKind;

use super::differences;
use crate::inspect::{ImageReport, inspect};
use crate::output;

/// An object file of a backend, inspected.
#[derive(Debug)]
pub struct ObjectFile {
    bytes: Vec<u8>,
    report: ImageReport,
}

impl ObjectFile {
    /// Takes what a backend wrote for `target`.
    ///
    /// # Errors
    /// E5201 if it is no object for the target, E5202 if it is malformed.
    pub fn from_backend(bytes: Vec<u8>, target: &str) -> Result<Self, Diagnostic> {
        let report = inspect(&bytes)?.into_one()?;
        let differences = differences(&report, OutputKind::Object, target);
        if differences.is_empty() {
            return Ok(Self { bytes, report });
        }
        let message = format!("the backend wrote no object file for {target}");
        let mut diagnostic = Diagnostic::new(Code::E5201, message);
        diagnostic.notes = differences;
        Err(diagnostic.help("report this to the author of the backend"))
    }

    /// The file's contents.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it contains.
    pub const fn report(&self) -> &ImageReport {
        &self.report
    }

    /// Writes it to its final place.
    ///
    /// # Errors
    /// E4040 names the path and the cause; nothing is left there.
    pub fn install(&self, path: &Path) -> Result<(), Diagnostic> {
        output::write(path, &self.bytes)
    }
}
