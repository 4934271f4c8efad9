//! `installed.toml`: what was added to the user's folder.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use beskid_plugin_api::Digest;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginManifest;
use serde::{Deserialize, Serialize};

use super::super::digits::parse_digest;
use super::super::facts::Facts;
use super::super::trust::check_file;
use super::super::wanted::Wanted;
use crate::input::read_bounded;
use crate::output;

/// Its name, in the folder.
const NAME: &str = "installed.toml";
/// Version of the format.
const VERSION: u32 = 1;
/// Largest file, in bytes.
const LARGEST: u64 = 4 << 20;

/// What was added to a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::plugins) struct Record {
    version: u32,
    /// Plugins that are switched off: `NAME` or `NAME@VERSION`.
    #[serde(default)]
    pub(in crate::plugins) disabled: Vec<String>,
    /// Sorted by kind, id and version.
    #[serde(default, rename = "plugin")]
    pub(in crate::plugins) plugins: Vec<Added>,
}

/// A plugin that was added.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(in crate::plugins) struct Added {
    /// `backend` or `linker`.
    pub(in crate::plugins) kind: String,
    /// Its id.
    pub(in crate::plugins) id: String,
    /// Its version.
    pub(in crate::plugins) version: String,
    /// Name of its file, in the folder.
    pub(in crate::plugins) file: String,
    /// BLAKE3 digest of the file.
    pub(in crate::plugins) blake3: String,
    /// Where it was copied from.
    pub(in crate::plugins) from: PathBuf,
    /// What it said of itself when it was loaded.
    #[serde(flatten)]
    pub(in crate::plugins) facts: Facts,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            version: VERSION,
            disabled: Vec::new(),
            plugins: Vec::new(),
        }
    }
}

impl Record {
    /// What was added to a folder; nothing, if nothing says so.
    ///
    /// # Errors
    /// E4040 if the record cannot be read, E5142 if others may change it, E5147 if it is
    /// malformed, of a later version, or about what is not in the folder.
    pub(in crate::plugins) fn read(folder: &Path) -> Result<Self, Diagnostic> {
        let path = folder.join(NAME);
        if path.symlink_metadata().is_err() {
            return Ok(Self::default());
        }
        let malformed = |reason: String| {
            let message = format!("`{}` is malformed: {reason}", path.display());
            Diagnostic::new(Code::E5147, message)
                .path(path.display().to_string())
                .help("delete it, add the plugins again with `beskid plugin add`, and switch off what was off")
        };
        check_file(&path)?;
        let bytes = read_bounded(&path, LARGEST).map_err(|error| {
            error.path(path.display().to_string()).help(
                "what was added is recorded in a file of at most 4 MiB that you may read; move \
                 what is there away, and add the plugins again with `beskid plugin add`",
            )
        })?;
        let text = String::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
        let record = toml::from_str::<Self>(&text);
        let record = record.map_err(|error| malformed(error.message().to_owned()))?;
        if record.version != VERSION {
            let reason = format!(
                "its version is {}, this beskid reads {VERSION}",
                record.version
            );
            return Err(malformed(reason));
        }
        for added in &record.plugins {
            let (id, file, digest) = (&added.id, &added.file, &added.blake3);
            // What is removed and replaced by this name is a file of this folder.
            if Path::new(file).file_name() != Some(OsStr::new(file)) {
                return Err(malformed(format!(
                    "the file of `{id}` is `{file}`, which is no name in the folder"
                )));
            }
            if parse_digest(digest).is_none() {
                return Err(malformed(format!(
                    "`{digest}` of `{id}` is no BLAKE3 digest"
                )));
            }
        }
        Ok(record)
    }

    /// Writes it, as a whole or not at all.
    ///
    /// # Errors
    /// E4040 names the file and the cause.
    pub(super) fn write(&mut self, folder: &Path) -> Result<(), Diagnostic> {
        self.plugins.sort();
        self.disabled.sort();
        let path = folder.join(NAME);
        let text = toml::to_string(self).map_err(|error| {
            let message = format!("cannot write `{}`: {error}", path.display());
            Diagnostic::new(Code::E4040, message)
        })?;
        output::update(&path, text.as_bytes())
    }

    /// The entry of a file, by its name.
    pub(in crate::plugins) fn of(&self, file: &str) -> Option<&Added> {
        self.plugins.iter().find(|added| added.file == file)
    }

    /// Whether a plugin is switched off.
    pub(in crate::plugins) fn is_disabled(&self, id: &str, version: &str) -> bool {
        let mut disabled = self.disabled.iter();
        disabled.any(|name| Wanted::parse(name).means(id, version))
    }
}

/// A name of a file that no other plugin, version or contents has.
pub(super) fn file_name(manifest: &PluginManifest, digest: Digest) -> String {
    let plain = |letter: char| match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '+' | '-' => letter,
        _ => '_',
    };
    let version = manifest.version.chars().take(64).map(plain);
    let version = version.collect::<String>();
    let short = digest.short();
    format!("{}-{}-{version}-{short}.so", manifest.kind, manifest.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(id: &str, version: &str) -> Added {
        Added {
            kind: "backend".to_owned(),
            id: id.to_owned(),
            version: version.to_owned(),
            file: format!("{id}-{version}.so"),
            blake3: "00".repeat(32),
            from: "/from".into(),
            facts: Facts {
                about: "one \"line\"".to_owned(),
                architectures: vec!["x86_64".to_owned()],
                features: Vec::new(),
            },
        }
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Record::read(folder.path()), Ok(Record::default()));
        let mut record = Record {
            plugins: vec![added("tiny", "0.5.0"), added("tiny", "0.4.0")],
            disabled: vec!["tiny@0.4".to_owned()],
            ..Record::default()
        };
        record.write(folder.path()).unwrap();
        assert_eq!(Record::read(folder.path()), Ok(record.clone()));
        assert!(record.is_disabled("tiny", "0.4.0"));
        assert!(!record.is_disabled("tiny", "0.5.0"));
        assert_eq!(record.of("tiny-0.4.0.so"), Some(&added("tiny", "0.4.0")));
        assert_eq!(record.of("other"), None);
    }

    #[test]
    fn what_is_no_record_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "version = 9", "version = 1\nx = 2", "\u{1}"] {
            std::fs::write(folder.path().join(NAME), text).unwrap();
            assert_eq!(Record::read(folder.path()).unwrap_err().code, "E5147");
        }
    }

    #[test]
    fn a_record_tells_of_nothing_outside_its_folder_and_of_no_half_digest() {
        let folder = tempfile::tempdir().unwrap();
        let ways: [fn(&mut Added); 5] = [
            |added| added.file = "../precious.txt".to_owned(),
            |added| added.file = "/precious.txt".to_owned(),
            |added| added.file = "..".to_owned(),
            |added| added.file = String::new(),
            |added| added.blake3 = "zz".to_owned(),
        ];
        for change in ways {
            let mut odd = added("tiny", "0.4.0");
            change(&mut odd);
            let mut record = Record {
                plugins: vec![odd],
                ..Record::default()
            };
            record.write(folder.path()).unwrap();
            assert_eq!(Record::read(folder.path()).unwrap_err().code, "E5147");
        }
    }

    #[test]
    fn a_record_that_others_may_change_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        Record::default().write(folder.path()).unwrap();
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o666);
        std::fs::set_permissions(folder.path().join(NAME), open).unwrap();
        assert_eq!(Record::read(folder.path()).unwrap_err().code, "E5142");
    }
}
