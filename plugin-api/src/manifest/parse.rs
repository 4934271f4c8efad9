//! Reading the text of a manifest.

use std::collections::BTreeMap;

use thiserror::Error;

use super::{ApiVersion, MAX_LEN, PanicStrategy, PluginKind, PluginManifest};

/// Why a manifest cannot be read. Hosts report it as E5102.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// It has this many bytes, more than [`MAX_LEN`].
    #[error("the manifest has {0} bytes, more than {MAX_LEN}")]
    TooLong(usize),
    /// Not UTF-8.
    #[error("the manifest is not UTF-8")]
    NotText,
    /// A line without `=`.
    #[error("the manifest has the line `{0}`, which is not `key=value`")]
    Line(String),
    /// A key occurs twice.
    #[error("the manifest has the key `{0}` twice")]
    Repeated(String),
    /// A key is missing.
    #[error("the manifest has no `{0}`")]
    Missing(&'static str),
    /// A value is not one of those expected.
    #[error("the manifest says `{key}={value}`; expected {expected}")]
    Value {
        /// The key.
        key: &'static str,
        /// What it says.
        value: String,
        /// What it may say.
        expected: &'static str,
    },
}

impl PluginManifest {
    /// Reads the text of a manifest, without the note around it. Unknown keys are
    /// ignored, so that later versions may add some.
    ///
    /// # Errors
    /// [`ManifestError`] names the key and what was expected.
    pub fn parse(text: &[u8]) -> Result<Self, ManifestError> {
        if text.len() > MAX_LEN {
            return Err(ManifestError::TooLong(text.len()));
        }
        let text = std::str::from_utf8(text).map_err(|_| ManifestError::NotText)?;
        let mut values = BTreeMap::new();
        for line in text.lines() {
            let (key, value) = line
                .split_once('=')
                .ok_or_else(|| ManifestError::Line(line.to_owned()))?;
            if values.insert(key, value).is_some() {
                return Err(ManifestError::Repeated(key.to_owned()));
            }
        }
        let get = |key| values.get(key).copied().ok_or(ManifestError::Missing(key));
        let text = |key| get(key).map(str::to_owned);
        let id = text("id")?;
        if !is_identifier(&id) {
            return Err(ManifestError::Value {
                key: "id",
                value: id,
                expected: "lowercase letters, digits and `-`",
            });
        }
        Ok(Self {
            kind: choose(
                "kind",
                get("kind")?,
                "`backend` or `linker`",
                |value| match value {
                    "backend" => Some(PluginKind::Backend),
                    "linker" => Some(PluginKind::Linker),
                    _ => None,
                },
            )?,
            id,
            version: text("version")?,
            api: choose("api", get("api")?, "`MAJOR.MINOR`", api_version)?,
            target: text("target")?,
            toolchain: text("toolchain")?,
            contract: text("contract")?,
            panic: choose(
                "panic",
                get("panic")?,
                "`unwind` or `abort`",
                |value| match value {
                    "unwind" => Some(PanicStrategy::Unwind),
                    "abort" => Some(PanicStrategy::Abort),
                    _ => None,
                },
            )?,
            capabilities: get("capabilities")?
                .split(',')
                .filter(|capability| !capability.is_empty())
                .map(str::to_owned)
                .collect(),
        })
    }
}

fn choose<T>(
    key: &'static str,
    value: &str,
    expected: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, ManifestError> {
    read(value).ok_or_else(|| ManifestError::Value {
        key,
        value: value.to_owned(),
        expected,
    })
}

fn api_version(text: &str) -> Option<ApiVersion> {
    let (major, minor) = text.split_once('.')?;
    Some(ApiVersion {
        major: major.parse().ok()?,
        minor: minor.parse().ok()?,
    })
}

fn is_identifier(id: &str) -> bool {
    let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    !id.is_empty() && id.len() <= 64 && id.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{PLUGIN_API_VERSION, PLUGIN_API_VERSION_TEXT, note, note_len};

    const GOOD: &str = "kind=backend\nid=jit\nversion=1\napi=1.0\ntarget=t\ntoolchain=r\n\
                        contract=c\npanic=unwind\ncapabilities=execute,object\n";

    #[test]
    fn a_complete_manifest_is_read() {
        let manifest = PluginManifest::parse(GOOD.as_bytes()).unwrap();
        assert_eq!(manifest.kind, PluginKind::Backend);
        assert_eq!(manifest.api, ApiVersion { major: 1, minor: 0 });
        assert_eq!(manifest.capabilities, ["execute", "object"]);
    }

    #[test]
    fn each_line_is_needed_and_each_value_is_checked() {
        for line in GOOD.lines() {
            let without = GOOD.replace(&format!("{line}\n"), "");
            assert!(
                PluginManifest::parse(without.as_bytes()).is_err(),
                "without {line}"
            );
            let twice = format!("{GOOD}{line}\n");
            assert!(
                PluginManifest::parse(twice.as_bytes()).is_err(),
                "twice {line}"
            );
        }
        for (from, to) in [
            ("kind=backend", "kind=frontend"),
            ("id=jit", "id=J T"),
            ("api=1.0", "api=one"),
            ("panic=unwind", "panic=never"),
        ] {
            let changed = GOOD.replace(from, to);
            assert!(PluginManifest::parse(changed.as_bytes()).is_err(), "{to}");
        }
    }

    #[test]
    fn the_version_text_is_the_version() {
        assert_eq!(PLUGIN_API_VERSION.to_string(), PLUGIN_API_VERSION_TEXT);
    }

    #[test]
    fn a_note_is_padded_to_words() {
        const NOTE: [u8; note_len(5)] = note(b"hello");
        assert_eq!(NOTE.len(), 12 + 8 + 8);
        assert_eq!(NOTE[12..20], *b"Beskid\0\0");
        assert_eq!(NOTE[20..], *b"hello\0\0\0");
    }
}
