//! Flags that say which program of which project is meant.

use std::path::PathBuf;

use clap::Args;

/// The program that a command is about.
#[derive(Debug, Default, Args)]
pub struct ProgramArgs {
    /// Source file `.bd` or `.clif`, artifact `.bska`, or a project's folder [default: the project
    /// here or above]
    pub input: Option<PathBuf>,
    /// Which project and target
    #[command(flatten)]
    pub project: ProjectArgs,
}

/// Which project is meant, and what may be done with its lock.
#[derive(Debug, Default, Args)]
pub struct ProjectArgs {
    /// Which project
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Write no `Project.lock`
    #[arg(long)]
    pub frozen: bool,
}

/// Which project is meant, and what of it.
#[derive(Debug, Default, Args)]
pub struct PlaceArgs {
    /// Folder or manifest of the project or workspace [default: around the source file, or here]
    #[arg(long, value_name = "PATH")]
    pub project: Option<PathBuf>,
    /// Target of the project [default: its first `App`, or else its first]
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// Member of the workspace [default: around the source file, or its first]
    #[arg(long, value_name = "NAME")]
    pub workspace_member: Option<String>,
}

/// Flags of `new`.
#[derive(Debug, Args)]
pub struct NewProjectArgs {
    /// Folder of the project, whose last part is its name
    #[arg(value_name = "NAME")]
    pub folder: PathBuf,
    /// Begin a library
    #[arg(long)]
    pub lib: bool,
}

/// Flags of `init`.
#[derive(Debug, Args)]
pub struct InitProjectArgs {
    /// Folder of the project, whose last part is its name
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub folder: PathBuf,
    /// Begin a library
    #[arg(long)]
    pub lib: bool,
}
