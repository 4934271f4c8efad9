//! What is wrong with a `.clif` file.

use beskid_plugin_api::codes::Code;
use thiserror::Error;

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
    /// A function breaks CLIF's rules.
    #[error("`{name}`: {reason}")]
    Function {
        /// The name, as it is written.
        name: String,
        /// What is wrong.
        reason: String,
        /// Line in which it begins, or that of the fault, from 1.
        line: usize,
    },
    /// The entrypoint does not exist, or cannot be called.
    #[error("{reason}")]
    Entrypoint {
        /// Stable error code.
        code: Code,
        /// What is wrong.
        reason: String,
    },
    /// The functions do not make up an artifact.
    #[error(transparent)]
    Clif(#[from] ClifError),
}
