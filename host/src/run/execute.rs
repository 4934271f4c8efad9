//! Running a program in this process, whatever the backend makes of it.

use std::collections::BTreeSet;

use beskid_plugin_api::artifact::Outline;
use beskid_plugin_api::backend::{CALLABLE_ENTRY, EntryShim, RuntimeStart};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{Exports, LinkMode, OutputKind, Strip};
use beskid_plugin_api::manifest::TARGET;
use beskid_plugin_api::runtime_abi::{START_SYMBOL, THREAD_SYMBOL};

use super::{Finished, Foreign, Imports, Invocation, run_image, run_in_memory};
use crate::compile::{CompileSettings, ObjectTarget};
use crate::foreign::{Extra, Libraries, Policy, check_data, check_names, leaving};
use crate::image::{Expectations, VerifiedImage};
use crate::link::LinkJob;
use crate::runtime_archive::{RuntimeChoice, check_required};
use crate::toolchain::Toolchain;

/// Runs a program in this process: in memory if the backend executes, or else
/// as a shared library that is linked, verified, loaded and called. From then on
/// the process is the program's: signals do what they would in its executable.
///
/// # Errors
/// The first stage that fails.
pub fn execute(
    tools: Toolchain<'_>,
    artifact: &Outline,
    settings: &CompileSettings,
    invocation: Invocation<'_>,
) -> Result<Finished, Diagnostic> {
    let policy = policy_for(artifact)?;
    if tools.backend.can("execute") {
        let imports = Imports {
            foreign: foreign(tools, invocation.extra)?,
            policy: &policy,
        };
        let settings = tools.with_kept_code(settings, artifact, TARGET);
        return run_in_memory(tools.backend, artifact, &settings, imports, invocation);
    }
    if invocation.runtime.is_some() {
        let message = "`--runtime-library` is for backends that execute in memory";
        return Err(Diagnostic::new(Code::E4041, message)
            .note(format!(
                "backend `{}` does not",
                tools.backend.manifest().id
            ))
            .help("leave it out, or build an executable with it: `beskid build`"));
    }
    let entry = vec![CALLABLE_ENTRY.to_owned()];
    let image = image(tools, artifact, settings, policy, invocation.extra, entry)?;
    run_image(image, artifact, invocation)
}

/// Which imports of a program may leave it, if it can be run here at all.
pub(super) fn policy_for(artifact: &Outline) -> Result<Policy, Diagnostic> {
    check_names(artifact)?;
    check_data(artifact)?;
    let policy = Policy::from_environment()?;
    check_required(artifact)?;
    Ok(policy)
}

/// What happens to foreign functions of a program in memory.
///
/// # Errors
/// E4041 for libraries to be linked, where none is loaded.
pub(super) fn foreign(tools: Toolchain<'_>, extra: &Extra) -> Result<Foreign, Diagnostic> {
    if tools.config.r#extern.dlopen {
        return Ok(Foreign::Loaded);
    }
    if extra.is_empty() {
        return Ok(Foreign::Refused);
    }
    let message = "a program in memory is linked with nothing";
    Err(Diagnostic::new(Code::E4041, message)
        .help("load the libraries with `--extern-dlopen`, or link them: `--backend aot`"))
}

/// Symbols of the runtime that say something only in a process that it was given.
const OF_PROCESS: [&str; 5] = [
    "rt_argc",
    "rt_argv",
    "rt_arg",
    "rt_functions",
    THREAD_SYMBOL,
];

/// Links a program as a shared library that exports these functions, which may be
/// [`CALLABLE_ENTRY`] or functions that the artifact exports, and what
/// gives its runtime the process if it asks for it.
pub(crate) fn image(
    tools: Toolchain<'_>,
    artifact: &Outline,
    settings: &CompileSettings,
    policy: Policy,
    extra: &Extra,
    mut exports: Vec<String>,
) -> Result<VerifiedImage, Diagnostic> {
    let is_entry = |name: &String| name == CALLABLE_ENTRY;
    let target = ObjectTarget {
        triple: TARGET.to_owned(),
        entry: match exports.iter().any(is_entry) {
            true => EntryShim::Callable,
            false => EntryShim::None,
        },
        start_runtime: RuntimeStart::Linked,
        exports: Some(
            exports
                .iter()
                .filter(|name| !is_entry(name))
                .cloned()
                .collect(),
        ),
    };
    let object = tools.object_file(artifact, &target, settings)?;
    let mut needed = object.report().runtime.undefined.iter();
    if needed.any(|name| OF_PROCESS.contains(name)) {
        exports.push(START_SYMBOL.to_owned());
    }
    let strategy = tools.strategy(TARGET, OutputKind::Shared)?;
    let foreign = Libraries::of(artifact, TARGET);
    let own = extra.for_linker(TARGET)?;
    // The program is loaded at once, where an executable is run wherever its
    // libraries are.
    let folders = extra.search.iter();
    let folders = folders.map(|folder| std::path::absolute(folder).unwrap_or_default());
    let job = LinkJob {
        target: TARGET.to_owned(),
        kind: OutputKind::Shared,
        runtime_archive: RuntimeChoice::Embedded.archive(TARGET)?,
        output_name: "program.so".to_owned(),
        exports: Exports::Only(exports.clone()),
        mode: LinkMode::Auto,
        libraries: [foreign.names, own.names].concat(),
        imports: leaving(artifact),
        policy,
        search: [foreign.search, own.search].concat(),
        rpath: [foreign.rpath, own.rpath, folders.collect()].concat(),
        tools: tools.config.tools.clone(),
        driver: tools.driver(),
        link_args: Vec::new(),
        strip: Strip::None,
        debug: false,
    };
    let judged = |error| strategy.judged(error);
    let image = job.plan(strategy)?.execute(&object, strategy, None);
    let (image, _) = image.map_err(judged)?;
    let expected = Expectations {
        exports: Some(BTreeSet::from_iter(exports)),
        runtime: artifact.runtime_imports().map(str::to_owned).collect(),
        shared_runtime: false,
        is_stripped: false,
    };
    image.verify(&expected).map_err(judged)
}
