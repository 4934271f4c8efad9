//! Hosts for calls at the same time: each lends a folder of its own.

use std::sync::{Mutex, MutexGuard, PoisonError};

use beskid_plugin_api::abi::{HostServices, ServicesRef, services_table};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::services::Level;
use beskid_plugin_api::tools::{ToolCall, ToolOutput};

use crate::plugins::PluginServices;
use crate::scratch::Scratch;

/// How many there are.
pub(super) const DESKS: usize = 8;

/// The folders that were asked for.
static FOLDERS: [Mutex<Option<Scratch>>; DESKS] = [const { Mutex::new(None) }; DESKS];

/// The services of each.
pub(super) fn tables() -> [ServicesRef; DESKS] {
    [
        services_table::<Desk<0>>(),
        services_table::<Desk<1>>(),
        services_table::<Desk<2>>(),
        services_table::<Desk<3>>(),
        services_table::<Desk<4>>(),
        services_table::<Desk<5>>(),
        services_table::<Desk<6>>(),
        services_table::<Desk<7>>(),
    ]
}

/// Takes the folder of a desk away, if it was asked for.
pub(super) fn clear(desk: usize) {
    if let Some(folder) = FOLDERS.get(desk) {
        let left = taken(folder).take();
        drop(left);
    }
}

fn taken(folder: &Mutex<Option<Scratch>>) -> MutexGuard<'_, Option<Scratch>> {
    folder.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The host of one call at a time.
struct Desk<const N: usize>;

impl<const N: usize> HostServices for Desk<N> {
    fn log(level: Level, message: &str) {
        PluginServices::log(level, message);
    }

    fn progress(done: u64, total: u64) {
        PluginServices::progress(done, total);
    }

    fn is_cancelled() -> bool {
        PluginServices::is_cancelled()
    }

    fn scratch() -> Result<String, Diagnostic> {
        let mut folder = taken(&FOLDERS[N]);
        let scratch = match folder.take() {
            Some(scratch) => scratch,
            None => Scratch::new()?,
        };
        let path = scratch.path().display().to_string();
        *folder = Some(scratch);
        Ok(path)
    }

    fn run(call: &ToolCall) -> Result<ToolOutput, Diagnostic> {
        PluginServices::run(call)
    }
}
