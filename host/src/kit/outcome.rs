//! What comes of a test.

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use serde::{Deserialize, Serialize};

/// How a test ended that found nothing wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// The plugin does as it must.
    Passed,
    /// It has nothing that could be tested, or what it lacks it says; why.
    Skipped(String),
    /// What a test in another process wants to know.
    Told(String),
}

/// What is wrong with a plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Finding {
    /// What it should have done.
    pub(crate) expected: String,
    /// What it did.
    pub(crate) found: String,
}

/// What comes of a test.
pub(crate) type Checked = Result<Outcome, Finding>;

impl Finding {
    /// A finding.
    pub(crate) fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            expected: expected.into(),
            found: found.into(),
        }
    }

    /// An error where there should have been none.
    pub(crate) fn error(expected: impl Into<String>, error: &Diagnostic) -> Self {
        Self::new(expected, shown(error))
    }
}

/// An error in one line.
pub(crate) fn shown(error: &Diagnostic) -> String {
    let notes = error.notes.iter().map(|note| format!("; {note}"));
    format!(
        "{}: {}{}",
        error.code,
        error.message,
        notes.collect::<String>()
    )
}

/// What was made, or the finding that an error was.
///
/// # Errors
/// The finding.
pub(crate) fn made<T>(expected: &str, result: Result<T, Diagnostic>) -> Result<T, Finding> {
    result.map_err(|error| Finding::error(expected, &error))
}

/// The error that there must be, and of one of these codes.
///
/// # Errors
/// A finding if there is none, or another.
pub(crate) fn refused<T>(
    what: &str,
    codes: &[Code],
    result: Result<T, Diagnostic>,
) -> Result<Diagnostic, Finding> {
    let expected = || {
        let codes = codes.iter().map(|code| code.as_str()).collect::<Vec<_>>();
        format!("{what} to be refused with {}", codes.join(" or "))
    };
    match result {
        Ok(_) => Err(Finding::new(expected(), "it was accepted")),
        Err(error) if codes.contains(&error.code) => Ok(error),
        Err(error) => Err(Finding::error(expected(), &error)),
    }
}

/// Whether a backend says by this that it lacks something: a feature, an instruction,
/// or something else that the program needs.
pub(crate) fn is_lack(error: &Diagnostic) -> bool {
    [Code::E5006, Code::E5008, Code::E4002].contains(&error.code)
}

/// A finding unless something holds.
///
/// # Errors
/// The finding.
pub(crate) fn holds(
    it_does: bool,
    expected: impl Into<String>,
    found: impl Into<String>,
) -> Result<(), Finding> {
    match it_does {
        true => Ok(()),
        false => Err(Finding::new(expected, found)),
    }
}
