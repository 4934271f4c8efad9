//! Configuration: defaults < user file < project `beskid.toml` < `BESKID_*` <
//! flags.

mod backend_options;
mod files;
mod layers;
mod project;
mod project_file;
mod report;
mod tools;
mod trust;
mod variables;

pub use backend_options::BackendOptions;
pub use files::paths;
pub use layers::{Flags, Layer, Settings, load};
pub use report::report;
pub use trust::Trust;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize};

/// The settings in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// Backend to use; `None`: `jit` to run, `aot` to build.
    pub backend: Option<String>,
    /// Linker strategy to use; `None`: the one that supports the target. In a
    /// file: `linker = "NAME"`, or `name = "NAME"` under `[linker]`.
    #[serde(deserialize_with = "linker")]
    pub linker: Option<String>,
    /// Plugin files to load: those of all layers, of the last layer first.
    pub plugin: Vec<PathBuf>,
    /// Folders of plugin files, likewise.
    pub plugin_dir: Vec<PathBuf>,
    /// Optimization: `none`, `speed` or `size`.
    pub optimize: OptLevel,
    /// Most threads that compile at once; `None`: as many as the jobserver gives,
    /// or as there are processors.
    pub jobs: Option<NonZeroU32>,
    /// Programs for the tools of the linker strategies, by role; words are
    /// quoted as for a shell.
    #[serde(deserialize_with = "tools::read")]
    pub tools: BTreeMap<String, String>,
    /// Whether the linker runs without the C driver, where the output is the same.
    pub direct_link: bool,
    /// Whether what builds made is kept, and used again.
    pub build_cache: bool,
    /// How foreign functions are found.
    pub r#extern: Extern,
    /// Options passed to the backends: texts, numbers or booleans.
    pub backend_options: BackendOptions,
    /// Whether the plugins of files work in processes of their own; `None`: those that
    /// are not locked.
    pub isolate: Option<bool>,
    /// What is said of single plugins, by their ids.
    pub plugins: BTreeMap<String, PluginSettings>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            backend: None,
            linker: None,
            plugin: Vec::new(),
            plugin_dir: Vec::new(),
            optimize: OptLevel::default(),
            jobs: None,
            tools: BTreeMap::new(),
            direct_link: true,
            build_cache: true,
            r#extern: Extern::default(),
            backend_options: BackendOptions::default(),
            isolate: None,
            plugins: BTreeMap::new(),
        }
    }
}

/// What is said of one plugin, under `[plugins.ID]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct PluginSettings {
    /// Libraries that it may need besides the C library, by the whole names that
    /// its file has for them.
    pub libraries: Vec<String>,
    /// Whether it works in a process of its own; `None`: as what is said of all.
    pub isolate: Option<bool>,
    /// Most seconds that such a process may take for an answer; `None`: 600 to
    /// compile and for steps of a link, 30 for all else.
    pub time_limit: Option<NonZeroU32>,
    /// Most memory of such a process, in MiB; `None`: 4096.
    pub memory_limit: Option<NonZeroU32>,
    /// Public key of minisign: its files must be signed by it.
    pub key: Option<String>,
}

/// How foreign functions are found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Extern {
    /// Load the libraries of programs in memory (EXT-001).
    pub dlopen: bool,
}

fn linker<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "the name of a linker strategy, or a table with its `name`"
    )]
    enum Written {
        Name(String),
        Table(Table),
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Table {
        name: String,
    }
    let written = Option::<Written>::deserialize(deserializer)?;
    Ok(written.map(|written| match written {
        Written::Name(name) | Written::Table(Table { name }) => name,
    }))
}

/// What settings are read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// What they say is done.
    Obey,
    /// They are only shown.
    Show,
}

/// How much to optimize.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum OptLevel {
    /// Fast compilation.
    #[default]
    None,
    /// Fast code.
    Speed,
    /// Fast and small code.
    Size,
}
