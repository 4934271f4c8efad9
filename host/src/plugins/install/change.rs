//! Changes of the user's folder, one at a time.

use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::super::isolate::Containment;
use super::super::place::user_folder;
use super::super::terms::Terms;
use super::super::trust::{check_folder, signature_path};
use super::super::wanted::Wanted;
use super::busy::{Turn, unwritable};
use super::record::Added;

/// Whoever changes the user's folder.
#[derive(Debug)]
pub(crate) struct Installer<'r> {
    pub(super) folder: PathBuf,
    pub(super) containment: Arc<Containment>,
    /// What is asked of the files that are added.
    pub(super) terms: &'r Terms,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// It is new.
    Added,
    /// Another file of the version was there.
    Replaced,
    /// It was there already.
    Unchanged,
    /// Its source is another version now, which was added too.
    Kept,
    /// It is gone.
    Removed,
    /// Its file was gone already.
    Forgotten,
}

impl Done {
    /// In a word.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Replaced => "replaced",
            Self::Unchanged => "unchanged",
            Self::Kept => "kept",
            Self::Removed => "removed",
            Self::Forgotten => "forgotten",
        }
    }
}

/// What was done with which plugin.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) done: Done,
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) version: String,
    /// BLAKE3 digest of the file.
    pub(crate) blake3: String,
    /// Its file.
    pub(crate) path: PathBuf,
    /// Whether it is switched off, and was before it was added.
    pub(crate) is_disabled: bool,
}

impl Change {
    /// Whether a name means the plugin, whatever version it had before.
    pub(crate) fn is_of(&self, name: &str) -> bool {
        Wanted::parse(name).id == self.id
    }
}

impl<'r> Installer<'r> {
    /// Of the user's folder.
    ///
    /// # Errors
    /// E5301 if there is no place for one.
    pub(crate) fn new(
        containment: &Arc<Containment>,
        terms: &'r Terms,
    ) -> Result<Self, Diagnostic> {
        let folder = user_folder().ok_or_else(|| {
            Diagnostic::new(Code::E5301, "there is no folder for the user's plugins")
                .help("set `HOME` or `XDG_DATA_HOME` to an absolute path")
        })?;
        Ok(Self {
            folder,
            containment: Arc::clone(containment),
            terms,
        })
    }

    /// Waits for its turn. Makes the folder if it is not there.
    ///
    /// # Errors
    /// E4040 if the folder cannot be written, E5142 if everybody may write it,
    /// E5148 if others take too long.
    pub(super) fn turn(&self) -> Result<Turn, Diagnostic> {
        let mut builder = DirBuilder::new();
        let made = builder.recursive(true).mode(0o755).create(&self.folder);
        made.map_err(|error| unwritable(&self.folder, &error))?;
        check_folder(&self.folder)?;
        Turn::take(&self.folder)
    }

    /// Takes plugins out of the folder, each version that the name means.
    ///
    /// # Errors
    /// E5108 if none was added, E4040 if a file cannot be removed.
    pub(crate) fn remove(&self, name: &str) -> Result<Vec<Change>, Diagnostic> {
        let _turn = self.turn()?;
        let mut record = self.record()?;
        let wanted = Wanted::parse(name);
        let is_meant = |added: &Added| wanted.means(&added.id, &added.version);
        let (gone, kept) = record.plugins.into_iter().partition::<Vec<_>, _>(is_meant);
        if gone.is_empty() {
            return Err(self.not_added(name));
        }
        let mut changes = Vec::new();
        for added in &gone {
            let done = match remove_file(&self.folder.join(&added.file))? {
                true => Done::Removed,
                false => Done::Forgotten,
            };
            changes.push(self.change(done, added));
        }
        record.plugins = kept;
        record.write(&self.folder)?;
        Ok(changes)
    }

    pub(super) fn change(&self, done: Done, added: &Added) -> Change {
        Change {
            done,
            kind: added.kind.clone(),
            id: added.id.clone(),
            version: added.version.clone(),
            blake3: added.blake3.clone(),
            path: self.folder.join(&added.file),
            is_disabled: false,
        }
    }

    pub(super) fn not_added(&self, name: &str) -> Diagnostic {
        let message = format!("no plugin `{name}` was added");
        Diagnostic::new(Code::E5108, message)
            .note(format!("added plugins are in `{}`", self.folder.display()))
            .help("`beskid plugin list` shows every plugin, and where it is")
    }
}

/// Removes a plugin's file, with its signature. `Ok(false)`: it is gone already.
pub(super) fn remove_file(path: &Path) -> Result<bool, Diagnostic> {
    let remove = |path: &Path| match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => {
            let message = format!("cannot remove `{}`: {error}", path.display());
            Err(Diagnostic::new(Code::E4040, message)
                .path(path.display().to_string())
                .help("make its folder writable"))
        }
    };
    let was_there = remove(path)?;
    remove(&signature_path(path))?;
    Ok(was_there)
}
