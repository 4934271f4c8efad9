//! The plugin manifest: what a plugin file says of itself, readable without
//! running any of its code.
//!
//! A plugin dylib carries the manifest as an ELF note in the section
//! [`SECTION`], named [`OWNER`], type [`NOTE_TYPE`]. Its contents are lines of
//! `key=value` in UTF-8. The host reads them from the file and decides before
//! it opens the file with the dynamic loader, because loading runs code.

mod note;
mod parse;

pub use note::{note, note_len, text, text_len};
pub use parse::ManifestError;

use std::fmt;

/// Version of the plugin interface. A plugin works with a host of the same
/// major version and of an equal or greater minor version.
pub const PLUGIN_API_VERSION: ApiVersion = ApiVersion { major: 1, minor: 0 };
/// [`PLUGIN_API_VERSION`] as the manifest spells it.
pub const PLUGIN_API_VERSION_TEXT: &str = "1.0";
/// Target triple that this crate was compiled for.
pub const TARGET: &str = env!("BESKID_TARGET");
/// The compiler that compiled this crate, as `rustc --version` names it.
pub const TOOLCHAIN: &str = env!("BESKID_TOOLCHAIN");
/// Hash of the text of the interface, 16 hexadecimal digits. Two builds with
/// the same API version must agree on it.
pub const CONTRACT: &str = env!("BESKID_CONTRACT");

/// Name of the section that holds the manifest.
pub const SECTION: &str = ".note.beskid";
/// Owner name in the note.
pub const OWNER: &str = "Beskid";
/// Type of the note.
pub const NOTE_TYPE: u32 = 1;
/// Largest manifest that is read, in bytes.
pub const MAX_LEN: usize = 4096;

/// A version of the plugin interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiVersion {
    /// Changes that break plugins.
    pub major: u16,
    /// Additions.
    pub minor: u16,
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// What a plugin is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PluginKind {
    /// Compiles artifacts.
    Backend,
    /// Plans links.
    Linker,
}

impl fmt::Display for PluginKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Backend => "backend",
            Self::Linker => "linker",
        })
    }
}

/// What a plugin does when its code panics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PanicStrategy {
    /// Unwinds, so that the boundary can turn the panic into an error.
    Unwind,
    /// Ends the process. Refused.
    Abort,
}

/// What a plugin file says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginManifest {
    /// Backend or linker strategy.
    pub kind: PluginKind,
    /// Unique name, by which the user chooses the plugin.
    pub id: String,
    /// Version of the plugin itself.
    pub version: String,
    /// Version of the plugin interface that it was built against.
    pub api: ApiVersion,
    /// Target triple that it runs on.
    pub target: String,
    /// Compiler that built it.
    pub toolchain: String,
    /// Hash of the interface it was built against.
    pub contract: String,
    /// What happens when it panics.
    pub panic: PanicStrategy,
    /// What it can do: `execute` and `object` for backends.
    pub capabilities: Vec<String>,
}
