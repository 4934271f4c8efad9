//! What the host does for a plugin while the plugin works: log, progress,
//! cancellation.
//!
//! Statics are per dylib: a plugin's own `tracing` reaches nobody. So the host
//! passes a table of functions to
//! [`Backend::compile`](crate::backend::Backend::compile). None of them fails,
//! and any thread may call them during the call that they were passed to.
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

/// Severity of a message. What is wrong with the program goes into a
/// [`Diagnostic`](crate::diagnostic::Diagnostic), not into the log.
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
}
