//! What the host does for a plugin while the plugin works.
//!
//! Statics are per dylib: a plugin's own `tracing` reaches nobody. So the host
//! passes a table of functions.

use crate::abi::ServicesRef;

/// Severity of a message.
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

/// The host's services.
#[derive(Clone, Copy)]
pub struct Services {
    table: ServicesRef,
}

impl Services {
    pub(crate) const fn new(table: ServicesRef) -> Self {
        Self { table }
    }

    /// Sends a message to the host's log.
    pub fn log(&self, level: Level, message: &str) {
        self.table.log()(level as u8, message.as_bytes().into());
    }

    /// Says that `done` of `total` units of work are done.
    pub fn progress(&self, done: u64, total: u64) {
        self.table.progress()(done, total);
    }

    /// Whether the user wants to stop. A plugin that works long asks from time
    /// to time, and returns any diagnostic when it is so.
    pub fn is_cancelled(&self) -> bool {
        self.table.cancelled()()
    }
}
