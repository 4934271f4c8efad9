//! What the host does when a plugin uses its services.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use beskid_plugin_api::abi::HostServices;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::services::Level;
use beskid_plugin_api::tools::{ToolCall, ToolOutput};

use crate::child::run_tool;
use crate::scratch::Scratch;
use crate::signals;
use crate::tools::{self, Chosen, response};

/// Sends a plugin's messages to this process's log, and runs tools for it.
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

    fn scratch() -> Result<String, Diagnostic> {
        let mut room = room();
        let scratch = match room.scratch.take() {
            Some(scratch) => scratch,
            None => Scratch::new()?,
        };
        let path = scratch.path().to_str().map(str::to_owned);
        room.scratch = Some(scratch);
        path.ok_or_else(|| {
            Diagnostic::new(Code::E4040, "the folder for temporary files is not UTF-8")
                .help("set `TMPDIR` to another one")
        })
    }

    fn run(call: &ToolCall) -> Result<ToolOutput, Diagnostic> {
        let refused = |reason: String| {
            let message = format!("a call of a tool is refused: the backend {reason}");
            Diagnostic::new(Code::E5203, message).help("report this to the author of the backend")
        };
        tools::check(call, Chosen::ByPlugin).map_err(refused)?;
        tracing::debug!(role = call.role, program = call.program, "tool");
        let folder = || Self::scratch().map(PathBuf::from);
        let number = CALLS.fetch_add(1, Ordering::Relaxed);
        let args = response::arguments(call, folder, number)?;
        let output = run_tool(&mut tools::command(call, &*args));
        signals::check()?;
        let output =
            output.map_err(|error| tools::unavailable(&call.role, &call.program, &error))?;
        let text = |bytes: &[u8]| {
            let kept = &bytes[..bytes.len().min(MOST_TEXT)];
            String::from_utf8_lossy(kept).into_owned()
        };
        let status = output.status.code();
        Ok(ToolOutput::new(
            status,
            text(&output.stdout),
            text(&output.stderr),
        ))
    }
}

/// How many calls of tools there were.
static CALLS: AtomicUsize = AtomicUsize::new(0);

/// Most bytes of an output stream that a backend is given: 1 MiB.
const MOST_TEXT: usize = 1 << 20;

/// What backends have while they compile.
struct Room {
    /// How many compile now.
    at_work: usize,
    /// Their folder, if any asked for it.
    scratch: Option<Scratch>,
}

static ROOM: Mutex<Room> = Mutex::new(Room {
    at_work: 0,
    scratch: None,
});

/// While this value lives, backends may use what the host lends them.
#[derive(Debug)]
pub(crate) struct Workplace;

impl Workplace {
    /// Lends it.
    pub(crate) fn open() -> Self {
        room().at_work += 1;
        Self
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        let left = {
            let mut room = room();
            room.at_work -= 1;
            match room.at_work {
                0 => room.scratch.take(),
                _ => None,
            }
        };
        drop(left);
    }
}

fn room() -> MutexGuard<'static, Room> {
    ROOM.lock().unwrap_or_else(PoisonError::into_inner)
}
