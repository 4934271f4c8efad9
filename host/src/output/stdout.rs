//! Standard output as the place of an output.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

/// Whether a path is `-`, which names standard output.
pub(super) fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Whether an output goes to standard output, where then nothing else may go.
pub(crate) fn is_stdout(path: &Path) -> bool {
    let same = || {
        let (one, other) = (fs::metadata(path).ok()?, fs::metadata("/dev/stdout").ok()?);
        Some(one.dev() == other.dev() && one.ino() == other.ino())
    };
    is_dash(path) || same().unwrap_or_default()
}

/// E4042 where `-` cannot be written; `what` cannot be a stream.
pub(crate) fn refuse_stdout(path: &Path, what: &str) -> Result<(), Diagnostic> {
    if !is_dash(path) {
        return Ok(());
    }
    let message = format!("`-` stands for standard output, to which {what} is not written");
    Err(Diagnostic::new(Code::E4042, message).help("give a path; a file of this name is `./-`"))
}

/// Writes everything to standard output. A closed pipe is no error: the reader
/// has seen enough. A closed descriptor is one, unlike for Rust's own stream.
///
/// # Errors
/// E4040 names the cause.
pub(crate) fn write_stdout(mut bytes: &[u8]) -> Result<(), Diagnostic> {
    while !bytes.is_empty() {
        match rustix::io::write(rustix::stdio::stdout(), bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::PIPE) => return Ok(()),
            Err(error) => return Err(unwritable(error.into())),
        }
    }
    Ok(())
}

fn unwritable(error: io::Error) -> Diagnostic {
    let message = format!("cannot write to standard output: {error}");
    Diagnostic::new(Code::E4040, message)
}
