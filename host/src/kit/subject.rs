//! The plugin that is tested, and what its tests work with.

use std::ffi::OsString;
use std::time::Duration;

use beskid_plugin_api::diagnostic::Diagnostic;

use super::outcome::{Checked, Finding, Outcome};
use crate::config::Config;
use crate::plugins::{Entry, Registry};

/// A plugin that is tested.
pub(crate) struct Subject<'a> {
    /// The plugin.
    pub(crate) entry: &'a Entry,
    /// The plugins in reach, it among them.
    pub(crate) registry: &'a Registry,
    /// The user's settings.
    pub(crate) config: &'a Config,
    /// What names it on the command line: `NAME`, or `NAME@VERSION`.
    pub(crate) name: &'a str,
    /// Arguments of this program that make it a worker of `beskid test`, with the
    /// plugin in reach.
    pub(crate) worker: Vec<OsString>,
    /// Most time that one process of a test may take.
    pub(crate) timeout: Duration,
    /// Runs a test of this name in another process.
    pub(crate) elsewhere: &'a (dyn Fn(&str) -> Result<Checked, Diagnostic> + Sync),
}

impl Subject<'_> {
    /// What a test says in another process.
    ///
    /// # Errors
    /// What that test finds.
    pub(crate) fn told_elsewhere(&self, name: &str) -> Result<String, Finding> {
        match (self.elsewhere)(name) {
            Ok(Ok(Outcome::Told(text))) => Ok(text),
            Ok(Ok(_)) => Err(Finding::new("an answer", "none")),
            Ok(Err(finding)) => Err(finding),
            Err(error) => Err(Finding::error("another process to be started", &error)),
        }
    }
}
