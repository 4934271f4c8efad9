//! The Beskid language: source text to artifact.
//!
//! [`analyze`] checks a source and returns every problem that it finds;
//! [`Program::lower`] makes the artifact. Lowering never asks which backend
//! will run (BK-1).
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod ast;
mod builtins;
mod check;
pub mod codes;
mod diagnostic;
mod hir;
mod lower;
mod read;
mod span;
mod symbols;
mod types;

pub use diagnostic::{Report, SourceDiagnostic};
pub use hir::Program;
pub use span::{LineIndex, Span};
pub use symbols::DEFAULT_ENTRYPOINT;

use beskid_plugin_api::artifact::CodegenArtifact;

/// Largest source, in bytes.
pub const MAX_SOURCE: usize = 64 << 20;

/// What the frontend found out about a source.
#[derive(Debug)]
pub struct Analysis {
    /// The program, if nothing is wrong with it.
    pub program: Option<Program>,
    /// What is wrong, in source order.
    pub diagnostics: Vec<SourceDiagnostic>,
}

/// Checks a source. `file` is the file name for messages at run time; it gets
/// into the artifact, so it must not be a path.
pub fn analyze(file: &str, source: &[u8]) -> Analysis {
    analyzed(file, source, true)
}

/// What is wrong with a source, in source order: as [`analyze`], but faster, since
/// there is no program.
pub fn diagnose(source: &[u8]) -> Vec<SourceDiagnostic> {
    analyzed("", source, false).diagnostics
}

fn analyzed(file: &str, source: &[u8], keep: bool) -> Analysis {
    let mut diagnostics = Vec::new();
    let program = check_source(file, source, keep, &mut diagnostics);
    diagnostics.sort_by_key(SourceDiagnostic::span);
    diagnostics.dedup_by(|a, b| a.span() == b.span() && a.diagnostic.code == b.diagnostic.code);
    Analysis {
        program: program.filter(|_| diagnostics.is_empty()),
        diagnostics,
    }
}

fn check_source(
    file: &str,
    source: &[u8],
    keep: bool,
    diagnostics: &mut Vec<SourceDiagnostic>,
) -> Option<Program> {
    if source.len() > MAX_SOURCE {
        let message = format!(
            "the source has {} bytes, more than {MAX_SOURCE}",
            source.len()
        );
        diagnostics.push(
            SourceDiagnostic::new(codes::TOO_LARGE, message, Span::new(0, 0), "")
                .help("split the program into several files"),
        );
        return None;
    }
    let text = match std::str::from_utf8(source) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            let message = format!("the source is not UTF-8: invalid byte at offset {at}");
            diagnostics.push(
                SourceDiagnostic::new(codes::NOT_UTF8, message, Span::of(at..at + 1), "")
                    .help("save the file as UTF-8"),
            );
            return None;
        }
    };
    let tree = beskid_syntax::parse(text);
    diagnostics.extend(read::syntax_errors(&tree));
    let lines = LineIndex::new(if keep { text } else { "" });
    let source = read::source(&tree, diagnostics);
    let program = check::check(&source, read::body, file, lines, keep, diagnostics);
    Some(program)
}

impl Program {
    /// Makes the artifact. It starts at the function named `entrypoint`, or
    /// at `main` if there is one.
    ///
    /// # Errors
    /// E4030 if the named function does not exist, E4041 if it takes
    /// parameters.
    pub fn lower(
        &self,
        entrypoint: Option<&str>,
    ) -> Result<CodegenArtifact, beskid_plugin_api::diagnostic::Diagnostic> {
        lower::lower(self, entrypoint)
    }
}
