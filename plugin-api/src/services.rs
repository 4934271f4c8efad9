//! What the host does for a plugin while the plugin works: log, progress,
//! cancellation, a scratch folder, tools.
//!
//! Statics are per dylib: a plugin's own `tracing` reaches nobody. So the host
//! passes a table of functions to
//! [`Backend::compile`](crate::backend::Backend::compile). Any thread
//! may call them during the call that they were passed to.
//!
//! A host, or a test of a plugin, makes the table of a type that implements
//! [`HostServices`](crate::abi::HostServices):
//!
//! ```
//! use beskid_plugin_api::abi::{HostServices, services_table};
//! use beskid_plugin_api::services::{Level, Services};
//!
//! struct Stderr;
//!
//! impl HostServices for Stderr {
//!     fn log(level: Level, message: &str) {
//!         eprintln!("{level:?}: {message}");
//!     }
//!     fn progress(done: u64, total: u64) {
//!         eprintln!("{done}/{total}");
//!     }
//!     fn is_cancelled() -> bool {
//!         false
//!     }
//! }
//!
//! let services = Services::from_table(services_table::<Stderr>());
//! services.log(Level::Info, "compiling");
//! services.progress(1, 2);
//! assert!(!services.is_cancelled());
//! ```

use std::fmt;

use crate::abi::ServicesRef;
use crate::abi::messages::{malformed, not_offered, to_json, unpack};
use crate::diagnostic::Diagnostic;
use crate::tools::{ToolCall, ToolOutput};

/// Severity of a message. What is wrong with the program goes into a
/// [`Diagnostic`], not into the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Level {
    /// Something failed.
    Error = 1,
    /// Something is odd.
    Warn = 2,
    /// Something the user may want to know.
    Info = 3,
    /// Something a developer may want to know.
    Debug = 4,
}

/// The host's services. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Services {
    table: ServicesRef,
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Services").finish_non_exhaustive()
    }
}

impl Services {
    pub(crate) const fn new(table: ServicesRef) -> Self {
        Self { table }
    }

    /// Sends a message of one line to the host's log, which shows it if the user
    /// asked for that level (`BESKID_LOG`, `RUST_LOG`).
    pub fn log(&self, level: Level, message: &str) {
        self.table.log()(level as u8, message.as_bytes().into());
    }

    /// Says that `done` of `total` units of work are done. The unit is the
    /// plugin's, for instance functions.
    pub fn progress(&self, done: u64, total: u64) {
        self.table.progress()(done, total);
    }

    /// Whether the user wants to stop. A plugin that works long asks from time
    /// to time, and returns any diagnostic when it is so.
    pub fn is_cancelled(&self) -> bool {
        self.table.cancelled()()
    }

    /// Path of a folder for files of the plugin's own, empty when it is asked for
    /// first and the same one until the call that the services were passed to
    /// returns; then it goes, whatever is in it.
    ///
    /// # Errors
    /// E4040 if it cannot be made, E5181 if the host gives none.
    pub fn scratch(&self) -> Result<String, Diagnostic> {
        let scratch = self.table.scratch();
        let scratch = scratch.ok_or_else(|| not_offered("a scratch folder"))?;
        unpack(scratch()).map(|(path, _)| path)
    }

    /// Has the host run a tool to its end, as [`tools`](crate::tools) says. That it
    /// fails is no error here, but [`ToolOutput::status`].
    ///
    /// # Errors
    /// E4020 if the tool cannot be run, E4044 if the user wants to stop (return it),
    /// E5203 if the call is one that a plan may not have, E5181 if the host runs no
    /// tools.
    pub fn run(&self, call: &ToolCall) -> Result<ToolOutput, Diagnostic> {
        let run = self.table.run();
        let run = run.ok_or_else(|| not_offered(&format!("to run the {}", call.role)))?;
        let call = to_json(call).map_err(|error| malformed("request", &error))?;
        unpack(run(call.as_slice().into())).map(|(output, _)| output)
    }
}
