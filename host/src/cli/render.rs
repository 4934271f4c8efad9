//! Writing results to standard output and failures to standard error.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use beskid_plugin_api::diagnostic::Diagnostic;
use miette::{GraphicalReportHandler, GraphicalTheme, NamedSource};
use serde::Serialize;

use super::args::MessageFormat;
use crate::failure::Failure;

/// Largest source of which excerpts are shown, in bytes: 1 MiB.
const MOST_EXCERPTED: usize = 1 << 20;
/// Most diagnostics of one source that are shown.
const MOST: usize = 100;

/// Writes a line to standard output.
///
/// # Errors
/// E4040 if it cannot be written. A closed pipe is no error: the reader has
/// seen enough.
pub(super) fn line(text: &str) -> Result<(), Diagnostic> {
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let message = format!("cannot write to standard output: {error}");
            Err(Diagnostic::new("E4040", message))
        }
        _ => Ok(()),
    }
}

/// Writes a value as JSON to a file, for another process of this program.
///
/// # Errors
/// E4040 names the path and the cause.
pub(super) fn json_file(path: &Path, value: &impl Serialize) -> Result<(), Diagnostic> {
    let written = serde_json::to_vec(value)
        .map_err(io::Error::other)
        .and_then(|bytes| std::fs::write(path, bytes));
    written.map_err(|error| {
        let message = format!("cannot write `{}`: {error}", path.display());
        Diagnostic::new("E4040", message)
    })
}

/// Writes a failure to standard error.
pub(super) fn failure(failure: &Failure, format: MessageFormat) {
    let text = match (failure, format) {
        (Failure::Diagnostic(diagnostic), MessageFormat::Human | MessageFormat::Plain) => {
            plain(diagnostic)
        }
        (Failure::Diagnostic(diagnostic), MessageFormat::Json) => {
            serde_json::to_string(diagnostic).unwrap_or_else(|_| plain(diagnostic))
        }
        (
            Failure::Source {
                path,
                text,
                diagnostics,
            },
            MessageFormat::Human,
        ) if text.len() <= MOST_EXCERPTED => excerpts(path, text, diagnostics),
        (
            Failure::Source {
                path,
                text,
                diagnostics,
            },
            MessageFormat::Human | MessageFormat::Plain,
        ) => {
            let lines = diagnostics.iter().take(MOST);
            let lines = lines.map(|diagnostic| placed(path, text, diagnostic));
            lines.collect::<Vec<_>>().join("\n")
        }
        (
            Failure::Source {
                path, diagnostics, ..
            },
            MessageFormat::Json,
        ) => {
            let lines = diagnostics.iter().map(|diagnostic| json(path, diagnostic));
            lines.collect::<Vec<_>>().join("\n")
        }
    };
    // Nobody is left to be told that standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{}", text.trim_end());
}

fn plain(diagnostic: &Diagnostic) -> String {
    let mut text = format!("error[{}]: {}", diagnostic.code, diagnostic.message);
    for note in &diagnostic.notes {
        text.push_str("\n  note: ");
        text.push_str(&note.replace('\n', "\n    "));
    }
    if let Some(help) = &diagnostic.help {
        text.push_str("\n  help: ");
        text.push_str(help);
    }
    text
}

fn excerpts(path: &str, text: &str, diagnostics: &[beskid_frontend::Diagnostic]) -> String {
    let theme = if io::stderr().is_terminal() {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false);
    let source = NamedSource::new(path, text.to_owned());
    let mut out = String::new();
    for diagnostic in diagnostics.iter().take(MOST) {
        let report = diagnostic.with_source(&source);
        if handler.render_report(&mut out, &report).is_err() {
            out.push_str(&diagnostic.message);
        }
        out.push('\n');
    }
    let count = diagnostics.len();
    if count > MOST {
        out.push_str(&format!("and {} more\n", count - MOST));
    }
    let errors = if count == 1 { "error" } else { "errors" };
    out.push_str(&format!("{path}: {count} {errors}"));
    out
}

/// A diagnostic without an excerpt.
fn placed(path: &str, text: &str, diagnostic: &beskid_frontend::Diagnostic) -> String {
    let before = text.get(..diagnostic.span().start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before[start..].chars().count() + 1;
    plain(&Diagnostic {
        code: diagnostic.code.into(),
        message: diagnostic.message.clone(),
        notes: vec![format!("at {path}:{line}:{column}")],
        help: diagnostic.help.clone(),
    })
}

fn json(path: &str, diagnostic: &beskid_frontend::Diagnostic) -> String {
    serde_json::json!({
        "code": diagnostic.code,
        "message": diagnostic.message,
        "path": path,
        "start": diagnostic.span().start,
        "end": diagnostic.span().end,
        "label": diagnostic.label.1,
        "help": diagnostic.help,
    })
    .to_string()
}
