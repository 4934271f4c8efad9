//! From artifact to an output file (BK-4).

use std::collections::BTreeSet;
use std::path::PathBuf;

use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::backend::{CALLABLE_ENTRY, EntryShim};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{Exports, LinkMode, LinkPlan, OutputKind};
use beskid_plugin_api::manifest::TARGET;

use crate::compile::{self, CompileSettings, ObjectTarget};
use crate::config::Config;
use crate::exports::{ExportPolicy, registration};
use crate::externs::{Libraries, Policy, check_names, libraries_by_symbol};
use crate::image::{Expectations, ObjectFile, VerifiedImage};
use crate::link::{Link, LinkJob};
use crate::output;
use crate::plugins::{Entry, Registry};
use crate::run::{Capture, Externs, Finished, Imports, run_image, run_in_memory};
use crate::runtime_archive::{RuntimeChoice, SharedRuntime, VERSION_SYMBOL, check_required};

/// The plugins and settings of this invocation.
#[derive(Debug, Clone, Copy)]
pub struct Toolchain<'a> {
    /// Every plugin in reach.
    pub registry: &'a Registry,
    /// The settings in force.
    pub config: &'a Config,
    /// The backend to use.
    pub backend: &'a Entry,
}

/// What is to be built.
#[derive(Debug, Clone)]
pub struct BuildRequest {
    /// Kind of output.
    pub kind: OutputKind,
    /// Target triple.
    pub target: String,
    /// Final path of the output.
    pub output: PathBuf,
    /// Where the object goes too.
    pub object_output: Option<PathBuf>,
    /// Which runtime is linked.
    pub runtime: RuntimeChoice,
    /// What is exported.
    pub exports: ExportPolicy,
    /// How libraries are preferred.
    pub mode: LinkMode,
    /// Libraries to link.
    pub libraries: Vec<String>,
    /// Folders to search.
    pub search: Vec<PathBuf>,
}

/// Builds an output and puts it in place. `show` receives each command of the
/// link, and before them the symbols that are left to libraries. Returns the
/// linker strategy that was used, if any.
///
/// # Errors
/// The first stage that fails; nothing is left at the output's path.
pub fn build<'a>(
    tools: Toolchain<'a>,
    artifact: &CodegenArtifact,
    request: &BuildRequest,
    show: Option<&mut dyn FnMut(&str)>,
) -> Result<Option<&'a Entry>, Diagnostic> {
    output::check(&request.output)?;
    let settings = CompileSettings::from(tools.config);
    let exports = exports(artifact, request)?;
    let target = program_target(request, exports.clone());
    if let Some(path) = &request.object_output {
        output::check(path)?;
    }
    let link = match request.kind {
        OutputKind::Object => None,
        _ => Some(plan_link(tools, artifact, request)?),
    };
    let object = object_file(tools, artifact, &target, &settings)?;
    if let Some(path) = &request.object_output {
        object.install(path)?;
    }
    let Some((link, strategy)) = link else {
        object.install(&request.output)?;
        return Ok(None);
    };
    let image = link.execute(&object, &strategy.linker()?, show)?;
    let expected = Expectations {
        exports,
        runtime: runtime_symbols(artifact, request),
        shared_runtime: matches!(request.runtime, RuntimeChoice::Shared(_)),
    };
    image.verify(&expected)?.install(&request.output)?;
    Ok(Some(strategy))
}

/// Plans the link of an output without compiling or linking anything.
///
/// # Errors
/// As for [`build`], up to the plan.
pub fn print_plan(
    tools: Toolchain<'_>,
    artifact: &CodegenArtifact,
    request: &BuildRequest,
) -> Result<LinkPlan, Diagnostic> {
    if request.kind == OutputKind::Object {
        return Ok(LinkPlan::default());
    }
    plan_link(tools, artifact, request).map(|(link, _)| link.plan().clone())
}

/// Runs a program in this process: in memory if the backend executes, or else
/// as a shared library that is linked, verified, loaded and called. `runtime`
/// takes the place of this host's own for a program in memory.
///
/// # Errors
/// The first stage that fails.
pub fn execute(
    tools: Toolchain<'_>,
    artifact: &CodegenArtifact,
    settings: &CompileSettings,
    runtime: Option<&SharedRuntime>,
    capture: Capture,
) -> Result<Finished, Diagnostic> {
    check_names(artifact)?;
    Policy::from_environment()?.check(artifact)?;
    check_required(artifact)?;
    if tools.backend.can("execute") {
        let externs = match tools.config.r#extern.dlopen {
            true => Externs::Loaded,
            false => Externs::Refused,
        };
        let imports = Imports { externs, runtime };
        return run_in_memory(
            &tools.backend.backend()?,
            artifact,
            settings,
            imports,
            capture,
        );
    }
    if runtime.is_some() {
        let message = "`--runtime-library` is for backends that execute in memory";
        return Err(Diagnostic::new("E4041", message)
            .note(format!(
                "backend `{}` does not",
                tools.backend.manifest().id
            ))
            .help("leave it out, or build an executable with it: `beskid build`"));
    }
    let image = callable_image(tools, artifact, settings)?;
    run_image(&image, artifact, capture)
}

fn callable_image(
    tools: Toolchain<'_>,
    artifact: &CodegenArtifact,
    settings: &CompileSettings,
) -> Result<VerifiedImage, Diagnostic> {
    let exports = vec![CALLABLE_ENTRY.to_owned()];
    let target = ObjectTarget {
        triple: TARGET.to_owned(),
        entry: EntryShim::Callable,
        exports: Some(BTreeSet::new()),
    };
    let object = object_file(tools, artifact, &target, settings)?;
    let strategy = strategy(tools, TARGET, OutputKind::Shared)?;
    let client = strategy.linker()?;
    let foreign = Libraries::of(artifact, TARGET);
    let job = LinkJob {
        target: TARGET.to_owned(),
        kind: OutputKind::Shared,
        runtime_archive: RuntimeChoice::Embedded.archive(TARGET)?,
        output_name: "program.so".to_owned(),
        folder: std::env::temp_dir(),
        exports: Exports::Only(exports.clone()),
        mode: LinkMode::Auto,
        libraries: foreign.names,
        externs: libraries_by_symbol(artifact),
        search: foreign.search,
        rpath: foreign.rpath,
        tools: tools.config.tools.clone(),
    };
    let image = job.plan(&client)?.execute(&object, &client, None)?;
    image.verify(&Expectations {
        exports: Some(BTreeSet::from_iter(exports)),
        runtime: artifact.runtime_imports().map(str::to_owned).collect(),
        shared_runtime: false,
    })
}

fn plan_link<'a>(
    tools: Toolchain<'a>,
    artifact: &CodegenArtifact,
    request: &BuildRequest,
) -> Result<(Link, &'a Entry), Diagnostic> {
    let strategy = strategy(tools, &request.target, request.kind)?;
    check_names(artifact)?;
    Policy::from_environment()?.check(artifact)?;
    if request.kind == OutputKind::Exe && artifact.header().entrypoint.is_none() {
        let message = "Missing entrypoint: an executable needs a function `main`";
        return Err(Diagnostic::new("E4030", message)
            .help("define `main`, or build a library with `--kind shared`"));
    }
    match &request.runtime {
        RuntimeChoice::Standalone => refuse_runtime_imports(artifact)?,
        _ => check_required(artifact)?,
    }
    let shared = shared_runtime(request)?;
    let symbols = exports(artifact, request)?.unwrap_or_default();
    let name = request.output.file_name().unwrap_or_default();
    let foreign = Libraries::of(artifact, &request.target);
    let job = LinkJob {
        target: request.target.clone(),
        kind: request.kind,
        runtime_archive: request.runtime.archive(&request.target)?,
        output_name: name.to_string_lossy().into_owned(),
        folder: output::parent(&request.output).to_owned(),
        exports: request.exports.for_linker(&symbols),
        mode: request.mode,
        libraries: [shared.names, foreign.names, request.libraries.clone()].concat(),
        externs: libraries_by_symbol(artifact),
        search: [shared.search, foreign.search, request.search.clone()].concat(),
        rpath: foreign.rpath,
        tools: tools.config.tools.clone(),
    };
    Ok((job.plan(&strategy.linker()?)?, strategy))
}

/// The shared runtime to link, if it is to be one.
fn shared_runtime(request: &BuildRequest) -> Result<Libraries, Diagnostic> {
    let RuntimeChoice::Shared(runtime) = &request.runtime else {
        return Ok(Libraries::default());
    };
    if request.kind == OutputKind::Static {
        let message = "a static library cannot hold a shared runtime";
        return Err(Diagnostic::new("E4041", message)
            .help("give an archive with `--runtime-archive`, or leave out `--runtime-library`"));
    }
    let path = runtime.checked(&request.target)?;
    let path = path.to_str().ok_or_else(|| {
        let message = format!("the path `{}` is not UTF-8", path.display());
        Diagnostic::new("E4041", message).help("linker strategies take UTF-8 paths; rename it")
    })?;
    let mut libraries = Libraries::default();
    libraries.add(path, &request.target);
    Ok(libraries)
}

fn strategy<'a>(
    tools: Toolchain<'a>,
    target: &str,
    kind: OutputKind,
) -> Result<&'a Entry, Diagnostic> {
    let entry = match &tools.config.linker {
        Some(id) => tools.registry.linker(id)?,
        None => tools.registry.linker_for(target, kind)?,
    };
    entry.linker()?.supports(target, kind)?;
    tracing::info!(id = entry.manifest().id, origin = %entry.origin(), "linker strategy");
    Ok(entry)
}

fn object_file(
    tools: Toolchain<'_>,
    artifact: &CodegenArtifact,
    target: &ObjectTarget,
    settings: &CompileSettings,
) -> Result<ObjectFile, Diagnostic> {
    let entry = tools.backend;
    if !entry.can("object") {
        let message = format!("backend `{}` makes no object files", entry.manifest().id);
        return Err(Diagnostic::new("E5114", message)
            .help("choose a backend that does, for instance `--backend aot`"));
    }
    let object = compile::object(&entry.backend()?, artifact, target, settings)?;
    ObjectFile::from_backend(object, &target.triple)
}

fn program_target(request: &BuildRequest, exports: Option<BTreeSet<String>>) -> ObjectTarget {
    ObjectTarget {
        triple: request.target.clone(),
        entry: match (request.kind, &request.runtime) {
            (OutputKind::Exe, RuntimeChoice::Standalone) => EntryShim::Bare,
            (OutputKind::Exe, _) => EntryShim::Checked,
            _ => EntryShim::None,
        },
        exports,
    }
}

/// Runtime symbols that must be in the output.
fn runtime_symbols(artifact: &CodegenArtifact, request: &BuildRequest) -> Vec<String> {
    let mut symbols = artifact
        .runtime_imports()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    let checked = request.kind == OutputKind::Exe && request.runtime != RuntimeChoice::Standalone;
    if checked && artifact.header().runtime_abi.is_some() {
        symbols.push(VERSION_SYMBOL.to_owned());
    }
    symbols
}

/// LK-3: what the output exports; `None`: whatever the program does.
fn exports(
    artifact: &CodegenArtifact,
    request: &BuildRequest,
) -> Result<Option<BTreeSet<String>>, Diagnostic> {
    match (request.kind, &request.exports) {
        // Nothing finds a symbol of an executable by its name.
        (OutputKind::Exe, _) => Ok(Some(BTreeSet::new())),
        // An object is not linked yet: who links it decides.
        (OutputKind::Object, ExportPolicy::Public) => Ok(None),
        (_, policy) => {
            let mut symbols = policy.symbols(artifact)?;
            if request.kind == OutputKind::Shared {
                symbols.extend(registration(artifact));
            }
            Ok(Some(symbols))
        }
    }
}

fn refuse_runtime_imports(artifact: &CodegenArtifact) -> Result<(), Diagnostic> {
    let needed = artifact.runtime_imports().collect::<Vec<_>>();
    if needed.is_empty() {
        return Ok(());
    }
    let message = format!(
        "a standalone program has no runtime, but this one needs: {}",
        needed.join(", ")
    );
    Err(Diagnostic::new("E4041", message).help("leave out `--standalone`"))
}
