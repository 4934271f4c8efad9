//! Why a command failed: a diagnostic, or many about source texts.

use beskid_frontend::SourceDiagnostic;
use beskid_plugin_api::diagnostic::Diagnostic;

/// Why a command failed.
#[derive(Debug)]
pub enum Failure {
    /// One diagnostic.
    Diagnostic(Diagnostic),
    /// What is wrong with the source texts of a program.
    Source(Vec<Findings>),
}

/// What there is to say about a source text.
#[derive(Debug)]
pub struct Findings {
    /// Path of the source, as the user gave it.
    pub path: String,
    /// Its text; bytes that are not UTF-8 are replaced.
    pub text: String,
    /// At least one, at places in this text.
    pub diagnostics: Vec<SourceDiagnostic>,
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Diagnostic(diagnostic)
    }
}
