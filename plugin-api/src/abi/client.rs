//! The host's side: calling a plugin through its table.

use std::mem::ManuallyDrop;

use abi_stable::prefix_type::WithMetadata;
use abi_stable::std_types::RSlice;
use serde::de::DeserializeOwned;

use super::c::{BackendTable, LinkerTable};
use super::messages::{
    CompileQuestion, CompileReply, SupportQuery, from_json, malformed, not_offered, pack, to_json,
    unpack,
};
use super::modules::{BackendModuleRef, LinkerModuleRef, ServicesRef, ServicesTable};
use super::reply::Reply;
use crate::backend::{BackendDescription, CompileRequest, Compiled, OptionDescription, Session};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::linker::{LinkPlan, LinkRequest, LinkerDescription, OutputKind};
use crate::panics::contain_panic;
use crate::services::{Level, Services};
use crate::tools::{ToolCall, ToolOutput};

/// A backend plugin, built in or loaded. Cheap to copy; its methods are those of
/// [`Backend`](crate::backend::Backend), and a panic in them is an error.
#[derive(Clone, Copy)]
pub struct BackendClient {
    table: BackendTable,
}

impl BackendClient {
    /// Calls through this table, such as `root_module()` of the module that
    /// [`backend_plugin!`](crate::backend_plugin) makes.
    pub const fn new(module: BackendModuleRef) -> Self {
        Self::of(BackendTable::Stable(module))
    }

    pub(super) const fn of(table: BackendTable) -> Self {
        Self { table }
    }

    /// [`Backend::describe`](crate::backend::Backend::describe).
    ///
    /// # Errors
    /// E5112 if the plugin panics, E5113 if the answer is malformed.
    pub fn describe(&self) -> Result<BackendDescription, Diagnostic> {
        value(self.table.describe())
    }

    /// [`Backend::options`](crate::backend::Backend::options); `None` if the plugin
    /// was built before there was such a question, and checks its options itself.
    ///
    /// # Errors
    /// As [`Self::describe`].
    pub fn options(&self) -> Result<Option<Vec<OptionDescription>>, Diagnostic> {
        self.table.options().map(value).transpose()
    }

    /// [`Backend::compile`](crate::backend::Backend::compile). Dropping a session
    /// that comes out closes it in the plugin. [`services_table`] makes
    /// `services`.
    ///
    /// # Errors
    /// The plugin's diagnostic, or as [`Self::describe`].
    pub fn compile(
        &self,
        artifact: &[u8],
        request: &CompileRequest,
        services: ServicesRef,
    ) -> Result<Compiled, Diagnostic> {
        let request = json(&CompileQuestion {
            request,
            imports: request.imports(),
        })?;
        // SAFETY: whoever gave the request its imports has promised what they are.
        let reply = unsafe { self.table.compile(artifact, &request, services) };
        let (CompileReply { digest, session }, object) = unpack(reply)?;
        Ok(match session {
            None => Compiled::Object { digest, object },
            Some(id) => Compiled::Session {
                digest,
                session: Box::new(ClientSession {
                    table: self.table,
                    id,
                }),
            },
        })
    }
}

/// A session that lives in the plugin, known here by its number.
struct ClientSession {
    table: BackendTable,
    id: u64,
}

impl Session for ClientSession {
    fn symbol(&self, name: &str) -> Option<u64> {
        let reply = self.table.session_symbol(self.id, name);
        value::<Option<u64>>(reply).ok().flatten()
    }

    fn run(&mut self) -> Result<u64, Diagnostic> {
        value(self.table.session_run(self.id))
    }

    fn close(self: Box<Self>) -> Result<(), Diagnostic> {
        // It is closed once.
        let session = ManuallyDrop::new(*self);
        value(session.table.session_close(session.id))
    }
}

impl Drop for ClientSession {
    fn drop(&mut self) {
        // A session that cannot be closed stays allocated; nothing else is lost.
        let _ = value::<()>(self.table.session_close(self.id));
    }
}

/// A linker-strategy plugin, built in or loaded. Cheap to copy; its methods are
/// those of [`LinkerStrategy`](crate::linker::LinkerStrategy), and a panic in them
/// is an error.
#[derive(Clone, Copy)]
pub struct LinkerClient {
    table: LinkerTable,
}

impl LinkerClient {
    /// Calls through this table, such as `root_module()` of the module that
    /// [`linker_plugin!`](crate::linker_plugin) makes.
    pub const fn new(module: LinkerModuleRef) -> Self {
        Self::of(LinkerTable::Stable(module))
    }

    pub(super) const fn of(table: LinkerTable) -> Self {
        Self { table }
    }

    /// [`LinkerStrategy::describe`](crate::linker::LinkerStrategy::describe).
    ///
    /// # Errors
    /// E5112 if the plugin panics, E5113 if the answer is malformed.
    pub fn describe(&self) -> Result<LinkerDescription, Diagnostic> {
        value(self.table.describe())
    }

    /// [`LinkerStrategy::supports`](crate::linker::LinkerStrategy::supports).
    ///
    /// # Errors
    /// The plugin's diagnostic, or as [`Self::describe`].
    pub fn supports(&self, target: &str, kind: OutputKind) -> Result<(), Diagnostic> {
        let query = json(&SupportQuery {
            target: target.to_owned(),
            kind,
        })?;
        value(self.table.supports(&query))
    }

    /// [`LinkerStrategy::plan`](crate::linker::LinkerStrategy::plan).
    ///
    /// # Errors
    /// The plugin's diagnostic, or as [`Self::describe`].
    pub fn plan(&self, request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
        let request = json(request)?;
        value(self.table.plan(&request))
    }

    /// [`LinkerStrategy::callback`](crate::linker::LinkerStrategy::callback).
    ///
    /// # Errors
    /// The plugin's diagnostic, or as [`Self::describe`].
    pub fn callback(&self, request: &LinkRequest, step: u32) -> Result<(), Diagnostic> {
        let request = json(request)?;
        value(self.table.callback(&request, step))
    }
}

fn value<T: DeserializeOwned>(reply: Reply) -> Result<T, Diagnostic> {
    unpack(reply).map(|(value, _)| value)
}

fn json<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, Diagnostic> {
    to_json(value).map_err(|error| malformed("request", &error))
}

/// What the host does when a plugin uses its services. The functions have no
/// `self`, and any thread may call them: what they know is in statics. A panic in
/// one is dropped.
pub trait HostServices {
    /// A message for the log.
    fn log(level: Level, message: &str);
    /// `done` of `total` units of work are done.
    fn progress(done: u64, total: u64);
    /// Whether the user wants to stop.
    fn is_cancelled() -> bool;
    /// Path of an empty folder that goes when the plugin has answered; the same one
    /// for each question during a call.
    ///
    /// # Errors
    /// Why there is none; E5181 if this host gives none.
    fn scratch() -> Result<String, Diagnostic> {
        Err(not_offered("a scratch folder"))
    }
    /// Runs a tool to its end, as [`tools`](crate::tools) says.
    ///
    /// # Errors
    /// Why it cannot be run; E5181 if this host runs none.
    fn run(call: &ToolCall) -> Result<ToolOutput, Diagnostic> {
        Err(not_offered(&format!("to run the {}", call.role)))
    }
}

/// The services of a host that shows nothing and is never cancelled.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl HostServices for Silent {
    fn log(_: Level, _: &str) {}
    fn progress(_: u64, _: u64) {}
    fn is_cancelled() -> bool {
        false
    }
}

/// The table that offers `H`, for [`BackendClient::compile`].
pub fn services_table<H: HostServices>() -> ServicesRef {
    struct Table<H>(H);
    impl<H: HostServices> Table<H> {
        const TABLE: &'static WithMetadata<ServicesTable> = &WithMetadata::new(ServicesTable {
            log: log::<H>,
            progress: progress::<H>,
            cancelled: cancelled::<H>,
            scratch: scratch::<H>,
            run: run::<H>,
        });
    }
    ServicesRef(Table::<H>::TABLE.static_as_prefix())
}

impl Services {
    /// The services behind a table, as a plugin sees them.
    pub fn from_table(table: ServicesRef) -> Self {
        Self::new(table)
    }
}

extern "C" fn log<H: HostServices>(level: u8, message: RSlice<'_, u8>) {
    let level = match level {
        0 | 1 => Level::Error,
        2 => Level::Warn,
        3 => Level::Info,
        _ => Level::Debug,
    };
    let message = String::from_utf8_lossy(&message);
    shielded((), || H::log(level, &message));
}

extern "C" fn progress<H: HostServices>(done: u64, total: u64) {
    shielded((), || H::progress(done, total));
}

extern "C" fn cancelled<H: HostServices>() -> bool {
    shielded(false, H::is_cancelled)
}

extern "C" fn scratch<H: HostServices>() -> Reply {
    answered(H::scratch)
}

extern "C" fn run<H: HostServices>(call: RSlice<'_, u8>) -> Reply {
    answered(|| H::run(&from_json(&call)?))
}

fn answered<T: serde::Serialize>(call: impl FnOnce() -> Result<T, Diagnostic>) -> Reply {
    let answer = contain_panic(call).unwrap_or_else(|panic| {
        let message = format!("the host's services panicked: {panic}");
        Err(Diagnostic::new(Code::E5112, message).help("report this to the authors of beskid"))
    });
    pack(answer.map(|value| (value, Vec::new())))
}

/// A panic must not cross the boundary in either direction.
fn shielded<T>(otherwise: T, call: impl FnOnce() -> T) -> T {
    contain_panic(call).unwrap_or(otherwise)
}
