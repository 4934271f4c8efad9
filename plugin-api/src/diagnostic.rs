//! The structured diagnostic that crosses every boundary of the system.
//!
//! ```
//! use beskid_plugin_api::codes::Code;
//! use beskid_plugin_api::diagnostic::Diagnostic;
//!
//! let error = Diagnostic::new(Code::E5006, "backend `tiny` does not know `fma`")
//!     .note("in function `area`")
//!     .help("choose another backend");
//! assert_eq!(error.to_string(), "E5006: backend `tiny` does not know `fma`");
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::codes::Code;

/// What went wrong, where, and what the user can do about it.
///
/// A diagnostic is plain data: it crosses the plugin boundary as it is, and
/// the host renders it. As JSON it is an object with `code`, `message`, and, if
/// there are any, `path`, `plugin`, `notes` and `help`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Diagnostic {
    /// Which error it is, for programs.
    pub code: Code,
    /// One line without a full stop: what was found, and what was expected.
    pub message: String,
    /// The file that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<Box<str>>,
    /// Id of the plugin whose output it judges, or that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<Box<str>>,
    /// Further facts, in reading order; each may span several lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// How to fix it, in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Box<str>>,
}

// A result with a larger error is slow to pass on, and clippy tells the author.
const _: () = assert!(size_of::<Diagnostic>() < 128);

impl Diagnostic {
    /// A diagnostic with a code and a one-line message.
    ///
    /// The code is a constant of [`Code`], or a plugin's own.
    pub fn new(code: impl Into<Code>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            path: None,
            plugin: None,
            notes: Vec::new(),
            help: None,
        }
    }

    /// Adds a further fact, behind those that are there.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Names the file that it is about.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into().into());
        self
    }

    /// Names the plugin whose output it judges, or that it is about.
    #[must_use]
    pub fn plugin(mut self, id: impl Into<String>) -> Self {
        self.plugin = Some(id.into().into());
        self
    }

    /// Sets the advice, in place of the one before.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into().into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Diagnostic {}
