//! `beskid artifact`.

use std::path::Path;

use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::args::ArtifactCommand;
use super::debug_args::DebugFlags;
use super::environment::Environment;
use super::inputs;
use super::project_args::ProgramArgs;
use super::render;
use crate::failure::Failure;
use crate::input::read_any;
use crate::lower::lower;
use crate::output;
use serde_json::json;

/// Largest JSON that is read, in bytes: 1 GiB.
const MOST_JSON: u64 = 1 << 30;

/// Writes, checks or shows an artifact.
pub(super) fn artifact(
    environment: &Environment,
    command: &ArtifactCommand,
) -> Result<(), Failure> {
    let format = environment.format;
    match command {
        ArtifactCommand::Emit {
            input,
            output,
            debug,
        } => {
            let artifact = written(environment, input, *debug)?;
            output::write(output, artifact.bytes())?;
            let (output, digest) = (output.display().to_string(), artifact.digest().to_string());
            render::silent(format, &json!({ "output": output, "digest": digest }))?;
        }
        // The JSON is what the command is asked for, in every format.
        ArtifactCommand::Dump { input, json: true } => {
            let json = read(environment, input)?
                .to_json()
                .map_err(Diagnostic::from)?;
            output::write_stdout(json.as_bytes())?;
        }
        ArtifactCommand::Assemble { input, output } => {
            let text = read_any(input, MOST_JSON)?.bytes;
            let artifact = CodegenArtifact::from_json(&text);
            let named = |error| {
                let path = input.display().to_string();
                let help = "correct the JSON: `artifact-schema.json` has its types, and \
                            `artifact dump --json` shows how it is written";
                Diagnostic::from(error).path(path).help(help)
            };
            let artifact = artifact.map_err(named)?;
            output::write(output, artifact.bytes())?;
            let (output, digest) = (output.display().to_string(), artifact.digest().to_string());
            render::silent(format, &json!({ "output": output, "digest": digest }))?;
        }
        ArtifactCommand::Dump { input, json: false } => {
            let text = read(environment, input)?.to_string();
            let text = text.trim_end();
            render::value(format, &json!({ "dump": text }), || text.to_owned())?;
        }
        ArtifactCommand::Digest { input } => {
            let digest = read(environment, input)?.digest().to_string();
            render::value(format, &json!({ "digest": digest }), || digest.clone())?;
        }
        ArtifactCommand::Verify { input } => {
            let digest = read(environment, input)?.digest().to_string();
            render::silent(format, &json!({ "digest": digest, "sound": true }))?;
        }
    }
    Ok(())
}

/// Prints the CLIF of a program, as for this machine.
pub(super) fn clif(
    environment: &Environment,
    args: &ProgramArgs,
    debug: DebugFlags,
) -> Result<(), Failure> {
    let source = inputs::program(environment, args)?.source;
    let artifact = lower(source.with_debug_info(debug.if_asked()), None)?;
    let text = beskid_clif::text::print(&artifact).map_err(Diagnostic::from)?;
    let text = text.trim_end();
    let value = json!({ "clif": text });
    Ok(render::value(environment.format, &value, || {
        text.to_owned()
    })?)
}

/// An artifact, or the one that `emit` writes of a source.
fn read(environment: &Environment, input: &Path) -> Result<CodegenArtifact, Failure> {
    written(environment, input, DebugFlags::default())
}

fn written(
    environment: &Environment,
    input: &Path,
    debug: DebugFlags,
) -> Result<CodegenArtifact, Failure> {
    let source = inputs::file(environment, input)?;
    lower(
        source.with_debug_info(debug.at(environment.config.optimize)),
        None,
    )
}
