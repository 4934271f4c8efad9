//! Outputs, written as compilers write them: what is no regular file is opened
//! and written; a regular file is replaced as a whole, behind its symbolic
//! links, and keeps its permissions; where it cannot be replaced it is written
//! in place.

mod in_place;
mod place;
mod stdout;

pub(crate) use stdout::{is_stdout, refuse_stdout, write_stdout};

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Seek};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::OutputKind;

use crate::input::{noted, parent};
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
    /// That of a kind of output.
    pub(crate) const fn of(kind: OutputKind) -> Self {
        match kind {
            OutputKind::Exe | OutputKind::Shared => Self::Code,
            OutputKind::Static | OutputKind::Object => Self::Data,
        }
    }

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
    Diagnostic::new(Code::E4040, message)
        .path(path.display().to_string())
        .help(help)
}

/// Refuses an output path at which no file can be, or at which there is one that
/// was read.
pub(crate) fn check(path: &Path) -> Result<(), Diagnostic> {
    if stdout::is_dash(path) {
        return refuse_read(path, Path::new("/dev/stdout"));
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
    refuse_read(path, path)
}

fn refuse_read(named: &Path, path: &Path) -> Result<(), Diagnostic> {
    let Some(read) = noted(path) else {
        return Ok(());
    };
    let message = format!("`{}` is read, and would be written", named.display());
    let mut refusal = Diagnostic::new(Code::E4041, message).path(named.display().to_string());
    if read != named {
        refusal = refusal.note(format!("it is the same file as `{}`", read.display()));
    }
    Err(refusal.help("choose another path for the output"))
}

/// Whether a regular file of this size is at a path, as an output of this mode is.
pub(crate) fn is_file_of(path: &Path, size: u64, mode: Mode) -> bool {
    let Ok(meta) = path.metadata() else {
        return false;
    };
    let is_code = meta.permissions().mode() & 0o111 != 0;
    meta.is_file() && meta.len() == size && (is_code || mode == Mode::Data)
}

/// Whether two paths lead to one regular file, which need not be there.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    let is_stream = |path: &Path| stdout::is_dash(path) || path.exists() && !path.is_file();
    if is_stream(one) || is_stream(other) {
        return false;
    }
    let of = |path: &Path| {
        let absent = || Some(parent(path).canonicalize().ok()?.join(path.file_name()?));
        path.canonicalize().ok().or_else(absent)
    };
    of(one).is_some_and(|one| Some(one) == of(other))
}

/// Writes an output; `-` is standard output.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    check(path)?;
    if stdout::is_dash(path) {
        return write_stdout(bytes);
    }
    put(path, Mode::Data, &mut &*bytes).map_err(|error| unwritable(path, &error))
}

/// Writes a file of ours, which was read before it changed.
pub(crate) fn update(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    put(path, Mode::Data, &mut &*bytes).map_err(|error| {
        unwritable(path, &error).help("make room for it, or let the folder be written")
    })
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
        Place::File { path, permissions } => put_file(&path, permissions, mode, contents),
    }
}

fn put_file(
    path: &Path,
    permissions: Option<u32>,
    mode: Mode,
    contents: &mut impl Read,
) -> io::Result<()> {
    let aside = match Aside::new_in(parent(path), mode.bits()) {
        Err(error) if permissions.is_some() && place::is_refusal(&error) => {
            // What the umask leaves is seen where a file can be made.
            let other = Aside::new_in(&std::env::temp_dir(), mode.bits());
            let new = other.and_then(|aside| aside.file.metadata());
            let new = new.map_or(0, |meta| meta.permissions().mode());
            return in_place::write(path, new & 0o111, contents);
        }
        aside => aside?,
    };
    let Some(permissions) = permissions else {
        fill(&aside.file, contents)?;
        return aside.rename(path);
    };
    // The file's own, which the umask has nothing to do with; code can be
    // executed where new code could be.
    let execution = aside.file.metadata()?.permissions().mode() & 0o111;
    let permissions = Permissions::from_mode(permissions | execution);
    aside.file.set_permissions(permissions)?;
    fill(&aside.file, contents)?;
    match aside.rename(path) {
        // A mount point keeps its file.
        Err(error) if error.kind() == ErrorKind::ResourceBusy => {
            (&aside.file).rewind()?;
            in_place::write(path, execution, &mut &aside.file)
        }
        renamed => renamed,
    }
}

fn fill(mut file: impl io::Write, contents: &mut impl Read) -> io::Result<()> {
    io::copy(contents, &mut file)?;
    file.flush()
}
