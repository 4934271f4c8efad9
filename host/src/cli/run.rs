//! `beskid run`.

use super::args::RunArgs;
use super::environment::Environment;
use super::render;
use crate::compile::CompileSettings;
use crate::diff::Outcome;
use crate::failure::Failure;
use crate::lower::lower;
use crate::run::{Capture, entrypoint, execute};
use crate::runtime_archive::SharedRuntime;
use crate::source::Source;

/// Backend of `run` if none is chosen.
const DEFAULT_BACKEND: &str = "jit";

/// Runs a program and prints its result as the last line.
pub(super) fn run(environment: &Environment, args: &RunArgs) -> Result<u8, Failure> {
    let artifact = lower(Source::read(&args.input)?, args.entrypoint.as_deref())?;
    entrypoint(&artifact)?;
    let tools = environment.toolchain(DEFAULT_BACKEND)?;
    let settings = CompileSettings::from(&environment.config);
    let runtime = args.runtime_library.clone();
    let runtime = runtime.map(|path| SharedRuntime { path });
    let finished = execute(
        tools,
        &artifact,
        &settings,
        runtime.as_ref(),
        Capture::Result,
    )?;
    match &args.report {
        Some(path) => {
            let outcome = Outcome {
                digest: artifact.digest().to_string(),
                result: finished.text,
            };
            render::json_file(path, &outcome)?;
        }
        None => render::line(&finished.text)?,
    }
    Ok(if args.exit_code {
        finished.outcome.exit_status()
    } else {
        0
    })
}
