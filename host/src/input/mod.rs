//! Reading files of others, of a size that is bounded.

mod buffers;
mod noted;

pub(crate) use buffers::{Buffers, is_buffer, names_in, over};
pub(crate) use noted::{note, noted};

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

/// Largest contents that are read from a stream, whose size nobody knows
/// before its end: 256 MiB.
const MOST_STREAMED: u64 = 256 << 20;

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
/// E4040 names the path and the cause.
pub fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, Diagnostic> {
    if let Some(bytes) = buffers::text(path) {
        return Ok(bytes);
    }
    let meta = fs::metadata(path).map_err(|error| unreadable(path, &error.to_string()))?;
    if !meta.is_file() {
        return Err(no_file(path, meta.is_dir()));
    }
    read_file(path, meta.len(), limit)
}

/// Opens a regular file of at most `limit` bytes; gives its size too.
///
/// # Errors
/// E4040 names the path and the cause.
pub(crate) fn open_bounded(path: &Path, limit: u64) -> Result<(File, u64), Diagnostic> {
    let failed = |error: std::io::Error| unreadable(path, &error.to_string());
    // Opening a pipe waits for somebody who writes.
    let meta = fs::metadata(path).map_err(failed)?;
    if !meta.is_file() {
        return Err(no_file(path, meta.is_dir()));
    }
    note(path);
    let file = File::open(path).map_err(failed)?;
    let meta = file.metadata().map_err(failed)?;
    if !meta.is_file() {
        return Err(no_file(path, meta.is_dir()));
    }
    check_len(path, meta.len(), limit)?;
    Ok((file, meta.len()))
}

/// Contents of a file or of a stream.
pub(crate) struct Contents {
    /// All of them.
    pub(crate) bytes: Vec<u8>,
    /// Whether they can be read only once.
    pub(crate) is_stream: bool,
}

/// Reads a regular file, a pipe or a terminal; `-` is standard input.
///
/// # Errors
/// E4040 names the path and the cause.
pub(crate) fn read_any(path: &Path, limit: u64) -> Result<Contents, Diagnostic> {
    let streamed = |bytes| Contents {
        bytes,
        is_stream: true,
    };
    if path.as_os_str() == "-" {
        note(Path::new("/dev/stdin"));
        let bytes = read_stream(path, std::io::stdin().lock(), limit)?;
        return Ok(streamed(bytes));
    }
    if let Some(bytes) = buffers::text(path) {
        return Ok(Contents {
            bytes,
            is_stream: false,
        });
    }
    let meta = fs::metadata(path).map_err(|error| unreadable(path, &error.to_string()))?;
    let kind = meta.file_type();
    if kind.is_fifo() || kind.is_char_device() {
        let file = File::open(path).map_err(|error| unreadable(path, &error.to_string()))?;
        return Ok(streamed(read_stream(path, file, limit)?));
    }
    if !kind.is_file() {
        return Err(no_file(path, kind.is_dir()));
    }
    Ok(Contents {
        bytes: read_file(path, meta.len(), limit)?,
        is_stream: is_open_file(path),
    })
}

/// Most symbolic links of a path that are followed, as by the system.
const MOST_LINKS: usize = 40;

/// Whether a path leads to a file by the number under which a process has it
/// open: `/dev/stdin`, `/dev/fd/3`. Such a path says nothing of the file's name.
pub(crate) fn is_open_file(path: &Path) -> bool {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let folder = parent(&path);
        if leads_to_open_files(folder) {
            return true;
        }
        let Ok(target) = fs::read_link(&path) else {
            return false;
        };
        path = folder.join(target);
    }
    false
}

/// Whether the entries of a folder are open files. Links there are no paths.
pub(crate) fn leads_to_open_files(folder: &Path) -> bool {
    let folder = folder.canonicalize();
    folder.is_ok_and(|folder| folder.starts_with("/proc") || folder == Path::new("/dev/fd"))
}

/// The folder that a file is in.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn read_file(path: &Path, len: u64, limit: u64) -> Result<Vec<u8>, Diagnostic> {
    check_len(path, len, limit)?;
    note(path);
    let mut bytes = Vec::with_capacity(len as usize);
    // The file may grow while it is read.
    File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|error| unreadable(path, &error.to_string()))?;
    Ok(bytes)
}

fn check_len(path: &Path, len: u64, limit: u64) -> Result<(), Diagnostic> {
    if len <= limit {
        return Ok(());
    }
    let reason = format!("it has {len} bytes, more than {limit}");
    Err(unreadable(path, &reason))
}

fn read_stream(path: &Path, stream: impl Read, limit: u64) -> Result<Vec<u8>, Diagnostic> {
    let limit = limit.min(MOST_STREAMED);
    let mut bytes = Vec::new();
    stream
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(path, &error.to_string()))?;
    if bytes.len() as u64 > limit {
        let reason = format!("more than {limit} bytes come from it");
        return Err(unreadable(path, &reason));
    }
    Ok(bytes)
}

fn unreadable(path: &Path, reason: &str) -> Diagnostic {
    let message = format!("cannot read `{}`: {reason}", path.display());
    Diagnostic::new(Code::E4040, message).path(path.display().to_string())
}

fn no_file(path: &Path, is_dir: bool) -> Diagnostic {
    let kind = match is_dir {
        true => "a directory",
        false => "not a regular file",
    };
    unreadable(path, &format!("it is {kind}")).help("give the path of a file")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_that_does_not_end_is_refused() {
        let endless = read_stream(Path::new("-"), std::io::repeat(0), 1000);
        let message = endless.unwrap_err().message;
        assert!(
            message.ends_with("more than 1000 bytes come from it"),
            "{message}"
        );
        let short = read_stream(Path::new("-"), &b"text"[..], 4).unwrap();
        assert_eq!(short, b"text");
    }

    #[test]
    fn an_open_file_is_known_by_its_folder() {
        for path in ["/dev/stdin", "/dev/fd/7", "/proc/self/fd/0"] {
            assert!(is_open_file(Path::new(path)), "{path}");
        }
        for path in ["/dev/null", "/dev", "x", "/etc/passwd"] {
            assert!(!is_open_file(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn a_device_is_a_stream_and_no_file() {
        let null = Path::new("/dev/null");
        assert!(read_any(null, 10).unwrap().is_stream);
        assert_eq!(read_bounded(null, 10).unwrap_err().code, "E4040");
    }
}
