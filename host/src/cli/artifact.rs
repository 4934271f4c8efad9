//! `beskid artifact`.

use std::path::Path;

use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::args::ArtifactCommand;
use super::render;
use crate::failure::Failure;
use crate::lower::lower;
use crate::output;
use crate::source::Source;

/// Writes, checks or shows an artifact.
pub(super) fn artifact(command: &ArtifactCommand) -> Result<(), Failure> {
    match command {
        ArtifactCommand::Emit { input, output } => {
            output::write(output, read(input)?.bytes())?;
        }
        ArtifactCommand::Dump { input } => {
            render::line(read(input)?.to_string().trim_end())?;
        }
        ArtifactCommand::Digest { input } => {
            render::line(&read(input)?.digest().to_string())?;
        }
        ArtifactCommand::Verify { input } => {
            read(input)?;
        }
    }
    Ok(())
}

/// Prints the CLIF of a program, as for this machine.
pub(super) fn clif(input: &Path) -> Result<(), Failure> {
    let text = beskid_clif::text::print(&read(input)?).map_err(Diagnostic::from)?;
    Ok(render::line(text.trim_end())?)
}

fn read(input: &Path) -> Result<CodegenArtifact, Failure> {
    lower(Source::read(input)?, None)
}
