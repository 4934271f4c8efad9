//! From a `.clif` file to an artifact.

use beskid_plugin_api::artifact::CodegenArtifact;
use thiserror::Error;

use super::file::File;
use super::foreign::Foreign;
use super::program::Program;
use crate::error::ClifError;

/// Why a `.clif` file is no program.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The text does not follow the grammar.
    #[error("{message}")]
    Syntax {
        /// Line, from 1; 0 if it is not known.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// Two functions have one name.
    #[error("a second function `{name}`")]
    Duplicate {
        /// The name, as it is written.
        name: String,
        /// Line of the second one, from 1.
        line: usize,
    },
    /// The entrypoint does not exist, or cannot be called.
    #[error("{reason}")]
    Entrypoint {
        /// Stable error code.
        code: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The functions do not make up an artifact.
    #[error(transparent)]
    Clif(#[from] ClifError),
}

/// Default entrypoint.
pub(super) const MAIN: &str = "main";

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
    Ok(program.finish()?)
}
