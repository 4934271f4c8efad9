//! Files as URIs and as paths.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use lsp_types::Uri;

const SCHEME: &str = "file://";

/// The path of a URI, if it is a file's: without symbolic links as far as it is there.
pub(super) fn path_of(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix(SCHEME)?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    if !rest.starts_with('/') {
        return None;
    }
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let path = PathBuf::from(OsString::from_vec(decoded(rest.as_bytes())?));
    Some(canonical(&path))
}

/// A path without symbolic links; that of a file that is not there, as its folder is.
pub(super) fn canonical(path: &Path) -> PathBuf {
    if let Ok(found) = path.canonicalize() {
        return found;
    }
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

/// The URI of a path that begins at the root.
pub(super) fn uri_of(path: &Path) -> Option<Uri> {
    let mut text = SCHEME.to_owned();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => text.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => text.push(char::from(*byte)),
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    Uri::from_str(&text).ok()
}

/// Bytes without `%XX`; nothing, if such a sign is not whole or a zero.
fn decoded(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut found = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                let digits = digits.map(|digit| char::from(digit).to_digit(16));
                let [Some(high), Some(low)] = digits else {
                    return None;
                };
                (high * 16 + low) as u8
            }
            byte => byte,
        };
        if byte == 0 {
            return None;
        }
        found.push(byte);
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(uri: &str) -> Option<PathBuf> {
        path_of(&Uri::from_str(uri).ok()?)
    }

    #[test]
    fn a_path_is_the_path_of_its_uri() {
        for name in ["/none/a b.bd", "/none/\u{e9}%23#?.bd", "/none/a+b:c/d"] {
            let uri = uri_of(Path::new(name)).unwrap();
            assert_eq!(path_of(&uri).as_deref(), Some(Path::new(name)), "{uri:?}");
        }
    }

    #[test]
    fn uris_of_no_file_have_no_path() {
        assert_eq!(path("file:///none/a%20b"), Some("/none/a b".into()));
        assert_eq!(path("file://localhost/none"), Some("/none".into()));
        for uri in [
            "untitled:Untitled-1",
            "file://host/a",
            "file:///a%00b",
            "http://a/b",
        ] {
            assert_eq!(path(uri), None, "{uri}");
        }
    }
}
