//! From artifact to an output file (BK-4).

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use beskid_plugin_api::artifact::Outline;
use beskid_plugin_api::backend::{EntryShim, RuntimeStart};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{LinkMode, LinkPlan, OutputKind, Strip};
use beskid_plugin_api::runtime_abi::{START_SYMBOL, THREAD_SYMBOL};

use crate::compile::ObjectTarget;
use crate::entrypoint::entrypoint;
use crate::exports::{ExportPolicy, registration};
use crate::foreign::{
    Extra, ForeignFunction, Libraries, Policy, check_data, check_library_file, check_names,
    foreign_functions, leaving,
};
use crate::image::{Expectations, ObjectFile};
use crate::link::{Link, LinkJob};
use crate::output;
use crate::plugins::Entry;
use crate::reuse::{Image, ImageQuestion};
use crate::runtime_archive::{RuntimeChoice, VERSION_SYMBOL, check_required};
use crate::timings::{self, Became};
use crate::toolchain::Toolchain;

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
    /// What is linked besides what the program names.
    pub extra: Extra,
    /// The user's own arguments for the tool that links.
    pub link_args: Vec<String>,
    /// What is taken out of the output.
    pub strip: Strip,
    /// Whether the output is to be debugged.
    pub debug: bool,
}

/// Builds an output and puts it in place. `show` receives each command of the
/// link, and before them the symbols that are left to libraries. Returns the
/// linker strategy that was used, if any.
///
/// # Errors
/// The first stage that fails; nothing is left at the output's path.
pub fn build<'a>(
    tools: Toolchain<'a>,
    artifact: &Outline,
    request: &BuildRequest,
    show: Option<&mut dyn FnMut(&str)>,
) -> Result<Option<&'a Entry>, Diagnostic> {
    check_outputs(request)?;
    let settings = tools.settings()?;
    let exports = exports(artifact, request)?;
    let link = match request.kind {
        OutputKind::Object => None,
        _ => Some(plan_link(tools, artifact, request, exports.as_ref())?),
    };
    let target = program_target(request, exports.clone())?;
    // By now the runtime and the libraries were read too.
    check_outputs(request)?;
    let Some((link, strategy)) = link else {
        let object = tools.object_file(artifact, &target, &settings)?;
        install_object(&object, request)?;
        object.install(&request.output)?;
        return Ok(None);
    };
    let expected = Expectations {
        exports,
        runtime: runtime_symbols(artifact, request),
        shared_runtime: matches!(request.runtime, RuntimeChoice::Shared(_)),
        is_stripped: request.strip == Strip::Symbols,
    };
    // Who wants to see the commands wants them run.
    let key = match show {
        None => tools.object_key(artifact, &target, &settings),
        Some(_) => None,
    };
    let question = key
        .and_then(|(cache, object)| ImageQuestion::new(cache, object, &link, strategy, &expected));
    let judged = |error| strategy.judged(error);
    if let Some(image) = question.as_ref().and_then(ImageQuestion::recall)
        && let Some(ready) = Ready::of(&image, request)
    {
        match request.object_output {
            None => timings::tell("compile", Became::Reused, Duration::ZERO),
            Some(_) => {
                let object = tools.object_file(artifact, &target, &settings)?;
                install_object(&object, request)?;
            }
        }
        image.warn();
        ready.put(link, &expected, request).map_err(judged)?;
        return Ok(Some(strategy));
    }
    let object = tools.object_file(artifact, &target, &settings)?;
    install_object(&object, request)?;
    let (image, told) = link.execute(&object, strategy, show).map_err(judged)?;
    let image = image.verify(&expected).map_err(judged)?;
    if let Some(question) = question {
        question.keep(&request.target, object.bytes(), image.path(), &told);
    }
    image.install(&request.output)?;
    Ok(Some(strategy))
}

/// Where an output is that was made before.
enum Ready {
    /// In its place.
    There,
    /// In the cache.
    Kept(Vec<u8>),
}

impl Ready {
    fn of(image: &Image<'_>, request: &BuildRequest) -> Option<Self> {
        if image.is_at(&request.output, output::Mode::of(request.kind)) {
            return Some(Self::There);
        }
        image.bytes().map(Self::Kept)
    }

    fn put(
        self,
        link: Link,
        expected: &Expectations,
        request: &BuildRequest,
    ) -> Result<(), Diagnostic> {
        timings::tell("link", Became::Reused, Duration::ZERO);
        match self {
            Self::There => {
                timings::tell("verify", Became::Reused, Duration::ZERO);
                Ok(())
            }
            Self::Kept(bytes) => {
                let image = link.remade(&bytes)?.verify(expected)?;
                image.install(&request.output)
            }
        }
    }
}

fn install_object(object: &ObjectFile, request: &BuildRequest) -> Result<(), Diagnostic> {
    let path = request.object_output.as_ref();
    path.map_or(Ok(()), |path| object.install(path))
}

/// Refuses outputs that cannot be written, or that were read.
fn check_outputs(request: &BuildRequest) -> Result<(), Diagnostic> {
    output::check(&request.output)?;
    request
        .object_output
        .as_deref()
        .map_or(Ok(()), output::check)
}

/// Plans the link of an output without compiling or linking anything.
///
/// # Errors
/// As for [`build`], up to the plan.
pub fn print_plan(
    tools: Toolchain<'_>,
    artifact: &Outline,
    request: &BuildRequest,
) -> Result<LinkPlan, Diagnostic> {
    if request.kind == OutputKind::Object {
        return Ok(LinkPlan::default());
    }
    let exports = exports(artifact, request)?;
    let (link, _) = plan_link(tools, artifact, request, exports.as_ref())?;
    Ok(link.plan().clone())
}

fn plan_link<'a>(
    tools: Toolchain<'a>,
    artifact: &Outline,
    request: &BuildRequest,
    exports: Option<&BTreeSet<String>>,
) -> Result<(Link, &'a Entry), Diagnostic> {
    let strategy = tools.strategy(&request.target, request.kind)?;
    check_names(artifact)?;
    check_data(artifact)?;
    let policy = Policy::from_environment()?;
    if request.kind == OutputKind::Exe {
        entrypoint(artifact)?;
    }
    match &request.runtime {
        RuntimeChoice::Standalone => refuse_runtime_imports(artifact)?,
        _ => check_required(artifact)?,
    }
    let shared = shared_runtime(request)?;
    let own = request.extra.for_linker(&request.target)?;
    let symbols = exports.cloned().unwrap_or_default();
    let name = request.output.file_name().unwrap_or_default();
    for ForeignFunction { library, .. } in foreign_functions(artifact) {
        check_library_file(library, &request.target)?;
    }
    let foreign = Libraries::of(artifact, &request.target);
    let job = LinkJob {
        target: request.target.clone(),
        kind: request.kind,
        runtime_archive: request.runtime.archive(&request.target)?,
        output_name: name.to_string_lossy().into_owned(),
        exports: request.exports.for_linker(&symbols),
        mode: request.mode,
        libraries: [shared.names, foreign.names, own.names].concat(),
        imports: leaving(artifact),
        policy,
        search: [shared.search, foreign.search, own.search].concat(),
        rpath: [foreign.rpath, own.rpath].concat(),
        tools: tools.config.tools.clone(),
        link_args: request.link_args.clone(),
        strip: request.strip,
        debug: request.debug,
        driver: tools.driver(),
    };
    Ok((job.plan(strategy)?, strategy))
}

/// The shared runtime to link, if it is to be one.
fn shared_runtime(request: &BuildRequest) -> Result<Libraries, Diagnostic> {
    let RuntimeChoice::Shared(runtime) = &request.runtime else {
        return Ok(Libraries::default());
    };
    if request.kind == OutputKind::Static {
        let message = "a static library cannot hold a shared runtime";
        return Err(Diagnostic::new(Code::E4041, message)
            .help("give an archive with `--runtime-archive`, or leave out `--runtime-library`"));
    }
    let path = runtime.checked(&request.target)?;
    let path = path.to_str().ok_or_else(|| {
        let message = format!("the path `{}` is not UTF-8", path.display());
        Diagnostic::new(Code::E4041, message).help("linker strategies take UTF-8 paths; rename it")
    })?;
    let mut libraries = Libraries::default();
    libraries.add(path, &request.target);
    Ok(libraries)
}

fn program_target(
    request: &BuildRequest,
    exports: Option<BTreeSet<String>>,
) -> Result<ObjectTarget, Diagnostic> {
    let entry = match (request.kind, &request.runtime) {
        (OutputKind::Exe, RuntimeChoice::Standalone) => EntryShim::Bare,
        (OutputKind::Exe, _) => EntryShim::Checked,
        _ => EntryShim::None,
    };
    Ok(ObjectTarget {
        triple: request.target.clone(),
        entry,
        start_runtime: match (entry, &request.runtime) {
            // Another one may be there when the program starts.
            (EntryShim::Checked, RuntimeChoice::Shared(_)) => RuntimeStart::IfLoaded,
            (EntryShim::Checked, runtime) if starts(runtime)? => RuntimeStart::Linked,
            _ => RuntimeStart::Never,
        },
        exports,
    })
}

/// Whether a runtime that is linked can take the process over.
fn starts(runtime: &RuntimeChoice) -> Result<bool, Diagnostic> {
    Ok(runtime.defines(START_SYMBOL)? && runtime.defines(THREAD_SYMBOL)?)
}

/// Runtime symbols that must be in the output.
fn runtime_symbols(artifact: &Outline, request: &BuildRequest) -> Vec<String> {
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
    artifact: &Outline,
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

fn refuse_runtime_imports(artifact: &Outline) -> Result<(), Diagnostic> {
    let needed = artifact.runtime_imports().collect::<Vec<_>>();
    if needed.is_empty() {
        return Ok(());
    }
    let message = format!(
        "a standalone program has no runtime, but this one needs: {}",
        needed.join(", ")
    );
    Err(Diagnostic::new(Code::E4041, message).help("leave out `--standalone`"))
}
