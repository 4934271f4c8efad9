//! The plugin manifest: what a plugin file says of itself, readable without
//! running any of its code.
//!
//! The macros of [`sdk`](crate::sdk) write it; authors of plugins need nothing of
//! this module. A host reads it from the file and decides before it opens the file
//! with the dynamic loader, because loading runs code.
//!
//! # The note
//!
//! A plugin dylib carries the manifest as one ELF note in the section
//! [`SECTION`]. Hosts find it in the segments of notes by its owner and type, so
//! a library without a table of sections will do. The note is: three words of 32 bits in the target's byte order, which are the
//! length of the owner's name with its NUL, the length of the text and
//! [`NOTE_TYPE`]; the name [`OWNER`] with its NUL; the text. Name and text are
//! padded with zeroes to multiples of four bytes. The note itself begins at such a
//! multiple, and its segment is aligned to four.
//!
//! # The text
//!
//! Lines of `key=value` in UTF-8, at most [`MAX_LEN`] bytes. Each key occurs once,
//! in any order; unknown ones are ignored.
//!
//! | key | value | refused with |
//! |---|---|---|
//! | `kind` | `backend` or `linker` | |
//! | `id` | 1 to 64 lowercase letters, digits and `-` | E5107 if two files have it |
//! | `version` | of the plugin | E5111 if its code says another |
//! | `api` | [`PLUGIN_API_VERSION`] that it was built against | E5103 |
//! | `target` | triple that it runs on: [`TARGET`] | E5104 if not the host's |
//! | `toolchain` | compiler that built it: [`TOOLCHAIN`]; for messages | |
//! | `contract` | [`CONTRACT`] that it was built against | E5105 if the API versions are equal and this is not |
//! | `panic` | `unwind` or `abort` | E5106 if `abort` |
//! | `capabilities` | list with commas: `execute`, `object`; may be empty | E5111 if its code says others |
//!
//! A manifest that is missing, repeated or malformed is refused with E5102.
//!
//! ```
//! use beskid_plugin_api::manifest::{PluginKind, PluginManifest};
//!
//! let text = "kind=backend\nid=evaluator\nversion=0.1.0\napi=1.0\n\
//!             target=x86_64-unknown-linux-gnu\ntoolchain=rustc 1.95.0\n\
//!             contract=0123456789abcdef\npanic=unwind\ncapabilities=execute\n";
//! let manifest = PluginManifest::parse(text.as_bytes())?;
//! assert_eq!(manifest.kind, PluginKind::Backend);
//! assert_eq!(manifest.capabilities, ["execute"]);
//! # Ok::<(), beskid_plugin_api::manifest::ManifestError>(())
//! ```

mod note;
mod parse;

#[doc(hidden)]
pub use note::{Aligned, note, note_len, text, text_len};
pub use parse::ManifestError;

use std::fmt;

/// Version of the plugin interface. A plugin works with a host of the same
/// major version and of an equal or greater minor version (E5103).
pub const PLUGIN_API_VERSION: ApiVersion = ApiVersion { major: 1, minor: 0 };
/// [`PLUGIN_API_VERSION`] as the manifest spells it.
pub const PLUGIN_API_VERSION_TEXT: &str = "1.0";
/// Target triple that this crate was compiled for.
pub const TARGET: &str = env!("BESKID_TARGET");
/// The compiler that compiled this crate, as `rustc --version` names it.
pub const TOOLCHAIN: &str = env!("BESKID_TOOLCHAIN");
/// Hash of what crosses the boundary in this version, the layouts of the function
/// tables and the fields of the messages as `interface/VERSION.txt` lists them: 16
/// hexadecimal digits. Two builds with the same API version must agree on it (E5105).
/// A test of this crate computes it.
pub const CONTRACT: &str = "b3ff5ee23a917dec";

/// Name of the section that holds the manifest.
pub const SECTION: &str = ".note.beskid";
/// Owner name in the note.
pub const OWNER: &str = "Beskid";
/// Type of the note.
pub const NOTE_TYPE: u32 = 1;
/// Length of the largest text that is read, in bytes.
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

/// What a plugin is. Displays as the manifest spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PluginKind {
    /// Compiles artifacts: [`Backend`](crate::backend::Backend).
    Backend,
    /// Plans links: [`LinkerStrategy`](crate::linker::LinkerStrategy).
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
    /// Ends the process. Refused (E5106).
    Abort,
}

/// What a plugin file says of itself; the [module page](self#the-text) has the
/// keys.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PluginManifest {
    /// Backend or linker strategy.
    pub kind: PluginKind,
    /// Unique name among plugins of its kind, by which the user chooses it: 1 to
    /// 64 lowercase letters, digits and `-`.
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
    /// What it can do: `execute` and `object` for backends, in the order of the
    /// text.
    pub capabilities: Vec<String>,
}
