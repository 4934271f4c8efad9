//! What can go wrong between CLIF and the artifact.

use std::io::ErrorKind;

use beskid_plugin_api::artifact::ArtifactError;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use cranelift_module::ModuleError;
use thiserror::Error;

/// Why CLIF could not be encoded, or an artifact not be compiled.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ClifError {
    /// The artifact is not valid, or would not be.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// A mnemonic that this version of Cranelift does not have.
    #[error("unknown instruction `{mnemonic}`")]
    UnknownMnemonic {
        /// The mnemonic.
        mnemonic: String,
    },
    /// Something in a function that has no counterpart on the other side.
    #[error("function `{function}`: {reason}")]
    Function {
        /// Name of the function.
        function: String,
        /// What is wrong.
        reason: String,
    },
    /// Cranelift's verifier refuses a function.
    #[error("function `{function}` is not valid CLIF: {reason}")]
    Verifier {
        /// Name of the function.
        function: String,
        /// What the verifier says, an error a line.
        reason: String,
    },
    /// Cranelift cannot compile it for this target.
    #[error("cannot compile `{symbol}`: {reason}")]
    Compile {
        /// Name of the function or data object.
        symbol: String,
        /// What Cranelift says.
        reason: String,
    },
    /// The target has no code for something in a function.
    #[error("cannot compile `{function}`: {reason}")]
    Refused {
        /// Name of the function.
        function: String,
        /// What has no code.
        reason: String,
        /// What to write instead.
        advice: &'static str,
    },
    /// An option that no backend of ours has, or a value that it does not take.
    #[error("{reason}")]
    Option {
        /// What is wrong with it.
        reason: String,
        /// What would be right.
        help: String,
    },
    /// The user wants to stop.
    #[error("the compilation was stopped")]
    Cancelled,
    /// There is no room for its code.
    #[error("no room for `{symbol}`: {reason}")]
    Room {
        /// Name of the function or data object.
        symbol: String,
        /// What Cranelift says.
        reason: String,
    },
    /// The system does not give memory for code, or not for running it.
    #[error("the program cannot be put into memory: {reason}")]
    Memory {
        /// What the system refuses.
        reason: String,
    },
    /// The target cannot be compiled for.
    #[error("cannot compile for target `{target}`: {reason}")]
    Isa {
        /// The triple.
        target: String,
        /// What Cranelift says.
        reason: String,
    },
}

impl ClifError {
    /// The stable error code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Artifact(error) => error.code(),
            Self::UnknownMnemonic { .. } => Code::E5006,
            Self::Function { .. } | Self::Verifier { .. } => Code::E5007,
            Self::Compile { .. } | Self::Refused { .. } => Code::E4002,
            Self::Option { .. } => Code::E4004,
            Self::Memory { .. } => Code::E5121,
            Self::Cancelled => Code::E4044,
            Self::Room { .. } => Code::E5009,
            Self::Isa { .. } => Code::E4001,
        }
    }

    fn help(&self) -> &str {
        match self {
            Self::UnknownMnemonic { .. } => {
                "use a backend with a Cranelift that has the instruction, or a producer that avoids it"
            }
            Self::Function { .. } | Self::Verifier { .. } => {
                "report this to the producer of the artifact, which the header names"
            }
            Self::Compile { .. } => "the backend does not support this construct on this target",
            Self::Refused { advice, .. } => advice,
            Self::Option { help, .. } => help,
            Self::Memory { .. } => {
                "raise the limit (`ulimit -v`), let the process run code that it wrote \
                 (`MemoryDenyWriteExecute`, SELinux's `execmem`), or run it from a file: \
                 `beskid --backend aot run`"
            }
            Self::Cancelled => "run the command again",
            Self::Room { .. } => "build an executable, which has no such limit",
            Self::Isa { .. } | Self::Artifact(_) => {
                "use a triple such as x86_64-unknown-linux-gnu or aarch64-unknown-linux-gnu"
            }
        }
    }
}

impl ClifError {
    /// What a module of Cranelift answers.
    pub fn of_module(symbol: &str, error: &ModuleError) -> Self {
        let (symbol, reason) = (symbol.to_owned(), error.to_string());
        match error {
            ModuleError::Allocation { err } if err.kind() == ErrorKind::PermissionDenied => {
                let reason = err.to_string();
                Self::Memory { reason }
            }
            ModuleError::Allocation { .. } => Self::Room { symbol, reason },
            ModuleError::Backend(error) => Self::Compile {
                symbol,
                reason: error.to_string(),
            },
            _ => Self::Compile { symbol, reason },
        }
    }
}

impl From<ClifError> for Diagnostic {
    fn from(error: ClifError) -> Self {
        match error {
            ClifError::Artifact(error) => error.into(),
            error => Diagnostic::new(error.code(), error.to_string()).help(error.help()),
        }
    }
}
