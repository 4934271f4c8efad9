//! Signatures beside plugin files, as `minisign -Sm FILE` makes them.

use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use minisign_verify::{PublicKey, Signature};

use crate::input::read_bounded;

/// Largest signature, in bytes.
const LARGEST: u64 = 16 << 10;

/// Where the signature of a file is.
pub(in crate::plugins) fn signature_path(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".minisig");
    name.into()
}

/// Checks the signature of a plugin's file, whose contents these are.
///
/// # Errors
/// E5145 if there is none or it is not by this key, E5301 if that is no key.
pub(in crate::plugins) fn verify(
    id: &str,
    file: &Path,
    contents: &[u8],
    key: &str,
) -> Result<(), Diagnostic> {
    let key = PublicKey::from_base64(key.trim()).map_err(|error| {
        let message = format!("invalid configuration: `plugins.{id}.key` is no key: {error}");
        Diagnostic::new(Code::E5301, message)
            .help("give the line of letters of a `minisign.pub` file")
    })?;
    let path = signature_path(file);
    let refused = |reason: String| {
        let message = format!(
            "plugin `{id}` must be signed, and `{}` is not: {reason}",
            file.display()
        );
        Diagnostic::new(Code::E5145, message)
            .path(path.display().to_string())
            .plugin(id)
            .note(format!("`[plugins.{id}]` in your settings names the key"))
            .help("get the file and its `.minisig` from the plugin's author again")
    };
    if !path.exists() {
        return Err(refused(format!("there is no `{}`", path.display())));
    }
    let text = read_bounded(&path, LARGEST).map_err(|error| refused(error.message))?;
    let text = String::from_utf8(text).map_err(|error| refused(error.to_string()))?;
    let signature = Signature::decode(&text).map_err(|error| refused(error.to_string()))?;
    key.verify(contents, &signature, true)
        .map_err(|error| refused(error.to_string()))
}
