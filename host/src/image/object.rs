//! Object files, re-read after a backend has written them.

use std::path::Path;

use beskid_plugin_api::diagnostic::Diagnostic;

use super::{architecture, install};
use crate::inspect::{ImageKind, ImageReport, inspect};

/// An object file of a backend, inspected.
#[derive(Debug)]
pub struct ObjectFile {
    bytes: Vec<u8>,
    report: Option<ImageReport>,
}

impl ObjectFile {
    /// Takes what a backend wrote for `target`.
    ///
    /// # Errors
    /// E5201 if it is no object for the target, E5202 if it is malformed.
    pub fn from_backend(bytes: Vec<u8>, target: &str) -> Result<Self, Diagnostic> {
        if !is_elf(target) {
            // Other formats are inspected by the tools that link them.
            return Ok(Self {
                bytes,
                report: None,
            });
        }
        let report = inspect(&bytes)?;
        let wanted = architecture(target);
        if report.kind != ImageKind::Object || report.architecture != wanted {
            let message = format!(
                "the backend wrote a file for {} of kind {}, expected a relocatable object for {wanted}",
                report.architecture, report.kind
            );
            return Err(
                Diagnostic::new("E5201", message).help("report this to the author of the backend")
            );
        }
        Ok(Self {
            bytes,
            report: Some(report),
        })
    }

    /// The file's contents.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it contains; `None` for formats that are not inspected.
    pub const fn report(&self) -> Option<&ImageReport> {
        self.report.as_ref()
    }

    /// Writes it to its final place.
    ///
    /// # Errors
    /// E4040 names the path and the cause; nothing is left there.
    pub fn install(&self, path: &Path) -> Result<(), Diagnostic> {
        install::write(path, &self.bytes)
    }
}

fn is_elf(target: &str) -> bool {
    !target.contains("-apple-") && !target.contains("-windows")
}
