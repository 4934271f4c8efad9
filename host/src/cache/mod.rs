//! The folder for what can be made again: runtimes, copies of plugins.

use std::path::PathBuf;

/// `$XDG_CACHE_HOME/beskid`, `~/.cache/beskid`, or a folder for temporary
/// files.
pub fn folder() -> PathBuf {
    let absolute = |path: PathBuf| Some(path).filter(|path| path.is_absolute());
    let from_home = || Some(absolute(std::env::var_os("HOME")?.into())?.join(".cache"));
    let base = std::env::var_os("XDG_CACHE_HOME").and_then(|path| absolute(path.into()));
    base.or_else(from_home)
        .unwrap_or_else(std::env::temp_dir)
        .join("beskid")
}
