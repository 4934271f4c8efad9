//! From artifact to code: one backend, the identical bytes, a checked digest.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::path::Path;

use beskid_clif::KEPT_CODE;
use beskid_plugin_api::Digest;
use beskid_plugin_api::artifact::Outline;
use beskid_plugin_api::backend::{
    CompileRequest, Compiled, EntryShim, Optimization, OutputForm, RuntimeStart, Session,
};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use tracing::info_span;

use crate::cache::Stamp;
use crate::config::{Config, OptLevel};
use crate::jobs::Jobs;
use crate::plugins::{Entry, PluginServices, Registry, Task, Workplace, check_options};
use crate::signals::{self, Work};
use crate::timings::{Became, phase};

/// Settings of a compilation that do not depend on the kind of output.
#[derive(Debug, Clone)]
pub struct CompileSettings {
    optimization: Optimization,
    options: BTreeMap<String, String>,
    jobs: Option<NonZeroU32>,
}

impl CompileSettings {
    /// The settings in force for a backend of a registry.
    ///
    /// # Errors
    /// E4004 for an option that the backend does not take; why the backend cannot be
    /// loaded.
    pub fn new(config: &Config, registry: &Registry, backend: &Entry) -> Result<Self, Diagnostic> {
        let is_backend = |name: &str| registry.backend(name).is_ok();
        let id = &backend.manifest().id;
        let options = config.backend_options.for_backend(id, is_backend);
        check_options(backend, &options)?;
        Ok(Self {
            optimization: match config.optimize {
                OptLevel::None => Optimization::None,
                OptLevel::Speed => Optimization::Speed,
                OptLevel::Size => Optimization::SpeedAndSize,
            },
            options,
            jobs: config.jobs,
        })
    }

    /// Adds options that the backend is known to take.
    #[must_use]
    pub fn with_options(mut self, options: impl IntoIterator<Item = (String, String)>) -> Self {
        self.options.extend(options);
        self
    }

    /// Optimizes so, whatever the settings say; `None`: as they say.
    #[must_use]
    pub fn with_optimization(mut self, optimization: Option<Optimization>) -> Self {
        self.optimization = optimization.unwrap_or(self.optimization);
        self
    }

    /// What of it decides about the bytes that are made.
    pub(crate) fn deciding(&self) -> String {
        let options = self.options.iter();
        let options = options.filter(|(name, _)| *name != KEPT_CODE);
        format!("{:?} {:?}", self.optimization, options.collect::<Vec<_>>())
    }

    fn complete(&self, mut request: CompileRequest, jobs: &Jobs) -> CompileRequest {
        request.jobs = jobs.count();
        request.optimization = self.optimization;
        request.options.clone_from(&self.options);
        request
    }
}

/// What an object file is compiled for.
#[derive(Debug, Clone)]
pub struct ObjectTarget {
    /// Target triple.
    pub triple: String,
    /// How the entrypoint is reached from outside.
    pub entry: EntryShim,
    /// Whether `main` has the runtime take the process over.
    pub start_runtime: RuntimeStart,
    /// The exported symbols that stay so; `None`: all of them.
    pub exports: Option<BTreeSet<String>>,
}

/// Compiles to an object file.
///
/// # Errors
/// The backend's diagnostic, or why it cannot be loaded; E5115 if it did not compile the bytes it was
/// given; E5113 if it answered with something else than an object.
pub fn object(
    backend: &Entry,
    artifact: &Outline,
    target: &ObjectTarget,
    settings: &CompileSettings,
) -> Result<Vec<u8>, Diagnostic> {
    let jobs = Jobs::take(settings.jobs, artifact);
    let mut request = settings.complete(CompileRequest::object(Some(&target.triple)), &jobs);
    request.entry_shim = target.entry;
    request.start_runtime = target.start_runtime;
    request.exports.clone_from(&target.exports);
    match call(backend, artifact, &request)? {
        Compiled::Object { digest, object } => {
            check_digest(artifact, digest).map_err(|error| backend.judged(error))?;
            Ok(object)
        }
        Compiled::Session { .. } => {
            Err(backend.judged(wrong_answer("a session instead of an object file")))
        }
    }
}

/// Compiles into this process: `request` is [`CompileRequest::session`] with the
/// address of each import.
///
/// # Errors
/// As for [`object`].
pub fn session(
    backend: &Entry,
    artifact: &Outline,
    request: CompileRequest,
    settings: &CompileSettings,
) -> Result<Box<dyn Session>, Diagnostic> {
    let phase = phase("compile");
    let kept = settings.options.get(KEPT_CODE).map(Path::new);
    let before = kept.and_then(Stamp::at);
    let jobs = Jobs::take(settings.jobs, artifact);
    let request = settings.complete(request, &jobs);
    match call(backend, artifact, &request)? {
        Compiled::Session { digest, session } => {
            check_digest(artifact, digest).map_err(|error| backend.judged(error))?;
            // A backend that had to compile anything has kept that too.
            let is_known = before.is_some() && before == kept.and_then(Stamp::at);
            phase.ended(match is_known {
                true => Became::Reused,
                false => Became::Done,
            });
            Ok(session)
        }
        Compiled::Object { .. } => {
            Err(backend.judged(wrong_answer("an object file instead of a session")))
        }
    }
}

fn call(
    backend: &Entry,
    artifact: &Outline,
    request: &CompileRequest,
) -> Result<Compiled, Diagnostic> {
    let _span = info_span!("compile", artifact = artifact.digest().short()).entered();
    tracing::debug!(jobs = request.jobs, "threads");
    ask(backend, artifact.bytes(), request)
}

/// Gives bytes to a backend, which may be no artifact, and looks at no answer.
///
/// # Errors
/// The backend's diagnostic, or why it cannot be loaded.
pub(crate) fn ask(
    backend: &Entry,
    artifact: &[u8],
    request: &CompileRequest,
) -> Result<Compiled, Diagnostic> {
    let client = match request.output {
        OutputForm::Session => backend.backend_here()?,
        _ => backend.backend()?,
    };
    signals::check()?;
    let work = Work::begin();
    let workplace = Workplace::open();
    let services = workplace.services::<PluginServices>();
    let compile = || client.compile(artifact, request, services);
    let compiled = backend.working(Task::Compile, compile);
    drop(workplace);
    drop(work);
    // Who was asked to stop may answer anything.
    signals::check()?;
    compiled
}

/// BK-2: the backend proves that it compiled the bytes it was given.
fn check_digest(artifact: &Outline, compiled: Digest) -> Result<(), Diagnostic> {
    if compiled == artifact.digest() {
        return Ok(());
    }
    let (given, compiled) = (artifact.digest().short(), compiled.short());
    Err(Diagnostic::new(
        Code::E5115,
        format!("the backend was given artifact {given} but says it compiled {compiled}"),
    )
    .help("report this to the author of the backend"))
}

fn wrong_answer(what: &str) -> Diagnostic {
    Diagnostic::new(Code::E5113, format!("the backend answered with {what}"))
        .help("report this to the author of the backend")
}
