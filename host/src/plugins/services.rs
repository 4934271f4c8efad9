//! What the host does when a plugin uses its services.

use std::cell::Cell;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use beskid_plugin_api::abi::{HostServices, ServicesRef, services_table};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::services::Level;
use beskid_plugin_api::tools::{ToolCall, ToolOutput};

use crate::child::run_tool;
use crate::scratch::Scratch;
use crate::signals;
use crate::tools::{self, Chosen, response};

/// Sends a plugin's messages to this process's log, and runs tools for it. A scratch
/// folder has only who answers a call (E5181).
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
        let call = CALL.get().ok_or_else(nobody_at_work)?;
        let mut rooms = rooms();
        let room = rooms[call].as_mut().ok_or_else(nobody_at_work)?;
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

/// How many calls are answered at once; others wait.
const CALLS_AT_ONCE: usize = 32;

/// What a backend has while it compiles.
struct Room {
    /// Its folder, if it asked for it.
    scratch: Option<Scratch>,
}

/// One for each call that is being answered.
static ROOMS: Mutex<[Option<Room>; CALLS_AT_ONCE]> = Mutex::new([const { None }; CALLS_AT_ONCE]);
/// A call was answered.
static ANSWERED: Condvar = Condvar::new();

thread_local! {
    /// The call whose plugin uses a service in this thread.
    static CALL: Cell<Option<usize>> = const { Cell::new(None) };
}

/// While this value lives, a backend may use what the host lends it for one call.
#[derive(Debug)]
pub(crate) struct Workplace {
    call: usize,
}

impl Workplace {
    /// Lends it. Waits if very many are lent.
    pub(crate) fn open() -> Self {
        let mut rooms = rooms();
        loop {
            if let Some(call) = rooms.iter().position(Option::is_none) {
                rooms[call] = Some(Room { scratch: None });
                return Self { call };
            }
            let waited = ANSWERED.wait(rooms);
            rooms = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The services of `H` for this call: what it has of [`PluginServices`] is the
    /// call's own, whichever thread of the plugin asks.
    pub(crate) fn services<H: HostServices>(&self) -> ServicesRef {
        macro_rules! tables {
            ($($call:literal)*) => { [$(services_table::<For<H, $call>>),*] };
        }
        let tables: [fn() -> ServicesRef; CALLS_AT_ONCE] = tables!(
            0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
        );
        tables[self.call]()
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        let mut rooms = rooms();
        let is_waited_for = rooms.iter().all(Option::is_some);
        let left = rooms[self.call].take();
        drop(rooms);
        if is_waited_for {
            // Whoever waits began to when none was free; until then others may get free.
            ANSWERED.notify_all();
        }
        drop(left);
    }
}

/// The services of `H` for one of the calls.
struct For<H, const CALL: usize>(PhantomData<H>);

impl<H: HostServices, const N: usize> HostServices for For<H, N> {
    fn log(level: Level, message: &str) {
        H::log(level, message);
    }

    fn progress(done: u64, total: u64) {
        H::progress(done, total);
    }

    fn is_cancelled() -> bool {
        H::is_cancelled()
    }

    fn scratch() -> Result<String, Diagnostic> {
        of_call(N, H::scratch)
    }

    fn run(call: &ToolCall) -> Result<ToolOutput, Diagnostic> {
        of_call(N, || H::run(call))
    }
}

/// Does something for a call.
fn of_call<T>(call: usize, work: impl FnOnce() -> T) -> T {
    let before = CALL.replace(Some(call));
    let done = work();
    CALL.set(before);
    done
}

/// E5181 for whoever asks when its call is answered.
fn nobody_at_work() -> Diagnostic {
    let message = "a plugin asks for a scratch folder while it answers no call";
    Diagnostic::new(Code::E5181, message).help("report this to the author of the plugin")
}

fn rooms() -> MutexGuard<'static, [Option<Room>; CALLS_AT_ONCE]> {
    ROOMS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::thread;

    use beskid_plugin_api::services::Services;

    use super::*;

    fn services(workplace: &Workplace) -> Services {
        Services::from_table(workplace.services::<PluginServices>())
    }

    #[test]
    fn each_call_has_a_folder_of_its_own_that_goes_with_it() {
        let (one, other) = (Workplace::open(), Workplace::open());
        let folder = services(&one).scratch().unwrap();
        let others = services(&other).scratch().unwrap();
        assert_ne!(folder, others);
        assert_eq!(services(&one).scratch().unwrap(), folder);
        fs::write(Path::new(&folder).join("file"), "mine").unwrap();
        // A thread that the plugin has started is at work for the same call.
        let asked = thread::scope(|scope| {
            let ask = || services(&one).scratch().unwrap();
            scope.spawn(ask).join().unwrap()
        });
        assert_eq!(asked, folder);
        drop(one);
        assert!(!Path::new(&folder).exists());
        assert!(Path::new(&others).exists());
        assert_eq!(PluginServices::scratch().unwrap_err().code, Code::E5181);
        drop(other);
        assert!(!Path::new(&others).exists());
    }

    #[test]
    fn more_calls_than_are_answered_at_once_wait() {
        thread::scope(|scope| {
            for _ in 0..3 * CALLS_AT_ONCE {
                scope.spawn(|| {
                    let workplace = Workplace::open();
                    let folder = services(&workplace).scratch().unwrap();
                    assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
                });
            }
        });
    }
}
