//! Outputs: files that are put in place, written aside and renamed.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use beskid_plugin_api::diagnostic::Diagnostic;

/// The folder that a file is in.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// E4040 for an output that cannot be written.
pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    let message = format!("cannot write `{}`: {error}", path.display());
    let help = match error.kind() {
        io::ErrorKind::NotFound => "create the folder first, or choose another with `--output`",
        io::ErrorKind::StorageFull => "make room, or choose another disk with `--output`",
        _ => "choose a path that can be written with `--output`",
    };
    Diagnostic::new("E4040", message).help(help)
}

/// Refuses an output path at which no file can be.
pub(crate) fn check(path: &Path) -> Result<(), Diagnostic> {
    if path.is_dir() {
        return Err(unwritable(path, &io::Error::other("it is a directory")));
    }
    let folder = parent(path);
    if !folder.is_dir() {
        let reason = format!("the folder `{}` does not exist", folder.display());
        return Err(unwritable(
            path,
            &io::Error::new(io::ErrorKind::NotFound, reason),
        ));
    }
    Ok(())
}

/// Writes a file aside and renames it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    check(path)?;
    let written = || {
        let mut file = tempfile::NamedTempFile::new_in(parent(path))?;
        file.write_all(bytes)?;
        make_readable(file.path())?;
        file.persist(path)?;
        Ok(())
    };
    written().map_err(|error: io::Error| unwritable(path, &error))
}

/// Renames a file; where that crosses file systems, copies it aside first.
pub(crate) fn move_file(from: &Path, to: &Path) -> Result<(), Diagnostic> {
    check(to)?;
    let moved = fs::rename(from, to).or_else(|_| {
        let aside = tempfile::NamedTempFile::new_in(parent(to))?;
        fs::copy(from, aside.path())?;
        aside.persist(to)?;
        Ok(())
    });
    moved.map_err(|error: io::Error| unwritable(to, &error))
}

/// Temporary files are private; outputs are as readable as other new files.
#[cfg(unix)]
fn make_readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}
