//! The command line of `build`, and what of it other commands have too.

use std::ffi::OsString;
use std::path::PathBuf;

use super::debug_args::DebugFlags;
use super::lint_args::LintFlags;
use super::project_args::ProgramArgs;
use clap::{Args, ValueEnum};

use crate::foreign::Extra;

/// Entrypoint of executables if none is named.
pub const MAIN: &str = "main";

/// Flags of `build`.
#[derive(Debug, Args)]
pub struct BuildArgs {
    /// Which program
    #[command(flatten)]
    pub program: ProgramArgs,
    /// What to make [default: `shared` of a target `Lib`, else `exe`]
    #[arg(long, value_name = "KIND")]
    pub kind: Option<KindArg>,
    /// Where to write it [default: named after the target or the input, in this folder]
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Where to write the object too
    #[arg(long, value_name = "PATH")]
    pub object_output: Option<PathBuf>,
    /// Optimize for speed, the same as `--optimize speed`
    #[arg(long, conflicts_with = "optimize")]
    pub release: bool,
    /// Entrypoint symbol
    #[arg(long, value_name = "NAME", default_value = MAIN)]
    pub entrypoint: String,
    /// Target triple [default: this machine's]
    #[arg(long, value_name = "TRIPLE")]
    pub target_triple: Option<String>,
    /// Prebuilt runtime archive to link instead of the embedded one
    #[arg(long, value_name = "PATH", conflicts_with = "standalone")]
    pub runtime_archive: Option<PathBuf>,
    /// ABI version of the prebuilt archive; it must agree with the archive
    #[arg(long, value_name = "VERSION", requires = "runtime_archive")]
    pub runtime_abi_version: Option<u32>,
    /// Shared library to link as the runtime instead of the embedded one
    #[arg(long, value_name = "PATH", conflicts_with_all = ["standalone", "runtime_archive"])]
    pub runtime_library: Option<PathBuf>,
    /// Link no runtime
    #[arg(long)]
    pub standalone: bool,
    /// Export this symbol and no others (repeatable)
    #[arg(long, value_name = "SYMBOL")]
    pub export: Vec<String>,
    /// Export every public symbol, also those that begin with `__`
    #[arg(long, conflicts_with = "export")]
    pub export_all: bool,
    /// Prefer static libraries
    #[arg(long, conflicts_with = "prefer_dynamic")]
    pub prefer_static: bool,
    /// Prefer shared libraries
    #[arg(long)]
    pub prefer_dynamic: bool,
    /// What is linked besides
    #[command(flatten)]
    pub link: LinkFlags,
    /// Give this argument to the tool that links, behind all others (repeatable)
    #[arg(long, value_name = "ARGUMENT", allow_hyphen_values = true)]
    pub link_arg: Vec<String>,
    /// What to take out of the output
    #[arg(
        long,
        value_name = "WHAT",
        default_value = "none",
        conflicts_with = "debug_info"
    )]
    pub strip: StripArg,
    /// What debuggers are told; where it is asked for, linkers keep it that else drop it
    #[command(flatten)]
    pub debug: DebugFlags,
    /// Print the commands of the link
    #[arg(long)]
    pub verbose_link: bool,
    /// Print the link plan and stop
    #[arg(long)]
    pub print_link_plan: bool,
    /// What of the source stops it
    #[command(flatten)]
    pub lints: LintFlags,
}

/// What is linked, or with `--extern-dlopen` loaded, besides what the program
/// names.
#[derive(Debug, Default, Args)]
pub struct LinkFlags {
    /// Link this library, by its name or by a path with a `/` (repeatable)
    #[arg(long, value_name = "LIBRARY")]
    pub link_lib: Vec<String>,
    /// Search this folder for libraries (repeatable)
    #[arg(long, value_name = "PATH")]
    pub link_search: Vec<PathBuf>,
}

impl LinkFlags {
    /// The same, for the stages.
    pub fn extra(&self) -> Extra {
        Extra {
            libraries: self.link_lib.clone(),
            search: self.link_search.clone(),
        }
    }

    /// The arguments that give another process of this program the same.
    pub fn arguments(&self) -> Vec<OsString> {
        let libraries = self.link_lib.iter().map(OsString::from);
        let libraries = libraries.map(|library| ["--link-lib".into(), library]);
        let folders = self.link_search.iter().map(OsString::from);
        let folders = folders.map(|folder| ["--link-search".into(), folder]);
        libraries.chain(folders).flatten().collect()
    }
}

/// Output kinds by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KindArg {
    /// Executable
    Exe,
    /// Shared library
    Shared,
    /// Static library
    Static,
    /// Object file
    Object,
}

/// What is taken out of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StripArg {
    /// Nothing
    None,
    /// What debuggers read
    Debug,
    /// That, and the names of everything that is not exported
    Symbols,
}
