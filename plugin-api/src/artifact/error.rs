//! Why bytes are not a usable artifact.

use thiserror::Error;

use crate::codes::Code;
use crate::diagnostic::Diagnostic;

/// What decoding returns.
pub type Result<T> = std::result::Result<T, ArtifactError>;

/// Why an artifact was refused. Offsets are bytes from the start of the file
/// for container errors, and from the start of the section's payload
/// otherwise.
///
/// [`code`](Self::code) gives the error code of each variant. The error converts
/// to a [`Diagnostic`] with that code, so `?` in a backend's `compile` does.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ArtifactError {
    /// E5001: the first bytes are not [`MAGIC`](super::MAGIC).
    #[error("not a CodegenArtifact: the file does not start with the magic `BSKA`")]
    Magic,
    /// E5002: the file was written in a format that this reader does not know.
    #[error("artifact format version {found}; this reader knows versions 1 to {supported}")]
    Version {
        /// Version in the file.
        found: u32,
        /// Newest version that this reader knows.
        supported: u32,
    },
    /// E5003: the file ends too early, or goes on after its end.
    #[error("artifact truncated or padded: {what} at offset {offset}")]
    Truncated {
        /// What was being read.
        what: &'static str,
        /// Byte offset in the file.
        offset: usize,
    },
    /// E5003: the digest at the end is not the digest of the contents.
    #[error("artifact damaged: digest is {actual}, the file says {stored}")]
    Digest {
        /// Digest stored in the file, shortened.
        stored: String,
        /// Digest of the contents, shortened.
        actual: String,
    },
    /// E5005: a section that must be understood is not known here.
    #[error("artifact needs section `{tag}`, which this reader does not know")]
    UnknownSection {
        /// Four-character tag.
        tag: String,
    },
    /// E5005: a setting that must be obeyed is not known here.
    #[error("artifact needs the setting `{name}`, which this reader does not know")]
    UnknownSetting {
        /// Its name.
        name: String,
    },
    /// E5004: a section that every artifact has is missing, or is there twice.
    #[error("artifact section `{tag}` is {problem}")]
    SectionSet {
        /// Four-character tag.
        tag: String,
        /// `missing` or `repeated`.
        problem: &'static str,
    },
    /// E5004: the payload of a section does not follow the schema.
    #[error("malformed section `{section}` at offset {offset}, field `{field}`: {reason}")]
    Malformed {
        /// Four-character tag.
        section: &'static str,
        /// Byte offset in the payload.
        offset: usize,
        /// The field of the schema that was being read, for instance
        /// `module.symbols[3].linkage`.
        field: String,
        /// What is wrong.
        reason: String,
    },
    /// E5007: the contents contradict each other; see the
    /// [guarantees](super#what-verification-guarantees).
    #[error("invalid artifact, section `{section}`, {place}: {reason}")]
    Invalid {
        /// Four-character tag.
        section: &'static str,
        /// Which entry, for instance `function 3, instruction 14`.
        place: String,
        /// What is wrong.
        reason: String,
    },
}

impl ArtifactError {
    /// The stable error code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Magic => Code::E5001,
            Self::Version { .. } => Code::E5002,
            Self::Truncated { .. } | Self::Digest { .. } => Code::E5003,
            Self::Malformed { .. } | Self::SectionSet { .. } => Code::E5004,
            Self::UnknownSection { .. } | Self::UnknownSetting { .. } => Code::E5005,
            Self::Invalid { .. } => Code::E5007,
        }
    }

    /// Where a broken rule is: number of the function, and of the instruction in
    /// it if it is about one.
    pub fn function(&self) -> Option<(usize, Option<usize>)> {
        let Self::Invalid { place, .. } = self else {
            return None;
        };
        let numbers = place.strip_prefix("function ")?;
        let (function, instruction) = match numbers.split_once(", instruction ") {
            Some((function, instruction)) => (function, instruction.parse().ok()),
            None => (numbers, None),
        };
        Some((function.parse().ok()?, instruction))
    }

    /// Number of the symbol that breaks a rule, if one does.
    pub fn symbol(&self) -> Option<u32> {
        let Self::Invalid { place, .. } = self else {
            return None;
        };
        place.strip_prefix("symbol ")?.parse().ok()
    }

    const fn help(&self) -> &'static str {
        match self {
            Self::Magic => {
                "give a file written by `beskid artifact emit` or by an `ArtifactBuilder`"
            }
            Self::Version { .. } | Self::UnknownSection { .. } | Self::UnknownSetting { .. } => {
                "use a release of beskid at least as new as the one that wrote the artifact"
            }
            Self::Truncated { .. } | Self::Digest { .. } => {
                "the file was cut or changed after it was written; write it again"
            }
            Self::SectionSet { .. } | Self::Malformed { .. } | Self::Invalid { .. } => {
                "report this to the producer of the artifact, which the header names"
            }
        }
    }
}

impl From<ArtifactError> for Diagnostic {
    fn from(error: ArtifactError) -> Self {
        Diagnostic::new(error.code(), error.to_string()).help(error.help())
    }
}
