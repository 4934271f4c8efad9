//! Running through a backend that executes.

use beskid_plugin_api::artifact::Outline;
use beskid_plugin_api::backend::{CompileRequest, Session};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::runtime_abi::START_SYMBOL;
use tracing::info_span;

use super::outside::Outside;
use super::{Finished, Foreign, Imports, Invocation, dynamic, process, shared_runtime};
use crate::compile::{self, CompileSettings};
use crate::entrypoint::entrypoint;
use crate::foreign::leaving;
use crate::plugins::{Entry, Task};
use crate::scratch;

/// The runtime symbols that programs in memory are given, with their addresses
/// in this process (ABI-001).
pub fn runtime_symbols() -> impl Iterator<Item = (String, u64)> {
    beskid_runtime::exports().map(|(name, address)| (name.to_owned(), address as u64))
}

/// A request for a session of a program that imports nothing but the runtime.
pub(crate) fn session_request() -> CompileRequest {
    // SAFETY: the symbols are those of the runtime's table, with the signatures that
    // each program declares for them or is refused, and stay in this process.
    unsafe { CompileRequest::session().with_imports(runtime_symbols().collect()) }
}

/// Code in memory, in a process that is its own.
pub(super) struct Compiled {
    pub(super) session: Box<dyn Session>,
    /// Address of its runtime's start.
    pub(super) start: Option<*const ()>,
}

/// Compiles in memory, and gives the process to the program.
///
/// # Errors
/// E5161 for a backend in another process; E4011, E4012 or E4013 for a runtime that does
/// not fit; E5130 for imports that the policy denies; E5131 or E5132 if a
/// foreign function is not found; or what the backend says.
pub(super) fn compiled(
    backend: &Entry,
    artifact: &Outline,
    settings: &CompileSettings,
    imports: Imports<'_>,
    invocation: Invocation<'_>,
) -> Result<Compiled, Diagnostic> {
    let outside = Outside {
        policy: imports.policy,
        extra: invocation.extra,
    };
    backend.check_session()?;
    dynamic::check_policy(artifact, outside)?;
    // It is loaded while the process is the host's.
    backend.backend_here()?;
    process::give_signals()?;
    let runtime = match invocation.runtime {
        None => runtime_symbols().collect(),
        Some(library) => shared_runtime::symbols(library)?,
    };
    let symbol = |(name, address): &(String, u64)| {
        (name == START_SYMBOL).then_some(*address as usize as *const ())
    };
    let start = runtime.iter().find_map(symbol);
    let foreign = match imports.foreign {
        Foreign::Refused => Vec::new(),
        Foreign::Loaded => dynamic::addresses(artifact, outside)?,
    };
    let addresses = runtime.into_iter().chain(foreign);
    // SAFETY: the runtime's symbols are those of its table, and each other address is
    // the function that the loader found under the name that the program gives it, with
    // the signature that the program declares. Both stay loaded to the end.
    let request = unsafe { CompileRequest::session().with_imports(addresses.collect()) };
    let compile = || compile::session(backend, artifact, request, settings);
    let session = match backend.is_file() {
        true => scratch::telling_crashes(compile),
        false => compile(),
    };
    let session = session.map_err(|error| match imports.foreign {
        Foreign::Loaded => dynamic::advise(error),
        Foreign::Refused => error,
    })?;
    Ok(Compiled { session, start })
}

/// Compiles in memory and calls the entrypoint.
///
/// # Errors
/// E4030 without an entrypoint; as for [`compiled`].
pub fn run_in_memory(
    backend: &Entry,
    artifact: &Outline,
    settings: &CompileSettings,
    imports: Imports<'_>,
    invocation: Invocation<'_>,
) -> Result<Finished, Diagnostic> {
    let kind = entrypoint(artifact)?.result;
    let compiled = compiled(backend, artifact, settings, imports, invocation)?;
    let Compiled { mut session, start } = compiled;
    // SAFETY: the address is among those of the runtime's symbols.
    unsafe { process::start(start, invocation.arguments) }?;
    let bits = info_span!("run").in_scope(|| session.run());
    let bits = bits.map_err(|error| backend.judged(error))?;
    process::take_back();
    // SAFETY: a string result is a handle into the runtime's arena or into the
    // data of the session, which is still there; who asks for memory has made
    // the program that returns its address.
    let mut finished = unsafe { Finished::new(bits, kind, invocation.capture) };
    // Foreign code may hold addresses of the program: exit handlers, signal
    // handlers, threads. Only a program without any is surely over.
    if leaving(artifact).is_empty() {
        let closed = backend.working(Task::Close, || session.close());
        let after = "the program had ended, and its result stands";
        finished.fault = closed.err().map(|fault| fault.note(after));
    } else {
        std::mem::forget(session);
    }
    Ok(finished)
}
