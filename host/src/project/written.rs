//! The text of a manifest, and what is wrong with it.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use beskid_frontend::{SourceDiagnostic, Span};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::format::Word;
use crate::failure::{Failure, Findings};
use crate::input::read_bounded;

/// Largest manifest, in bytes: 1 MiB.
const LARGEST: u64 = 1 << 20;

/// A manifest as it is written.
#[derive(Debug, Clone)]
pub(super) struct Written {
    /// As messages name it.
    pub(super) path: PathBuf,
    pub(super) text: Rc<str>,
}

impl Written {
    /// Reads a manifest.
    ///
    /// # Errors
    /// E3002 names the path and the cause.
    pub(super) fn read(path: &Path) -> Result<Self, Diagnostic> {
        let bytes = read_bounded(path, LARGEST).map_err(|mut error| {
            error.code = Code::E3002;
            error.help("make it a text that can be read, of the format of `docs/projects.md`")
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let path = path.display();
            let message = format!("cannot read `{path}`: it is not UTF-8 at offset {at}");
            Diagnostic::new(Code::E3002, message)
                .path(path.to_string())
                .help("save the file as UTF-8")
        })?;
        Ok(Self {
            path: path.to_owned(),
            text: text.into(),
        })
    }

    /// What is wrong, as a failure.
    pub(super) fn failure(&self, problems: Vec<SourceDiagnostic>) -> Failure {
        Failure::Source(vec![self.findings(problems)])
    }

    /// What is wrong with one thing in it, as a failure.
    pub(super) fn wrong(&self, problem: SourceDiagnostic) -> Failure {
        self.failure(vec![problem])
    }

    pub(super) fn findings(&self, diagnostics: Vec<SourceDiagnostic>) -> Findings {
        Findings {
            path: self.path.display().to_string(),
            text: self.text.to_string(),
            diagnostics,
        }
    }
}

/// A problem at a place of a manifest.
pub(super) fn problem(
    code: Code,
    span: Span,
    message: impl Into<String>,
    help: impl Into<String>,
) -> SourceDiagnostic {
    let mut problem = SourceDiagnostic::new(code, message, span, "");
    problem.diagnostic = problem.diagnostic.help(help);
    problem
}

/// Texts for a message: `a`, `b`.
pub(super) fn quoted<'w>(names: impl IntoIterator<Item = &'w Word>) -> String {
    let names = names.into_iter().map(|name| format!("`{}`", name.text));
    names.collect::<Vec<_>>().join(", ")
}
