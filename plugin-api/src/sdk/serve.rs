//! The plugin's side of the boundary: what the macros' functions call.
//!
//! Every call catches panics here, inside the plugin, because a panic that
//! reaches the boundary ends the process.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::abi::messages::{CompileReply, SupportQuery, compile_asked, from_json, pack};
use crate::abi::{Reply, ServicesRef};
use crate::backend::{Backend, Compiled, Session};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::linker::LinkerStrategy;
use crate::services::Services;

use crate::panics::contain_panic;

/// The open sessions of one plugin, by number.
pub struct Sessions {
    open: Mutex<Table>,
}

struct Table {
    next: u64,
    sessions: BTreeMap<u64, Box<dyn Session>>,
}

impl Sessions {
    /// No sessions.
    #[expect(clippy::new_without_default, reason = "only ever a static")]
    pub const fn new() -> Self {
        Self {
            open: Mutex::new(Table {
                next: 1,
                sessions: BTreeMap::new(),
            }),
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Table) -> T) -> T {
        act(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn insert(&self, session: Box<dyn Session>) -> u64 {
        self.with(|table| {
            let id = table.next;
            table.next += 1;
            table.sessions.insert(id, session);
            id
        })
    }

    fn take(&self, id: u64) -> Result<Box<dyn Session>, Diagnostic> {
        self.with(|table| table.sessions.remove(&id))
            .ok_or_else(|| Diagnostic::new(Code::E5113, format!("the plugin has no session {id}")))
    }

    fn put_back(&self, id: u64, session: Box<dyn Session>) {
        self.with(|table| table.sessions.insert(id, session));
    }
}

/// Serves [`Backend::describe`].
pub fn backend_describe(backend: &dyn Backend) -> Reply {
    serve(|| Ok((backend.describe(), Vec::new())))
}

/// Serves [`Backend::options`].
pub fn backend_options(backend: &dyn Backend) -> Reply {
    serve(|| Ok((backend.options(), Vec::new())))
}

/// Serves [`Backend::compile`].
///
/// # Safety
/// The addresses in `request` are what
/// [`CompileRequest::with_imports`](crate::backend::CompileRequest::with_imports)
/// says.
pub unsafe fn backend_compile(
    backend: &dyn Backend,
    sessions: &Sessions,
    artifact: &[u8],
    request: &[u8],
    services: ServicesRef,
) -> Reply {
    serve(|| {
        // SAFETY: the caller's promise.
        let request = unsafe { compile_asked(request)? };
        let services = Services::from_table(services);
        Ok(match backend.compile(artifact, &request, &services)? {
            Compiled::Object { digest, object } => {
                let session = None;
                (CompileReply { digest, session }, object)
            }
            Compiled::Session { digest, session } => {
                let session = Some(sessions.insert(session));
                (CompileReply { digest, session }, Vec::new())
            }
        })
    })
}

/// Serves [`Session::symbol`].
pub fn session_symbol(sessions: &Sessions, id: u64, name: &[u8]) -> Reply {
    serve(|| {
        let session = sessions.take(id)?;
        let name = std::str::from_utf8(name);
        let address = name.ok().and_then(|name| session.symbol(name));
        sessions.put_back(id, session);
        Ok((address, Vec::new()))
    })
}

/// Serves [`Session::run`].
pub fn session_run(sessions: &Sessions, id: u64) -> Reply {
    serve(|| {
        // The program runs without the lock: it may take for ever.
        let mut session = sessions.take(id)?;
        let bits = session.run();
        sessions.put_back(id, session);
        Ok((bits?, Vec::new()))
    })
}

/// Ends a session.
pub fn session_close(sessions: &Sessions, id: u64) -> Reply {
    serve(|| Ok((sessions.take(id)?.close()?, Vec::new())))
}

/// Serves [`LinkerStrategy::describe`].
pub fn linker_describe(strategy: &dyn LinkerStrategy) -> Reply {
    serve(|| Ok((strategy.describe(), Vec::new())))
}

/// Serves [`LinkerStrategy::supports`].
pub fn linker_supports(strategy: &dyn LinkerStrategy, query: &[u8]) -> Reply {
    serve(|| {
        let SupportQuery { target, kind } = from_json(query)?;
        Ok((strategy.supports(&target, kind)?, Vec::new()))
    })
}

/// Serves [`LinkerStrategy::plan`].
pub fn linker_plan(strategy: &dyn LinkerStrategy, request: &[u8]) -> Reply {
    serve(|| Ok((strategy.plan(&from_json(request)?)?, Vec::new())))
}

/// Serves [`LinkerStrategy::callback`].
pub fn linker_callback(strategy: &dyn LinkerStrategy, request: &[u8], step: u32) -> Reply {
    serve(|| Ok((strategy.callback(&from_json(request)?, step)?, Vec::new())))
}

fn serve<T: Serialize>(call: impl FnOnce() -> Result<(T, Vec<u8>), Diagnostic>) -> Reply {
    pack(contain_panic(call).unwrap_or_else(|panic| {
        let message = format!("the plugin panicked: {panic}");
        Err(Diagnostic::new(Code::E5112, message).help("report this to the author of the plugin"))
    }))
}
