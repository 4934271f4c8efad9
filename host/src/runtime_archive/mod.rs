//! Which runtime a program is linked with (LK-5), and the checks of ABI-7.

mod contents;
mod prebuilt;
mod shared;
mod version;

pub use prebuilt::PrebuiltRuntime;
pub use shared::SharedRuntime;

use std::fs;
use std::path::{Path, PathBuf};

use beskid_plugin_api::Digest;
use beskid_plugin_api::artifact::Outline;
use beskid_plugin_api::backend::version_mismatch;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::TARGET;
use beskid_plugin_api::runtime_abi::{ADDITIVE_EXPORT_SYMBOLS, BESKID_RUNTIME_ABI_VERSION};
use beskid_plugin_api::target::Target;

use crate::cache;
use crate::input::read_bounded;
use crate::inspect::inspect;

/// The runtime that was compiled together with this host.
static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/libbeskid_runtime.a"));

/// The function through which a runtime tells its version.
pub(crate) const VERSION_SYMBOL: &str = "beskid_runtime_abi_version";

/// Largest runtime that is read, in bytes.
const MAX_ARCHIVE: u64 = 256 << 20;

/// Where the runtime comes from (LK-5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuntimeChoice {
    /// The embedded runtime.
    Embedded,
    /// A prebuilt archive.
    Prebuilt(PrebuiltRuntime),
    /// A shared library, which the program needs when it starts.
    Shared(SharedRuntime),
    /// No runtime.
    Standalone,
}

impl RuntimeChoice {
    /// Path of the archive to link for a target, if any.
    ///
    /// # Errors
    /// E4011 if the embedded runtime is for another target, E4040 if the cache
    /// folder cannot be written; for a prebuilt archive, as
    /// [`PrebuiltRuntime::checked`].
    pub fn archive(&self, target: &str) -> Result<Option<PathBuf>, Diagnostic> {
        match self {
            Self::Standalone | Self::Shared(_) => Ok(None),
            Self::Prebuilt(prebuilt) => prebuilt.checked(target).map(Some),
            Self::Embedded if fits(target) => embedded_archive().map(Some),
            Self::Embedded => {
                let message = format!("there is no runtime for `{target}` in this beskid");
                Err(Diagnostic::new(Code::E4011, message)
                    .note(format!("the embedded runtime is for `{TARGET}`"))
                    .help("give one with `--runtime-archive`, or build with `--standalone`"))
            }
        }
    }

    /// Whether the runtime that is linked into the program has an additive symbol,
    /// which an older one may lack (ABI-005).
    ///
    /// # Errors
    /// E4040 or E5202 if an archive that was given cannot be read.
    pub fn defines(&self, symbol: &str) -> Result<bool, Diagnostic> {
        let archive = match self {
            Self::Embedded => return Ok(ADDITIVE_EXPORT_SYMBOLS.contains(&symbol)),
            Self::Standalone | Self::Shared(_) => return Ok(false),
            Self::Prebuilt(archive) => &archive.path,
        };
        let report = inspect(&read_bounded(archive, MAX_ARCHIVE)?)?.into_one()?;
        Ok(report.runtime.defined.contains(&symbol))
    }
}

/// Refuses an artifact that requires another version than that of every runtime
/// that this host links or registers (ABI-003).
///
/// # Errors
/// E4012 with both numbers.
pub fn check_required(artifact: &Outline) -> Result<(), Diagnostic> {
    match artifact.header().runtime_abi {
        Some(required) if required != BESKID_RUNTIME_ABI_VERSION => {
            Err(version_mismatch(BESKID_RUNTIME_ABI_VERSION, required))
        }
        _ => Ok(()),
    }
}

/// Whether the embedded runtime, which is this machine's, is one for a target.
fn fits(target: &str) -> bool {
    let (target, host) = (Target::of(target), Target::host());
    target.architecture() == host.architecture() && target.system() == host.system()
}

/// The bytes of the embedded runtime archive.
pub const fn embedded() -> &'static [u8] {
    EMBEDDED
}

/// Writes the embedded archive to the cache, if it is not there, and returns
/// its path. The name contains the digest; a file that was changed meanwhile
/// is written again.
fn embedded_archive() -> Result<PathBuf, Diagnostic> {
    let digest = Digest::of(EMBEDDED);
    let folder = cache::folder("runtime")?;
    let path = folder.join(format!("libbeskid_runtime-{}.a", digest.short()));
    if read_bounded(&path, MAX_ARCHIVE).is_ok_and(|bytes| Digest::of(&bytes) == digest) {
        return Ok(path);
    }
    cache::write(&path, EMBEDDED)?;
    Ok(path)
}

fn absolute(path: &Path) -> Result<PathBuf, Diagnostic> {
    fs::canonicalize(path).map_err(|error| {
        let message = format!("cannot read `{}`: {error}", path.display());
        Diagnostic::new(Code::E4040, message)
    })
}
