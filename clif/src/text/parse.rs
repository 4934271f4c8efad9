//! From a `.clif` file to an artifact.

use beskid_plugin_api::artifact::CodegenArtifact;

use super::entry::MAIN;
use super::file::File;
use super::foreign::Foreign;
use super::program::Program;
use super::source_error::SourceError;

/// Parses a `.clif` file. The artifact starts at the function named
/// `entrypoint`, or at `%main` if there is one that can be called.
///
/// # Errors
/// [`SourceError`] says where.
pub fn parse(text: &str, entrypoint: Option<&str>) -> Result<CodegenArtifact, SourceError> {
    let file = File::read(text)?;
    let foreign = Foreign::read(&file)?;
    let mut program = Program::of(&file, &foreign, entrypoint.unwrap_or(MAIN))?;
    let functions = file.functions.iter().map(|function| &function.func);
    program.set_entrypoint(functions, entrypoint)?;
    program.finish(&file)
}
