//! Which runtime a program is linked with (LK-5), and the checks of ABI-7.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use beskid_plugin_api::Digest;
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::source::read_bounded;

/// The runtime that was compiled together with this host.
static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/libbeskid_runtime.a"));

/// Largest runtime archive that is read, in bytes.
const MAX_ARCHIVE: u64 = 256 << 20;

/// Where the runtime comes from (LK-5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuntimeChoice {
    /// The embedded runtime.
    Embedded,
    /// A prebuilt archive.
    Prebuilt(PathBuf),
    /// No runtime.
    Standalone,
}

impl RuntimeChoice {
    /// Path of the archive to link, if any.
    ///
    /// # Errors
    /// E4011 if a prebuilt archive does not exist, E4040 if the cache folder
    /// cannot be written.
    pub fn archive(&self) -> Result<Option<PathBuf>, Diagnostic> {
        match self {
            Self::Embedded => embedded_archive().map(Some),
            Self::Standalone => Ok(None),
            Self::Prebuilt(path) => {
                if path.is_file() {
                    return fs::canonicalize(path)
                        .map(Some)
                        .map_err(|error| unreadable(path, &error));
                }
                let message = format!("runtime archive `{}` does not exist", path.display());
                Err(Diagnostic::new("E4011", message)
                    .help("give an existing archive, or leave out `--runtime-archive`"))
            }
        }
    }
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
    let folder = cache_folder().join("runtime");
    let path = folder.join(format!("libbeskid_runtime-{}.a", digest.short()));
    if read_bounded(&path, MAX_ARCHIVE).is_ok_and(|bytes| Digest::of(&bytes) == digest) {
        return Ok(path);
    }
    let written = fs::create_dir_all(&folder).and_then(|()| {
        let mut file = tempfile::NamedTempFile::new_in(&folder)?;
        file.write_all(EMBEDDED)?;
        file.persist(&path)?;
        Ok(())
    });
    written.map_err(|error| {
        let message = format!("cannot write the runtime to `{}`: {error}", path.display());
        Diagnostic::new("E4040", message)
            .help("set `XDG_CACHE_HOME` to a folder that can be written")
    })?;
    Ok(path)
}

/// `$XDG_CACHE_HOME/beskid`, `~/.cache/beskid`, or a folder for temporary
/// files.
pub fn cache_folder() -> PathBuf {
    let absolute = |path: PathBuf| Some(path).filter(|path| path.is_absolute());
    let from_home = || Some(absolute(std::env::var_os("HOME")?.into())?.join(".cache"));
    let base = std::env::var_os("XDG_CACHE_HOME").and_then(|path| absolute(path.into()));
    base.or_else(from_home)
        .unwrap_or_else(std::env::temp_dir)
        .join("beskid")
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::new(
        "E4040",
        format!("cannot read `{}`: {error}", path.display()),
    )
}
