//! The one shape in which everything that is wrong is reported.

use std::fmt::Write as _;

use beskid_frontend::{LineIndex, SourceDiagnostic};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::panics::shorten_places;
use serde::Serialize;

use super::escape::{escape_line, escape_text};

/// Most notes that are shown, and the line that counts the rest.
const MOST_NOTES: usize = 20;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::cli) enum Severity {
    Error,
    Warning,
    Info,
    Debug,
}

/// A place in a source; both count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct Position {
    line: usize,
    column: usize,
}

/// A diagnostic as a line of JSON, and as text. What is not known is null.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Message {
    pub(super) severity: Severity,
    pub(super) code: Option<Code>,
    pub(super) message: String,
    pub(super) path: Option<String>,
    pub(super) line: Option<usize>,
    pub(super) column: Option<usize>,
    /// Behind the last character.
    pub(super) end: Option<Position>,
    pub(super) plugin: Option<String>,
    pub(super) notes: Vec<String>,
    pub(super) help: Option<String>,
}

impl From<&Diagnostic> for Message {
    fn from(diagnostic: &Diagnostic) -> Self {
        Self {
            code: Some(diagnostic.code.clone()),
            path: owned(&diagnostic.path),
            plugin: owned(&diagnostic.plugin),
            help: owned(&diagnostic.help),
            ..Self::new(Severity::Error, &diagnostic.message).with_notes(&diagnostic.notes)
        }
    }
}

impl Message {
    /// A message without a place.
    pub(in crate::cli) fn new(severity: Severity, message: impl Into<String>) -> Self {
        Self {
            severity,
            code: None,
            message: shorten_places(&message.into()).into_owned(),
            path: None,
            line: None,
            column: None,
            end: None,
            plugin: None,
            notes: Vec::new(),
            help: None,
        }
    }

    /// Gives it a code.
    pub(in crate::cli) fn with_code(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }

    /// Says how to mend it.
    pub(in crate::cli) fn with_help(mut self, help: &str) -> Self {
        self.help = Some(help.to_owned());
        self
    }

    /// Keeps so many notes as one reads, and counts the others.
    pub(in crate::cli) fn with_notes(mut self, notes: &[String]) -> Self {
        let most = notes.iter().take(MOST_NOTES);
        self.notes = most.map(|note| shorten_places(note).into_owned()).collect();
        if notes.len() > MOST_NOTES {
            let rest = notes.len() - MOST_NOTES;
            self.notes.push(format!("and {rest} more"));
        }
        self
    }

    /// What is wrong with a source, at its place; `lines` are those of the text.
    pub(super) fn placed(
        path: &str,
        text: &str,
        lines: &LineIndex,
        found: &SourceDiagnostic,
    ) -> Self {
        let position = |offset| position(text, lines, offset);
        let span = found.span();
        let start = position(span.start);
        let label = Some(&found.label.1).filter(|label| !label.is_empty());
        let related = found
            .related
            .iter()
            .chain(&found.notes)
            .map(|(span, label)| {
                let Position { line, column } = position(span.start);
                format!("{path}:{line}:{column}: {label}")
            });
        let notes = label.cloned().into_iter().chain(related);
        let notes = notes.chain(found.diagnostic.notes.iter().map(ToString::to_string));
        let severity = match found.is_warning() {
            true => Severity::Warning,
            false => Severity::Error,
        };
        Self {
            severity,
            path: Some(path.to_owned()),
            line: Some(start.line),
            column: Some(start.column),
            end: Some(position(span.end)),
            ..Self::from(&found.diagnostic).with_notes(&notes.collect::<Vec<_>>())
        }
    }

    /// Whether something failed for it.
    pub(in crate::cli) fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// What is wrong, in a line.
    pub(in crate::cli) fn title(&self) -> String {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
            Severity::Debug => "debug",
        };
        let code = self.code.as_ref().map(|code| format!("[{code}]"));
        let code = code.unwrap_or_default();
        format!("{severity}{code}: {}", escape_line(&self.message))
    }

    /// As a line of JSON.
    pub(in crate::cli) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| self.text())
    }

    /// For people, in plain lines.
    pub(in crate::cli) fn text(&self) -> String {
        let mut text = self.title();
        if let (Some(path), Some(line), Some(column)) = (&self.path, self.line, self.column) {
            let _ = write!(text, "\n  note: at {}:{line}:{column}", escape_line(path));
        }
        for note in &self.notes {
            let note = escape_text(note).replace('\n', "\n    ");
            let _ = write!(text, "\n  note: {note}");
        }
        if let Some(plugin) = &self.plugin {
            let _ = write!(text, "\n  plugin: {}", escape_line(plugin));
        }
        if let Some(help) = &self.help {
            let _ = write!(text, "\n  help: {}", escape_line(help));
        }
        text
    }
}

fn owned(text: &Option<Box<str>>) -> Option<String> {
    text.as_deref().map(str::to_owned)
}

fn position(text: &str, lines: &LineIndex, offset: u32) -> Position {
    let end = Some(offset as usize).filter(|end| text.is_char_boundary(*end));
    let end = end.unwrap_or(text.len());
    let (line, column) = lines.position(end as u32);
    Position { line, column }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_end_after_twenty() {
        let notes = (0..25).map(|note| note.to_string()).collect::<Vec<_>>();
        let message = Message::new(Severity::Error, "m").with_notes(&notes);
        assert_eq!(message.notes.len(), 21);
        assert_eq!(message.notes[20], "and 5 more");
    }

    #[test]
    fn nothing_pretends_to_be_another_message() {
        let diagnostic = Diagnostic::new("E5112", "a\nerror[E0001]: b").note("x\nerror: y");
        let text = Message::from(&diagnostic).text();
        assert_eq!(
            text,
            "error[E5112]: a\\nerror[E0001]: b\n  note: x\n    error: y"
        );
    }
}
