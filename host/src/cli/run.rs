//! `beskid run`.

use std::ffi::OsString;

use super::args::RunArgs;
use super::environment::Environment;
use super::inputs;
use super::render;
use crate::diff::Report;
use crate::entrypoint::entrypoint;
use crate::failure::Failure;
use crate::lower::outline;
use crate::run::{Capture, Finished, Invocation, execute};
use crate::runtime_archive::SharedRuntime;

/// Backend of `run` if none is chosen.
const DEFAULT_BACKEND: &str = "jit";

/// Runs a program and prints its result as the last line, or reports to another
/// process what came of it.
pub(super) fn run(environment: &Environment, args: &RunArgs) -> Result<u8, Failure> {
    let ran = finish(environment, args);
    let Some(path) = &args.report else {
        let (_, finished) = ran?;
        let fault = finished.fault;
        let value = serde_json::json!({ "result": finished.text });
        let shown = render::value(environment.format, &value, || finished.text.clone());
        if !args.exit_code {
            shown?;
            return Ok(fault.map_or(Ok(0), Err)?);
        }
        // The result is in the status, which stays the program's.
        for wrong in shown.err().iter().chain(&fault) {
            render::warning(wrong, environment.format);
        }
        return Ok(finished.returned.exit_status());
    };
    let (report, ran) = match ran {
        Ok((
            digest,
            Finished {
                text, fault: None, ..
            },
        )) => {
            let result = text;
            (Some(Report::Returned { digest, result }), Ok(0))
        }
        Ok((
            _,
            Finished {
                fault: Some(fault), ..
            },
        )) => {
            let report = Report::Refused(fault.clone());
            (Some(report), Err(fault.into()))
        }
        Err(Failure::Diagnostic(diagnostic)) => {
            let report = Report::Refused(diagnostic.clone());
            (Some(report), Err(diagnostic.into()))
        }
        Err(failure) => (None, Err(failure)),
    };
    render::json_file(path, &report)?;
    ran
}

/// Takes a program to its end; gives the digest of its artifact too.
fn finish(environment: &Environment, args: &RunArgs) -> Result<(String, Finished), Failure> {
    let program = inputs::program(environment, &args.program)?;
    let extra = program.linked_with(args.link.extra());
    let source = program.source;
    let path = args.program.input.as_deref().unwrap_or(source.path());
    let arguments = [path.into()];
    let arguments = arguments.into_iter().chain(args.arguments.iter().cloned());
    let arguments = arguments.collect::<Vec<OsString>>();
    let lints = args.lints.lints()?;
    let source = source.with_debug_info(args.debug.at(environment.config.optimize));
    let known_as = environment.cache().and_then(|cache| cache.program(&source));
    let (artifact, _) = outline(
        source,
        args.entrypoint.as_deref(),
        &lints,
        environment.cache(),
    )?;
    if args.gc_stress {
        crate::run::collect_always();
    }
    entrypoint(&artifact)?;
    let mut tools = environment.toolchain(DEFAULT_BACKEND)?;
    tools.program = known_as;
    let settings = tools.settings()?;
    let runtime = args.runtime_library.clone();
    let runtime = runtime.map(|path| SharedRuntime { path });
    let invocation = Invocation {
        arguments: &arguments,
        runtime: runtime.as_ref(),
        extra: &extra,
        capture: Capture::Result,
    };
    let finished = execute(tools, &artifact, &settings, invocation)?;
    Ok((artifact.digest().to_string(), finished))
}
