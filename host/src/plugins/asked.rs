//! What plugin files say of themselves without being used: each is asked once, in a
//! process of its own, and the answer is kept by the digest of its bytes.

use beskid_plugin_api::Digest;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::at_work::Task;
use super::entry::Entry;
use super::facts::Facts;
use super::isolate::{Answer, Call, Failure, Process, Start};
use super::marks::{self, Told};
use super::sealed::Sealed;

impl Entry {
    /// What is known of the plugin without asking it: from when it was added, or was
    /// asked before.
    pub(super) fn told(&self) -> Option<Told> {
        let file = self.plugin_file()?;
        if let Some(added) = &file.added {
            return Some(Ok(added.facts.clone()));
        }
        marks::told(self.likely_digest()?)
    }

    /// Has a process load the file and ask it. Who calls this has decided that it may
    /// be loaded. A plugin that fails has said that; `None` if it cannot be asked here,
    /// which is not its fault.
    ///
    /// # Errors
    /// E4044 if the user wants to stop.
    pub(super) fn ask(&self) -> Result<Option<(Digest, Told)>, Diagnostic> {
        match self.ask_apart() {
            Ok((digest, told)) => {
                marks::keep_told(digest, &told);
                if told.is_ok() {
                    marks::proven(digest);
                }
                Ok(Some((digest, told)))
            }
            Err(error) if error.code == Code::E4044 => Err(error),
            Err(error) => {
                tracing::warn!("plugin `{}` is not asked: {error}", self.manifest().id);
                Ok(None)
            }
        }
    }

    fn ask_apart(&self) -> Result<(Digest, Told), Diagnostic> {
        let cannot = |reason: &str| Diagnostic::new(Code::E5160, reason);
        let file = self.plugin_file().ok_or_else(|| cannot("it is no file"))?;
        let arguments = file.containment.serve.as_deref();
        let arguments = arguments.ok_or_else(|| cannot("there is no program to ask it"))?;
        let plugin = file.vetted()?;
        let (bytes, digest) = Sealed::of(plugin)?;
        self.confirm_as(digest)?;
        let id = &self.manifest().id;
        let settings = file.containment.plugins.get(id);
        tracing::info!(id, path = %file.path().display(), "asking plugin");
        let process = Process::start(Start {
            arguments,
            id,
            path: plugin.path(),
            bytes: bytes.file(),
            libraries: settings.map_or(&[][..], |settings| &settings.libraries),
            limits: file.containment.limits(id).for_a_look(),
        })?;
        let told = match process.call(Task::Describe, &Call::Describe, &[]) {
            Ok((answer, _)) => self.facts_of(answer, &process),
            // What the system did not give is no answer of the plugin's.
            Err(Failure::Told(error)) if error.code.as_str().starts_with("E4") => {
                return Err(error);
            }
            Err(Failure::Told(error)) => Err(plugin.about(error)),
            Err(Failure::Fault(fault)) => Err(plugin.about(fault.at_first_use(id))),
        };
        Ok((digest, told))
    }

    fn facts_of(&self, answer: Answer, process: &Process) -> Told {
        match answer {
            Answer::Backend(found) => {
                self.check_backend(&found)?;
                Ok(Facts::from(found))
            }
            Answer::Linker(found) => {
                self.check_identity(&found.id, &found.version)?;
                Ok(Facts::from(found))
            }
            _ => Err(process.rubbish(Task::Describe)),
        }
    }
}
