//! What is to be known of a link that went well.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::cache::Stamp;

/// A file or folder, and what the system says of it; `None`: it is not there.
pub(crate) type Seen = (PathBuf, Option<Stamp>);

/// What is to be known of it besides its output.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    /// What the tools warned of.
    pub(crate) warnings: Vec<Warning>,
    /// What the driver looked at, as far as it says.
    pub(crate) seen: Option<Vec<Seen>>,
}

/// What a tool said that did its work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Warning {
    role: String,
    text: String,
}

impl Warning {
    pub(super) fn new(role: &str, text: String) -> Self {
        let role = role.to_owned();
        Self { role, text }
    }

    /// Says it to the user.
    pub(crate) fn tell(&self) {
        let role = self.role.as_str();
        tracing::warn!(role, "{}", self.text);
    }
}
