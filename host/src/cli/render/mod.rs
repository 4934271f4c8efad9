//! Writing results to standard output and failures to standard error.

mod escape;
mod excerpt;
mod message;
mod wide;

use std::io::{self, Write};
use std::path::Path;

use beskid_frontend::LineIndex;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use serde::Serialize;

use super::args::MessageFormat;
use crate::failure::{Failure, Findings};
use crate::output::write_stdout;
use excerpt::{MOST, excerpts, foremost};

pub(super) use escape::escape_line;
pub(super) use message::{Message, Severity};

/// Largest source of which excerpts are shown, in bytes: 1 MiB.
const MOST_EXCERPTED: usize = 1 << 20;

/// Writes a line to standard output.
///
/// # Errors
/// E4040 if it cannot be written. A closed pipe is no error: the reader has
/// seen enough.
pub(super) fn line(text: &str) -> Result<(), Diagnostic> {
    raw(&escape::escape_text(text))
}

/// Writes what a command found: as text for people, or as a line of JSON.
///
/// # Errors
/// As for [`line`].
pub(super) fn value(
    format: MessageFormat,
    value: &impl Serialize,
    text: impl FnOnce() -> String,
) -> Result<(), Diagnostic> {
    raw(&shown(format, value, text)?)
}

/// What [`value`] writes, without the end of its line.
///
/// # Errors
/// E4040 if it cannot be written as JSON.
pub(super) fn shown(
    format: MessageFormat,
    value: &impl Serialize,
    text: impl FnOnce() -> String,
) -> Result<String, Diagnostic> {
    match format {
        MessageFormat::Human | MessageFormat::Plain => Ok(escape::escape_text(&text()).into()),
        MessageFormat::Json => serde_json::to_string(value).map_err(|error| {
            let message = format!("cannot write to standard output: {error}");
            Diagnostic::new(Code::E4040, message)
        }),
    }
}

/// Writes a JSON document, which has its own way with what a terminal would obey.
///
/// # Errors
/// As for [`line`].
pub(super) fn json(document: &str) -> Result<(), Diagnostic> {
    raw(document)
}

/// Writes many of them at once.
///
/// # Errors
/// As for [`line`].
pub(super) fn lines(lines: &[String]) -> Result<(), Diagnostic> {
    match lines {
        [] => Ok(()),
        lines => raw(&lines.join("\n")),
    }
}

/// The same where people are told nothing.
///
/// # Errors
/// As for [`line`].
pub(super) fn silent(format: MessageFormat, found: &impl Serialize) -> Result<(), Diagnostic> {
    match format {
        MessageFormat::Human | MessageFormat::Plain => Ok(()),
        MessageFormat::Json => value(format, found, String::new),
    }
}

fn raw(text: &str) -> Result<(), Diagnostic> {
    write_stdout(format!("{text}\n").as_bytes())
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
        Diagnostic::new(Code::E4040, message)
    })
}

/// Writes a message to standard error.
pub(super) fn message(message: &Message, format: MessageFormat) {
    to_stderr(&match format {
        MessageFormat::Human | MessageFormat::Plain => message.text(),
        MessageFormat::Json => message.json(),
    });
}

/// Tells people, beside the result, what was done.
pub(super) fn aside(text: &str, format: MessageFormat) {
    if format != MessageFormat::Json {
        to_stderr(&escape::escape_text(text));
    }
}

/// Writes something that is odd and stops nothing.
pub(super) fn warning(diagnostic: &Diagnostic, format: MessageFormat) {
    let mut warning = Message::from(diagnostic);
    warning.severity = Severity::Warning;
    message(&warning, format);
}

/// Writes a failure to standard error.
pub(super) fn failure(failure: &Failure, format: MessageFormat) {
    match failure {
        Failure::Diagnostic(diagnostic) => message(&diagnostic.into(), format),
        Failure::Source(files) => findings(files, format),
    }
}

/// What a failure has to say, each thing at its place.
pub(super) fn messages(failure: &Failure) -> Vec<Message> {
    let files = match failure {
        Failure::Diagnostic(diagnostic) => return vec![diagnostic.into()],
        Failure::Source(files) => files.iter(),
    };
    let of_file = files.flat_map(|file| {
        let Findings { path, text, .. } = file;
        let lines = LineIndex::new(text);
        let found = file.diagnostics.iter();
        found.map(move |found| Message::placed(path, text, &lines, found))
    });
    of_file.collect()
}

/// Writes what was found in source texts to standard error.
pub(super) fn findings(files: &[Findings], format: MessageFormat) {
    for file in files {
        let Findings {
            path,
            text,
            diagnostics,
        } = file;
        if format == MessageFormat::Human && text.len() <= MOST_EXCERPTED {
            to_stderr(&excerpts(path, text, diagnostics));
            continue;
        }
        let most = match format {
            MessageFormat::Json => diagnostics.len(),
            _ => MOST,
        };
        let lines = LineIndex::new(text);
        for diagnostic in foremost(diagnostics, most) {
            message(&Message::placed(path, text, &lines, diagnostic), format);
        }
    }
}

fn to_stderr(text: &str) {
    // Nobody is left to be told that standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{}", text.trim_end());
}
