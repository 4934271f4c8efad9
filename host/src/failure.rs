//! Why a command failed: a diagnostic, or many about a source text.

use beskid_frontend::SourceDiagnostic;
use beskid_plugin_api::diagnostic::Diagnostic;

/// Why a command failed.
#[derive(Debug)]
pub enum Failure {
    /// One diagnostic.
    Diagnostic(Diagnostic),
    /// What is wrong with a source text.
    Source {
        /// Path of the source, as the user gave it.
        path: String,
        /// Its text; bytes that are not UTF-8 are replaced.
        text: String,
        /// At least one.
        diagnostics: Vec<SourceDiagnostic>,
    },
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Diagnostic(diagnostic)
    }
}
