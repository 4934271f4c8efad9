//! The commands about plugins.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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
