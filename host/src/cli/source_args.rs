//! Flags of the commands that read sources as texts.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::project_args::ProgramArgs;

/// Flags of `format`.
#[derive(Debug, Args)]
pub struct FormatArgs {
    /// Source file `.bd`, folder of them, or `-` for standard input [default: the sources of the
    /// project that is here, each of which is replaced if it changes]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Replace each file that changes
    #[arg(short, long, conflicts_with_all = ["output", "check"])]
    pub write: bool,
    /// Write the text of the one file there
    #[arg(
        short,
        long,
        value_name = "FILE",
        conflicts_with = "check",
        requires = "path"
    )]
    pub output: Option<PathBuf>,
    /// Write nothing, and name each file that would change
    #[arg(long)]
    pub check: bool,
}

/// Flags of `parse`.
#[derive(Debug, Args)]
pub struct ParseArgs {
    /// Source file
    #[arg(value_name = "FILE")]
    pub input: PathBuf,
    /// How the tree is written
    #[arg(long, value_name = "FORMAT", default_value = "debug")]
    pub format: TreeFormat,
}

/// How a syntax tree is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TreeFormat {
    /// A line for each node and token, with its place.
    Debug,
    /// One JSON value.
    Json,
}

/// Flags of `doc`.
#[derive(Debug, Args)]
pub struct DocArgs {
    /// Which program
    #[command(flatten)]
    pub program: ProgramArgs,
    /// Folder for the documentation, which is made if it is not there [default: `doc-out`, of a
    /// project `.beskid/docs` in its folder]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
