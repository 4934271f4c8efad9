//! Whether a plugin says of itself what its manifest says.

use beskid_plugin_api::backend::BackendDescription;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::entry::Entry;

impl Entry {
    /// Compares what a backend says of itself with its manifest.
    ///
    /// # Errors
    /// E5111.
    pub(super) fn check_backend(&self, found: &BackendDescription) -> Result<(), Diagnostic> {
        self.check_identity(&found.id, &found.version)?;
        let says = [("execute", found.executes), ("object", found.emits_objects)];
        match says
            .iter()
            .any(|(name, claimed)| *claimed != self.can(name))
        {
            true => Err(self.disagrees("capabilities")),
            false => Ok(()),
        }
    }

    /// The same of a linker strategy.
    ///
    /// # Errors
    /// E5111.
    pub(super) fn check_identity(&self, id: &str, version: &str) -> Result<(), Diagnostic> {
        if id != self.manifest().id {
            return Err(self.disagrees("id"));
        }
        if version != self.manifest().version {
            return Err(self.disagrees("version"));
        }
        Ok(())
    }

    fn disagrees(&self, field: &str) -> Diagnostic {
        let message = format!(
            "plugin `{}` says another {field} of itself than its manifest does",
            self.manifest().id
        );
        Diagnostic::new(Code::E5111, message)
            .plugin(&self.manifest().id)
            .note(format!("origin: {}", self.origin()))
            .help("report this to the author of the plugin")
    }
}
