//! The commands about plugins.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Commands about plugins.
#[derive(Debug, Subcommand)]
pub enum PluginCommand {
    /// List every plugin in reach, and what becomes of it
    List,
    /// Say which plugin a name means, and what it is chosen over
    Which {
        /// `NAME` or `NAME@VERSION`
        name: String,
    },
    /// Show what a plugin says of itself, without loading it unless asked to
    Inspect {
        /// Plugin file, or name of a plugin in reach
        #[arg(value_name = "PATH|NAME")]
        path: PathBuf,
        /// Load it, in a process of its own, and show its options or tools
        #[arg(long)]
        ask: bool,
    },
    /// Write the package of a new plugin, which builds and passes `plugin check`
    New(NewArgs),
    /// Put a plugin to the conformance kit, each test in a process of its own
    Check(CheckArgs),
    /// Copy plugin files into the user's folder, where every command finds them
    Add {
        /// Plugin files, or folders of them
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Take plugins out of the user's folder
    Remove(PluginNames),
    /// Let plugins be used again
    Enable(PluginNames),
    /// Keep plugins of folders from being used, without removing them
    Disable(PluginNames),
    /// Take plugins from where they were added from again, and into the lock
    Update {
        /// `NAME` or `NAME@VERSION` [default: all]
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
    /// Write `plugins.lock`: which files are used here
    Lock {
        /// `NAME` or `NAME@VERSION` [default: every plugin file that is active]
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
}

/// Which plugins are meant.
#[derive(Debug, Args)]
pub struct PluginNames {
    /// `NAME` or `NAME@VERSION`
    #[arg(required = true, value_name = "NAME")]
    pub names: Vec<String>,
}

/// Flags of `plugin new`.
#[derive(Debug, Args)]
pub struct NewArgs {
    /// Id of the plugin: lowercase letters, digits and `-`
    pub name: String,
    /// What it is to be
    #[arg(long, value_name = "KIND")]
    pub kind: KindOfPlugin,
    /// Folder to make [default: the name]
    #[arg(long, value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Folder of the package `beskid-plugin-api` [default: the registry's, of this version]
    #[arg(long, value_name = "PATH")]
    pub api: Option<PathBuf>,
}

/// Flags of `plugin check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Plugin file, or name of a plugin in reach
    #[arg(value_name = "PATH|NAME")]
    pub subject: PathBuf,
    /// Which kind, where a backend and a linker strategy have the name
    #[arg(long, value_name = "KIND")]
    pub kind: Option<KindOfPlugin>,
    /// Only list the tests
    #[arg(long)]
    pub list: bool,
    /// Run only the tests that have this in their names (repeatable)
    #[arg(long, value_name = "TEXT")]
    pub filter: Vec<String>,
    /// A filter is the whole name of a test
    #[arg(long, requires = "filter")]
    pub exact: bool,
    /// Run the tests one after the other in this process, for debuggers
    #[arg(long)]
    pub in_process: bool,
    /// File with the names of tests that are to fail, one in each line
    #[arg(long, value_name = "PATH")]
    pub expected_failures: Option<PathBuf>,
    /// Folder of `.clif` files whose run directives a backend is put to, besides the kit's own
    #[arg(long, value_name = "PATH")]
    pub corpus: Option<PathBuf>,
    /// Most seconds that one test may take
    #[arg(long, default_value_t = 120, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: u64,
    /// How the report is written
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<ReportFormat>,
    /// Write the report to this file, and text to standard output
    #[arg(short, long, value_name = "PATH", requires = "format")]
    pub output: Option<PathBuf>,
}

/// A kind of plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KindOfPlugin {
    /// A backend.
    Backend,
    /// A linker strategy.
    Linker,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// A line for each test.
    Text,
    /// One JSON value.
    Json,
    /// JUnit's XML.
    Junit,
}

/// What one process of `plugin check` does.
#[derive(Debug, Args)]
pub struct PluginTestArgs {
    /// The plugin's name
    pub name: String,
    /// Its kind
    #[arg(long)]
    pub kind: KindOfPlugin,
    /// Which test
    #[arg(long)]
    pub test: String,
    /// Where to write what came of it
    #[arg(long)]
    pub report: PathBuf,
    /// Folder of `.clif` files
    #[arg(long)]
    pub corpus: Option<PathBuf>,
    /// Most seconds that one process of it may take
    #[arg(long)]
    pub timeout: u64,
}
