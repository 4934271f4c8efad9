//! What a command that was interrupted has left in the user's folder: files that have
//! their names and that nothing notes.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use beskid_plugin_api::Digest;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginManifest;

use super::super::entry::Entry;
use super::super::file::PluginFile;
use super::super::place::Place;
use super::super::search::{Glance, glance};
use super::change::{Installer, remove_file};
use super::record::{Added, Record, file_name};

impl Installer<'_> {
    /// What was added to the folder, and what an interrupted command had put there and
    /// not noted: that is noted now, or goes if another file of its version is noted.
    ///
    /// # Errors
    /// As for [`Record::read`]; E4040 if the folder cannot be read or written.
    pub(super) fn record(&self) -> Result<Record, Diagnostic> {
        let mut record = Record::read(&self.folder)?;
        let mut found = false;
        for (path, manifest, digest) in self.unnoted(&record) {
            let shown = path.display();
            let kind = manifest.kind.to_string();
            let mut noted = record.plugins.iter();
            let is_noted = noted.any(|added| {
                (&added.kind, &added.id, &added.version) == (&kind, &manifest.id, &manifest.version)
            });
            if is_noted {
                remove_file(&path)?;
                tracing::warn!("`{shown}` was left by a command that was interrupted, and went");
                continue;
            }
            match self.noted(&path, manifest, digest) {
                Ok(added) => {
                    record.plugins.push(added);
                    found = true;
                    tracing::warn!(
                        "`{shown}` was put there by a command that was interrupted, and counts \
                         as added now"
                    );
                }
                Err(error) => tracing::warn!("`{shown}` is left alone: {}", error.message),
            }
        }
        if found {
            record.write(&self.folder)?;
        }
        Ok(record)
    }

    /// The files that have the names that they would be given, and are not noted.
    fn unnoted(&self, record: &Record) -> Vec<(PathBuf, PluginManifest, Digest)> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path.file_name().and_then(OsStr::to_str);
            let Some(name) = name.filter(|name| name.ends_with(".so")) else {
                continue;
            };
            if record.of(name).is_some() {
                continue;
            }
            if let Ok(Glance::Plugin(manifest)) = glance(&path)
                && let Ok(bytes) = self.file(&path).read()
                && let digest = Digest::of(&bytes)
                && file_name(&manifest, digest) == name
            {
                found.push((path, manifest, digest));
            }
        }
        found.sort_by(|(one, ..), (other, ..)| one.cmp(other));
        found
    }

    /// What is noted of a file that is in the folder. Where it came from is not known.
    fn noted(
        &self,
        path: &Path,
        manifest: PluginManifest,
        digest: Digest,
    ) -> Result<Added, Diagnostic> {
        let entry = Entry::file(manifest.clone(), Place::User, self.file(path));
        self.terms.trust(&entry)?;
        self.terms.admit_new(&entry, digest)?;
        entry.usable()?;
        Ok(Added {
            kind: manifest.kind.to_string(),
            file: file_name(&manifest, digest),
            id: manifest.id,
            version: manifest.version,
            blake3: digest.to_string(),
            from: path.to_owned(),
            facts: entry.facts()?,
        })
    }

    pub(super) fn file(&self, path: &Path) -> PluginFile {
        PluginFile::new(path.to_owned(), Arc::clone(&self.containment))
    }
}
