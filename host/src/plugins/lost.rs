//! Plugins that were added to the user's folder and are no plugins there any more.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginKind;

use super::entry::Entry;
use super::install::{Added, Record};
use super::registry::Registry;
use super::vet::VettedPlugin;
use super::wanted::{Wanted, compare};

impl Registry {
    /// What was added to the user's folder and is no plugin there any more: where it
    /// should be, and why it is none. What cannot be read says nothing of this kind.
    ///
    /// # Errors
    /// E4040 if a folder that was named cannot be read.
    pub(super) fn lost(&self) -> Result<Vec<(Added, PathBuf, Diagnostic)>, Diagnostic> {
        let found = self.found()?;
        let Some((folder, record)) = self.record() else {
            return Ok(Vec::new());
        };
        let entries = found.entries.iter().filter_map(Entry::path);
        let refused = found.refused.iter().map(|refused| refused.path.as_path());
        let seen = entries.chain(refused).collect::<HashSet<_>>();
        let mut lost = Vec::new();
        for added in &record.plugins {
            let path = folder.join(&added.file);
            if !seen.contains(&*path) {
                let reason = no_longer_there(added, &path, self.vet(&path));
                lost.push((added.clone(), path, reason));
            }
        }
        Ok(lost)
    }

    /// The latest version of a plugin that was added and is not there as it was, and why.
    ///
    /// # Errors
    /// As for [`Self::lost`].
    pub(super) fn gone(
        &self,
        kind: PluginKind,
        wanted: &Wanted<'_>,
    ) -> Result<Option<(String, Diagnostic)>, Diagnostic> {
        let Some((folder, record)) = self.record() else {
            return Ok(None);
        };
        let kind = kind.to_string();
        let is_there = |entries: &[Entry], added: &Added, path: &Path| {
            entries.iter().any(|entry| {
                let manifest = entry.manifest();
                entry.path() == Some(path)
                    && manifest.id == added.id
                    && manifest.version == added.version
                    && manifest.kind.to_string() == added.kind
            })
        };
        let mut gone = None::<Added>;
        for added in &record.plugins {
            let is_meant = added.kind == kind && wanted.means(&added.id, &added.version);
            if !is_meant || record.is_disabled(&added.id, &added.version) {
                continue;
            }
            let path = folder.join(&added.file);
            let is_latest = gone
                .as_ref()
                .is_none_or(|gone| compare(&gone.version, &added.version).is_lt());
            if is_latest && !is_there(&self.found()?.entries, added, &path) {
                gone = Some(added.clone());
            }
        }
        Ok(gone.map(|added| {
            let path = folder.join(&added.file);
            let reason = no_longer_there(&added, &path, self.vet(&path));
            (added.version, reason)
        }))
    }

    /// The user's folder, and what was added to it, if that can be read.
    fn record(&self) -> Option<(&Path, &Record)> {
        let (folder, record) = self.recorded()?;
        Some((folder, record.as_ref().ok()?))
    }
}

/// E5170: the file of a plugin that was added is gone, or another one is there.
fn no_longer_there(
    added: &Added,
    path: &Path,
    vetted: Result<VettedPlugin, Diagnostic>,
) -> Diagnostic {
    let (id, version, shown) = (&added.id, &added.version, path.display());
    let reason = match path.symlink_metadata() {
        Err(_) => "is gone".to_owned(),
        Ok(_) => {
            let reason = vetted.map_or_else(|error| error.message, |_| "it changed".to_owned());
            format!("is no plugin any more: {reason}")
        }
    };
    let message = format!("the file of plugin `{id}` {version}, which was added, {reason}");
    Diagnostic::new(Code::E5170, message)
        .plugin(id)
        .path(shown.to_string())
        .note(format!("the file: {shown}"))
        .note(format!("it was added from: {}", added.from.display()))
        .help(format!(
            "`beskid plugin update {id}@{version}` takes it from there again; `beskid plugin \
             remove {id}@{version}` forgets it"
        ))
}
