//! Where embedders begin: plugins and configuration, by which programs are compiled.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;
use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::Arc;

use beskid_clif::seam::{self, Seam};
use beskid_plugin_api::artifact::{CodegenArtifact, Outline};
use beskid_plugin_api::backend::CompileRequest;
use beskid_plugin_api::codes::Code as ErrorCode;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::runtime_abi::{DEBUG_LIST_SYMBOL, FunctionTable};

use super::allowance::{self, Allowance};
use super::boundary::Boundary;
use super::code::Code;
use super::config::{Catch, Config};
use super::deadline::Clock;
use super::dynamic::is_by_words;
use super::exports;
use super::faults;
use super::imports::Imports;
use super::instance::Instance;
use super::interrupt;
use super::linked;
use super::panics;
use super::params::sealed;
use super::program::{Collector, Program, Route, Stop};
use super::sources;
use crate::compile::{self, CompileSettings};
use crate::config::Config as HostConfig;
use crate::plugins::{Entry, Place, Registry, check_options};
use crate::toolchain::Toolchain;

const VERSION_SYMBOL: &str = "beskid_runtime_abi_version";

/// Plugins and a configuration. It is cheap to clone, and may be used from any thread.
#[derive(Clone)]
pub struct Engine(Arc<Parts>);

struct Parts {
    registry: Registry,
    config: Config,
    host: HostConfig,
    settings: CompileSettings,
    clock: Arc<Clock>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("config", &self.0.config)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine of a configuration.
    ///
    /// # Errors
    /// E5108 if there is no such backend, E4004 for an option that it does not take,
    /// and why a plugin file is refused.
    pub fn new(config: Config) -> Result<Self, Diagnostic> {
        match config.catch {
            Catch::Nothing => {}
            Catch::Panics => panics::listen(),
            Catch::Faults => {
                panics::listen();
                faults::catch();
            }
        }
        let mut registry = Registry::with_builtins()?;
        for path in &config.plugins {
            registry.add_file(path, Place::Option)?;
        }
        let host = HostConfig {
            jobs: Some(config.threads),
            ..HostConfig::default()
        };
        let settings = {
            let backend = registry.backend(&config.backend)?;
            check_options(backend, &config.options)?;
            CompileSettings::new(&host, &registry, backend)?
                .with_options(config.options.clone())
                .with_optimization(Some(config.optimization))
        };
        Ok(Self(Arc::new(Parts {
            registry,
            config,
            host,
            settings,
            clock: Arc::default(),
        })))
    }

    /// The artifact of a Beskid program of one file. `name` is the file's, for
    /// messages.
    ///
    /// # Errors
    /// What is wrong with the program.
    pub fn artifact_of_source(
        &self,
        name: &str,
        text: &str,
    ) -> Result<CodegenArtifact, Diagnostic> {
        sources::of_files(&[(name, text)], self.0.config.has_debug_info)
    }

    /// The artifact of a Beskid program of several files, by their paths: the one that
    /// it starts with first. `Shapes/Circle.bd` is the module `Shapes.Circle`.
    ///
    /// # Errors
    /// What is wrong with the program.
    pub fn artifact_of_files(&self, files: &[(&str, &str)]) -> Result<CodegenArtifact, Diagnostic> {
        sources::of_files(files, self.0.config.has_debug_info)
    }

    /// The artifact of CLIF text.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn artifact_of_clif(&self, text: &str) -> Result<CodegenArtifact, Diagnostic> {
        sources::of_clif(text)
    }

    /// The artifact that these bytes are.
    ///
    /// # Errors
    /// E5001 to E5007 if they are none.
    pub fn artifact_of_bytes(&self, bytes: &[u8]) -> Result<CodegenArtifact, Diagnostic> {
        Ok(CodegenArtifact::decode(bytes)?)
    }

    /// Compiles a program into memory.
    ///
    /// # Errors
    /// E4055 for functions that the program imports and that it is not given, E4052 for
    /// one of another type; what the backend says.
    pub fn compile<S>(
        &self,
        artifact: &CodegenArtifact,
        imports: Imports<S>,
    ) -> Result<Instance<S>, Diagnostic> {
        let parts = &*self.0;
        let called = exports::functions(artifact);
        let called = called.filter(|(_, of_type)| parts.config.is_dynamic && is_by_words(of_type));
        let called = called.map(|(name, _)| name.to_owned()).collect();
        let answered = imports.check(artifact)?;
        let seam = Seam {
            polls: parts.config.is_interruptible,
            by_words: imports.by_words(&answered),
            imports: answered,
            called,
            data: exports::all_data(artifact)
                .filter_map(|symbol| symbol.name.clone())
                .collect(),
        };
        let backend = parts.registry.backend(&parts.config.backend)?;
        let (code, table) = if seam.is_empty() {
            (self.code(backend, artifact)?, ptr::null_mut())
        } else {
            let sewn = seam::sew(artifact, &seam)?;
            let code = self.code(backend, &sewn)?;
            let table = code.function(seam::TABLE).ok_or_else(without_table)?;
            // SAFETY: the function is the one that the seam has added.
            let table = unsafe { <() as sealed::Params>::call::<u64>((), table) };
            (code, ptr::with_exposed_provenance_mut(table as usize))
        };
        let collector = match &code {
            _ if !collects(artifact) => None,
            Code::Session(_) => Some(Collector {
                save: beskid_runtime::gc_save,
                restore: beskid_runtime::gc_restore,
                limit: allowance::of_process,
            }),
            Code::Library(library) => Some(linked::collector(library)?),
        };
        // A library's collector is told of each thread's end to the end of the process.
        let is_kept = is_kept(artifact) || collector.is_some() && matches!(code, Code::Library(_));
        let limited = collector.zip(parts.config.memory_limit);
        let allowance =
            limited.map(|(collector, most)| Allowance::new(most.get(), collector.limit));
        let is_guarded = match parts.config.catch {
            Catch::Nothing => !seam.imports.is_empty() || seam.polls || allowance.is_some(),
            // Only what is imported panics.
            Catch::Panics => artifact.imports().next().is_some() || seam.polls,
            Catch::Faults => true,
        };
        let route = match (is_guarded, parts.config.deadline) {
            (false, _) => Route::Direct,
            (true, None) if allowance.is_none() => Route::Guarded,
            (true, _) => Route::Watched,
        };
        let program = Box::new(Program {
            outline: Outline::clone(artifact),
            code: ManuallyDrop::new(code),
            is_kept,
            route,
            catches_faults: parts.config.catch == Catch::Faults,
            boundary: Boundary::new(),
            collector,
            allowance,
            stop: seam.polls.then(|| Stop {
                flag: Arc::default(),
                clock: Arc::clone(&parts.clock),
                deadline: parts.config.deadline,
            }),
            table,
            data: seam.data(0),
            is_lent: Cell::new(false),
        });
        // SAFETY: the table is the seam's, whose imports were checked.
        unsafe {
            if let Some(stop) = &program.stop {
                let handler = interrupt::stop as *const ();
                program.word(1).write(handler.expose_provenance() as u64);
                stop.flag.begin(program.word(0).cast());
            }
            Ok(Instance::new(program, &seam, imports))
        }
    }

    /// Compiles the artifact that a backend gets.
    fn code(&self, backend: &Entry, artifact: &Outline) -> Result<Code, Diagnostic> {
        if backend.can("execute") {
            return Ok(Code::Session(self.session(backend, artifact)?));
        }
        let tools = Toolchain {
            registry: &self.0.registry,
            config: &self.0.host,
            backend,
            cache: None,
            program: None,
        };
        Ok(Code::Library(linked::load(
            tools,
            artifact,
            &self.0.settings,
        )?))
    }

    fn session(
        &self,
        backend: &Entry,
        artifact: &Outline,
    ) -> Result<Box<dyn beskid_plugin_api::backend::Session>, Diagnostic> {
        backend.check_session()?;
        // By which a backend knows a runtime, and tells it where lines are.
        let is_always = |name: &str| [VERSION_SYMBOL, DEBUG_LIST_SYMBOL].contains(&name);
        // The process is the embedder's: what the program does not import is not begun.
        let used = artifact.runtime_imports().collect::<BTreeSet<_>>();
        let symbols =
            beskid_runtime::exports().filter(|(name, _)| is_always(name) || used.contains(name));
        let symbols = symbols.map(|(name, address)| {
            let address = match name {
                // Traps tell their functions themselves; a table must not outlive its program.
                "rt_functions" => no_functions as *const (),
                _ => address,
            };
            (name.to_owned(), address as u64)
        });
        // SAFETY: the runtime's symbols are those of its table, with their signatures,
        // and stay in this process.
        let request = unsafe { CompileRequest::session().with_imports(symbols.collect()) };
        compile::session(backend, artifact, request, &self.0.settings)
    }
}

/// Whether functions of a program may be inside the collector, or have its memory.
fn collects(artifact: &Outline) -> bool {
    artifact
        .runtime_imports()
        .any(|name| name.starts_with("gc_"))
}

fn without_table() -> Diagnostic {
    let message = format!(
        "the backend has no address of `{}`, which is exported",
        seam::TABLE
    );
    Diagnostic::new(ErrorCode::E5113, message).help("report this to the author of the backend")
}

/// In place of `rt_functions`: names nothing.
extern "C" fn no_functions(_: *const FunctionTable) -> *const FunctionTable {
    ptr::null()
}

/// Symbols by which a runtime keeps addresses of a program beyond its calls.
const KEEPING: [&str; 5] = [
    "gc_root_handle",
    "gc_register_root",
    "event_subscribe",
    "beskid_register_callbacks",
    "rt_on_panic",
];

/// Whether somebody may hold addresses of a program when its instance is gone.
fn is_kept(artifact: &Outline) -> bool {
    artifact
        .runtime_imports()
        .any(|name| KEEPING.contains(&name))
}
