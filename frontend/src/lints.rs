//! Which diagnostics stop a program.

use crate::codes;
use crate::diagnostic::SourceDiagnostic;

/// What a user says about codes of diagnostics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lints {
    /// Errors that become warnings; only one can: the change of a local that is not
    /// `mut` (STM-2).
    pub warn: Vec<String>,
    /// Warnings that become errors; `warnings` is all of them.
    pub deny: Vec<String>,
}

impl Lints {
    /// Whether an error may become a warning.
    pub fn may_warn(code: &str) -> bool {
        code == codes::NOT_MUTABLE.as_str()
    }

    /// Applies what the user says to what was found.
    pub(crate) fn apply(&self, diagnostics: &mut [SourceDiagnostic]) {
        for found in diagnostics {
            let code = found.diagnostic.code.as_str();
            let named = |codes: &[String]| codes.iter().any(|named| named == code);
            let warn = Self::may_warn(code) && named(&self.warn);
            let all = self.deny.iter().any(|named| named == "warnings");
            let deny = named(&self.deny) || all && found.is_warning();
            if deny || warn {
                found.set_warning(!deny);
            }
        }
    }
}
