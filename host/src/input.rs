//! Reading files of others, of a size that is bounded.

use std::fs;
use std::io::Read;
use std::path::Path;

use beskid_plugin_api::diagnostic::Diagnostic;

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
/// E4040 names the path and the cause.
pub fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, Diagnostic> {
    let failed = |reason: String| {
        Diagnostic::new(
            "E4040",
            format!("cannot read `{}`: {reason}", path.display()),
        )
    };
    let meta = fs::metadata(path).map_err(|error| failed(error.to_string()))?;
    if !meta.is_file() {
        let kind = if meta.is_dir() {
            "a directory"
        } else {
            "not a regular file"
        };
        return Err(failed(format!("it is {kind}")).help("give the path of a file"));
    }
    if meta.len() > limit {
        return Err(failed(format!(
            "it has {} bytes, more than {limit}",
            meta.len()
        )));
    }
    let file = fs::File::open(path).map_err(|error| failed(error.to_string()))?;
    let mut bytes = Vec::with_capacity(meta.len() as usize);
    // The file may grow while it is read.
    file.take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| failed(error.to_string()))?;
    Ok(bytes)
}
