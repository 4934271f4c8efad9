//! Outputs, written as compilers write them: what is no regular file is opened
//! and written; a regular file is replaced as a whole, behind its symbolic
//! links, and keeps its permissions; where it cannot be replaced it is written
//! in place.

mod place;
mod stdout;

pub(crate) use place::parent;
pub(crate) use stdout::{is_stdout, refuse_stdout};

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Seek};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::scratch::Aside;
use place::Place;

/// Whether an output can be executed, which its permissions then say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// `0666` less the umask.
    Data,
    /// `0777` less the umask.
    Code,
}

impl Mode {
    const fn bits(self) -> u32 {
        match self {
            Self::Data => 0o666,
            Self::Code => 0o777,
        }
    }
}

/// E4040 for an output that cannot be written.
pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    let message = format!("cannot write `{}`: {error}", path.display());
    let help = match error.kind() {
        ErrorKind::NotFound => "create the folder first, or choose another with `--output`",
        ErrorKind::StorageFull => "make room, or choose another disk with `--output`",
        _ => "choose a path that can be written with `--output`",
    };
    Diagnostic::new(Code::E4040, message).help(help)
}

/// Refuses an output path at which no file can be.
pub(crate) fn check(path: &Path) -> Result<(), Diagnostic> {
    if stdout::is_dash(path) {
        return Ok(());
    }
    if path.is_dir() {
        return Err(unwritable(path, &io::Error::other("it is a directory")));
    }
    let folder = parent(path);
    if !folder.is_dir() {
        let reason = format!("the folder `{}` does not exist", folder.display());
        let reason = io::Error::new(ErrorKind::NotFound, reason);
        return Err(unwritable(path, &reason));
    }
    Ok(())
}

/// Writes an output; `-` is standard output.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    if stdout::is_dash(path) {
        return stdout::write(bytes);
    }
    check(path)?;
    put(path, Mode::Data, &mut &*bytes).map_err(|error| unwritable(path, &error))
}

/// Writes an output with the contents of another file.
pub(crate) fn copy(from: &Path, to: &Path, mode: Mode) -> Result<(), Diagnostic> {
    check(to)?;
    let mut from = File::open(from).map_err(|error| unwritable(from, &error))?;
    put(to, mode, &mut from).map_err(|error| unwritable(to, &error))
}

fn put(path: &Path, mode: Mode, contents: &mut impl Read) -> io::Result<()> {
    match place::find(path)? {
        Place::Stream => {
            let stream = OpenOptions::new().write(true).open(path)?;
            fill(stream, contents)
        }
        Place::File { path, permissions } => {
            let aside = match Aside::new_in(parent(&path), mode.bits()) {
                Ok(aside) => aside,
                Err(error) if permissions.is_some() && place::is_refusal(&error) => {
                    let file = OpenOptions::new().write(true).truncate(true).open(&path)?;
                    return fill(file, contents);
                }
                Err(error) => return Err(error),
            };
            let Some(permissions) = permissions else {
                fill(&aside.file, contents)?;
                return aside.rename(&path);
            };
            // The file's own, which the umask has nothing to do with; code can
            // be executed where new code could be.
            let new = aside.file.metadata()?.permissions().mode();
            let bits = Permissions::from_mode(permissions | new & 0o111);
            aside.file.set_permissions(bits.clone())?;
            fill(&aside.file, contents)?;
            match aside.rename(&path) {
                // A mount point keeps its file.
                Err(error) if error.kind() == ErrorKind::ResourceBusy => {
                    let file = OpenOptions::new().write(true).truncate(true).open(&path)?;
                    (&aside.file).rewind()?;
                    fill(&file, &mut &aside.file)?;
                    match file.metadata()?.permissions().mode() & 0o777 == bits.mode() {
                        true => Ok(()),
                        false => file.set_permissions(bits),
                    }
                }
                renamed => renamed,
            }
        }
    }
}

fn fill(mut file: impl io::Write, contents: &mut impl Read) -> io::Result<()> {
    io::copy(contents, &mut file)?;
    file.flush()
}
