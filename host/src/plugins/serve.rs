//! The other end of an isolated plugin, and of its first use: this process loads
//! one plugin for another process of this program, and does what that one asks.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use beskid_plugin_api::abi::HostServices;
use beskid_plugin_api::backend::{Compiled, OutputForm};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::services::Level;
use beskid_plugin_api::tools::{ToolCall, ToolOutput};
use rustix::io::fcntl_dupfd_cloexec;
use rustix::stdio;

use super::isolate::{Answer, Call, Said, read_frame, set_limits, write_frame};
use super::load::{Loaded, load};
use super::sealed::Sealed;
use super::services::{PluginServices, Workplace};
use super::vet::{VettedPlugin, vet_open};
use crate::config::PluginSettings;
use crate::signals::{self, Work};

/// Least number of the files that this process keeps open: the low ones are the
/// plugin's.
const LEAST: i32 = 100;

/// Where answers and messages go.
static WIRE: OnceLock<Mutex<UnixStream>> = OnceLock::new();

/// What a plugin is served with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Serve<'s> {
    /// Where the plugin comes from, for messages.
    pub(crate) path: &'s Path,
    /// Its id.
    pub(crate) id: &'s str,
    /// Libraries that it may need.
    pub(crate) libraries: &'s [String],
    /// Most memory that this process may take, in MiB.
    pub(crate) memory: u32,
}

/// Serves a plugin until nobody asks any more. Standard input is its sealed bytes,
/// standard output the socket to whoever asks; the plugin sees neither.
///
/// # Errors
/// E4040 if the streams or limits cannot be set, E5113 for a request that cannot be
/// read, E5160 if the bytes are not sealed, or why [`vet`](super::vet::vet) refuses
/// them.
pub(crate) fn serve(serve: Serve<'_>) -> Result<(), Diagnostic> {
    let failed = |error: io::Error| {
        let message = format!("cannot serve plugin `{}`: {error}", serve.id);
        Diagnostic::new(Code::E4040, message)
    };
    let (bytes, socket) = take_over().map_err(failed)?;
    let bytes = Sealed::inherited(bytes.into())?;
    let mut requests = UnixStream::from(socket);
    let answers = requests.try_clone().map_err(failed)?;
    WIRE.get_or_init(|| Mutex::new(answers));
    set_limits(serve.memory).map_err(failed)?;
    signals::keep_together();
    let settings = PluginSettings {
        libraries: serve.libraries.to_vec(),
        ..PluginSettings::default()
    };
    let settings = BTreeMap::from([(serve.id.to_owned(), settings)]);
    let len = bytes.file().metadata().map_err(failed)?.len();
    let plugin = vet_open(bytes.file(), len, serve.path, &settings)?;
    let mut served = Served {
        plugin,
        bytes,
        loaded: None,
    };
    while let Some((message, artifact)) = read_frame(&mut requests).map_err(failed)? {
        let call = serde_json::from_slice(&message).map_err(|error| {
            let message = format!("malformed request for plugin `{}`: {error}", serve.id);
            Diagnostic::new(Code::E5113, message)
        })?;
        let (answer, object) = match served.answer(call, &artifact) {
            Ok((answer, object)) => (Ok(answer), object),
            Err(diagnostic) => (Err(diagnostic), Vec::new()),
        };
        say(&Said::Answer(answer), &object).or_else(|error| match error.kind() {
            io::ErrorKind::InvalidInput => {
                let message = format!("the plugin made {} bytes, more than fit", object.len());
                let refusal = Err(Diagnostic::new(Code::E5113, message));
                say(&Said::Answer(refusal), &[]).map_err(failed)
            }
            _ => Err(failed(error)),
        })?;
    }
    Ok(())
}

/// Takes standard input and output away: the plugin reads nothing, and what it writes
/// goes where its errors go.
fn take_over() -> io::Result<(OwnedFd, OwnedFd)> {
    let keep = |file: rustix::fd::BorrowedFd<'static>| {
        // Where few files may be open, low numbers will do.
        fcntl_dupfd_cloexec(file, LEAST).or_else(|_| fcntl_dupfd_cloexec(file, 3))
    };
    let kept = (keep(stdio::stdin())?, keep(stdio::stdout())?);
    stdio::dup2_stdin(File::open("/dev/null")?)?;
    stdio::dup2_stdout(stdio::stderr())?;
    Ok(kept)
}

fn say(said: &Said, bytes: &[u8]) -> io::Result<()> {
    let message = serde_json::to_vec(said)?;
    let wire = WIRE.get().ok_or(io::ErrorKind::NotConnected)?;
    let mut wire = wire.lock().unwrap_or_else(PoisonError::into_inner);
    write_frame(&mut *wire, &message, bytes)
}

struct Served {
    plugin: VettedPlugin,
    bytes: Sealed,
    loaded: Option<Loaded>,
}

impl Served {
    fn answer(&mut self, call: Call, artifact: &[u8]) -> Result<(Answer, Vec<u8>), Diagnostic> {
        let loaded = self.loaded()?;
        let answer = match (call, loaded) {
            (Call::Load, _) => Answer::Done,
            (Call::Describe, Loaded::Backend(backend)) => Answer::Backend(backend.describe()?),
            (Call::Describe, Loaded::Linker(linker)) => Answer::Linker(linker.describe()?),
            (Call::Options, Loaded::Backend(backend)) => Answer::Options(backend.options()?),
            (Call::Compile(request), Loaded::Backend(backend))
                if request.output == OutputForm::Object =>
            {
                let work = Work::begin();
                let workplace = Workplace::open();
                let services = workplace.services::<Passed>();
                let compiled = backend.compile(artifact, &request, services);
                drop(workplace);
                drop(work);
                match compiled? {
                    Compiled::Object { digest, object } => {
                        return Ok((Answer::Object(digest), object));
                    }
                    Compiled::Session { digest, .. } => Answer::Session(digest),
                }
            }
            (Call::Supports(target, kind), Loaded::Linker(linker)) => {
                linker.supports(&target, kind)?;
                Answer::Done
            }
            (Call::Plan(request), Loaded::Linker(linker)) => Answer::Plan(linker.plan(&request)?),
            (Call::Callback(request, step), Loaded::Linker(linker)) => {
                linker.callback(&request, step)?;
                Answer::Done
            }
            _ => {
                let message = "a plugin was asked what it cannot be asked";
                return Err(Diagnostic::new(Code::E5114, message));
            }
        };
        Ok((answer, Vec::new()))
    }

    fn loaded(&mut self) -> Result<Loaded, Diagnostic> {
        match self.loaded {
            Some(loaded) => Ok(loaded),
            None => {
                let loaded = load(&self.plugin, &self.bytes)?;
                Ok(*self.loaded.insert(loaded))
            }
        }
    }
}

/// The services of whoever asks.
struct Passed;

impl HostServices for Passed {
    fn log(level: Level, message: &str) {
        // Nobody is left to be told.
        let _ = say(&Said::Log(level as u8, message.to_owned()), &[]);
    }

    fn progress(_: u64, _: u64) {}

    fn is_cancelled() -> bool {
        signals::received().is_some()
    }

    fn scratch() -> Result<String, Diagnostic> {
        PluginServices::scratch()
    }

    fn run(call: &ToolCall) -> Result<ToolOutput, Diagnostic> {
        PluginServices::run(call)
    }
}
