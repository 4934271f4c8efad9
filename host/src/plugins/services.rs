//! What the host does when a plugin uses its services.

use beskid_plugin_api::abi::HostServices;
use beskid_plugin_api::services::Level;

use crate::signals;

/// Sends a plugin's messages to this process's log.
#[derive(Debug)]
pub struct PluginServices;

impl HostServices for PluginServices {
    fn log(level: Level, message: &str) {
        match level {
            Level::Error => tracing::error!(target: "plugin", "{message}"),
            Level::Warn => tracing::warn!(target: "plugin", "{message}"),
            Level::Info => tracing::info!(target: "plugin", "{message}"),
            Level::Debug => tracing::debug!(target: "plugin", "{message}"),
        }
    }

    fn progress(done: u64, total: u64) {
        tracing::trace!(target: "plugin", done, total, "progress");
    }

    fn is_cancelled() -> bool {
        signals::received().is_some()
    }
}
