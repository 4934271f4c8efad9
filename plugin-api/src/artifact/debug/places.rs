//! Places in source files.

use serde::{Deserialize, Serialize};

/// A source file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Its path as the compiler was given it, relative to `directory`.
    pub path: String,
    /// The directory; empty if the path is relative to where the artifact is built, or
    /// absolute.
    pub directory: String,
    /// MD5 of its contents, by which a debugger knows that the file has changed.
    pub md5: Option<[u8; 16]>,
}

/// A place in a source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Location {
    /// The file.
    pub file: u32,
    /// Line, from 1; 0 for code that no line of the source stands for.
    pub line: u32,
    /// Bytes in the line, from 1; 0 for the whole line.
    pub column: u32,
}

/// What an instruction was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Where the source says it.
    pub at: Location,
    /// The innermost scope.
    pub scope: u32,
}

/// The position of instructions that have none.
pub const NO_POSITION: u32 = u32::MAX;
