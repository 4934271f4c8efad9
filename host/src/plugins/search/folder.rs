//! The files of one folder.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::super::crew;
use super::super::entry::Entry;
use super::super::file::PluginFile;
use super::super::install::Record;
use super::super::isolate::Containment;
use super::super::place::Place;
use super::super::vet::vet_permitting;
use super::glance::{Glance, Said, glance};

/// Files that are worth a thread.
const MANY: usize = 32;

/// What lies in folders.
#[derive(Debug, Default)]
pub(in crate::plugins) struct Found {
    /// Files that say that they are plugins, and are well-formed.
    pub(in crate::plugins) entries: Vec<Entry>,
    /// Files that want to be plugins.
    pub(in crate::plugins) refused: Vec<Refused>,
}

/// A file that wants to be a plugin, and has no manifest that can be read.
#[derive(Debug)]
pub(in crate::plugins) struct Refused {
    pub(in crate::plugins) path: PathBuf,
    pub(in crate::plugins) place: Place,
    /// What its manifest says as far as that can be told.
    pub(in crate::plugins) said: Said,
    pub(in crate::plugins) reason: Diagnostic,
}

/// Adds what lies in a folder, in the order of names: each `*.so` with a manifest.
/// A folder of the user or the system need not be there.
///
/// # Errors
/// E4040 if a folder that was named cannot be read.
pub(in crate::plugins) fn scan(
    folder: &Path,
    place: Place,
    containment: &Arc<Containment>,
    found: &mut Found,
) -> Result<(), Diagnostic> {
    let unreadable = |error: std::io::Error| {
        let message = format!("cannot read plugin folder `{}`: {error}", folder.display());
        Diagnostic::new(Code::E4040, message)
            .path(folder.display().to_string())
            .help("give an existing folder")
    };
    let listed = fs::read_dir(folder).and_then(|entries| {
        let paths = entries.map(|entry| Ok(entry?.path()));
        paths.collect::<Result<Vec<_>, std::io::Error>>()
    });
    let mut files = match listed {
        Ok(files) => files,
        Err(error) if matches!(place, Place::Folder(_)) => return Err(unreadable(error)),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            // It is not the user who wants it to be read.
            tracing::warn!("{}", unreadable(error).message);
            return Ok(());
        }
    };
    files.retain(|path| path.extension() == Some(OsStr::new("so")));
    // Of one folder, so that the bytes decide as the names do, and faster.
    files.sort_by(|one, other| one.as_os_str().cmp(other.as_os_str()));
    let looks = crew::each(&files, None, MANY, |path| glance(path));
    for (path, look) in files.into_iter().zip(looks) {
        match look {
            Ok(Glance::Plugin(manifest)) => {
                let file = PluginFile::new(path, Arc::clone(containment));
                found.entries.push(Entry::file(manifest, place, file));
            }
            Ok(Glance::Malformed(said)) => refuse(path, place, said, containment, found),
            Ok(Glance::Other(reason)) => {
                tracing::info!("passed over `{}`: {reason}", path.display());
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                tracing::info!("passed over `{}`: {error}", path.display());
            }
            Err(_) => refuse(path, place, Said::default(), containment, found),
        }
    }
    Ok(())
}

impl Found {
    /// Notes what the record of the user's folder says of these files.
    pub(in crate::plugins) fn apply(&mut self, record: &Result<Record, Diagnostic>) {
        for entry in &mut self.entries {
            let (id, version) = (&entry.manifest().id, &entry.manifest().version);
            let is_disabled = record
                .as_ref()
                .is_ok_and(|record| record.is_disabled(id, version));
            let is_users = entry.place() == Place::User;
            let Some(file) = entry.plugin_file_mut() else {
                continue;
            };
            file.is_disabled = is_disabled;
            match record {
                Ok(record) if is_users => {
                    let name = file.path().file_name().and_then(OsStr::to_str);
                    file.added = name.and_then(|name| record.of(name)).cloned();
                }
                Err(error) if is_users => file.doubt = Some(error.clone()),
                _ => {}
            }
        }
    }
}

fn refuse(path: PathBuf, place: Place, said: Said, containment: &Containment, found: &mut Found) {
    if let Err(reason) = vet_permitting(&path, &containment.plugins) {
        found.refused.push(Refused {
            path,
            place,
            said,
            reason,
        });
    }
}
