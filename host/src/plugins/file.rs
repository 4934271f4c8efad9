//! A plugin's file, and what was found out about it so far.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use beskid_plugin_api::Digest;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::expected::Expected;
use super::first_use::Reached;
use super::install::Added;
use super::isolate::Containment;
use super::vet::{MAX_PLUGIN, VettedPlugin, vet_permitting};
use crate::input::read_bounded;

/// A file that says that it is a plugin.
pub(super) struct PluginFile {
    path: PathBuf,
    /// What was noted when it was added to the user's folder.
    pub(super) added: Option<Added>,
    /// Why nobody knows what was noted.
    pub(super) doubt: Option<Diagnostic>,
    /// Whether it is switched off.
    pub(super) is_disabled: bool,
    pub(super) containment: Arc<Containment>,
    pub(super) vetted: OnceLock<Result<VettedPlugin, Diagnostic>>,
    /// Its digest, as far as the system says the same of it as before.
    pub(super) seen: OnceLock<Option<Digest>>,
    /// Whether it is used, as far as that is decided by what is asked of files.
    pub(super) admitted: OnceLock<Result<(), Diagnostic>>,
    pub(super) expected: OnceLock<Expected>,
    /// Set if the lock has it.
    pub(super) locked: OnceLock<()>,
    /// It, in a process of its own.
    pub(super) reached_apart: OnceLock<Result<Reached, Diagnostic>>,
    /// It, in this process.
    pub(super) reached_here: OnceLock<Result<Reached, Diagnostic>>,
}

impl PluginFile {
    /// A file that was looked at.
    pub(super) const fn new(path: PathBuf, containment: Arc<Containment>) -> Self {
        Self {
            path,
            added: None,
            doubt: None,
            is_disabled: false,
            containment,
            vetted: OnceLock::new(),
            seen: OnceLock::new(),
            admitted: OnceLock::new(),
            expected: OnceLock::new(),
            locked: OnceLock::new(),
            reached_apart: OnceLock::new(),
            reached_here: OnceLock::new(),
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The key of minisign that the user wants a plugin to be signed by.
    pub(super) fn key(&self, id: &str) -> Option<&str> {
        self.containment.plugins.get(id)?.key.as_deref()
    }

    /// All of it, whatever it is.
    ///
    /// # Errors
    /// E5101 if it cannot be read.
    pub(super) fn read(&self) -> Result<Vec<u8>, Diagnostic> {
        read_bounded(&self.path, MAX_PLUGIN).map_err(|error| {
            let path = self.path.display().to_string();
            let message = format!("`{path}` is not a plugin: {}", error.message);
            Diagnostic::new(Code::E5101, message).path(path)
        })
    }

    /// What the gate says of it, which is asked once.
    ///
    /// # Errors
    /// Why the gate refuses it.
    pub(super) fn vetted(&self) -> Result<&VettedPlugin, Diagnostic> {
        let vetted = self
            .vetted
            .get_or_init(|| vet_permitting(&self.path, &self.containment.plugins));
        vetted.as_ref().map_err(Clone::clone)
    }
}
