//! On which terms files are used: what is locked and signed.

use std::path::PathBuf;
use std::sync::OnceLock;

use beskid_plugin_api::Digest;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::{PluginKind, PluginManifest, TARGET};

use super::digits::parse_digest;
use super::entry::Entry;
use super::expected::{Expected, ExpectedBy};
use super::file::PluginFile;
use super::lock::{LOCK_FILE, Lock};
use super::trust::{check_file, verify};

/// What the user asks of plugin files.
#[derive(Debug, Default)]
pub struct Terms {
    /// Folder in which the command runs: the lock is there, or above it. `None`:
    /// there is none.
    directory: Option<PathBuf>,
    /// Whether only what is locked is used.
    is_locked: bool,
    lock: OnceLock<Result<Option<Lock>, Diagnostic>>,
}

impl Terms {
    /// Terms for a folder in which a command runs: the lock is there, or above it;
    /// `None`: there is none. `is_locked`: nothing is used that is not locked.
    pub const fn new(directory: Option<PathBuf>, is_locked: bool) -> Self {
        Self {
            directory,
            is_locked,
            lock: OnceLock::new(),
        }
    }

    /// The lock that counts here, if there is one.
    ///
    /// # Errors
    /// E4040 or E5147 if it cannot be read.
    pub(crate) fn lock(&self) -> Result<Option<&Lock>, Diagnostic> {
        let find = || match &self.directory {
            Some(directory) => Lock::find(directory),
            None => Ok(None),
        };
        match self.lock.get_or_init(find) {
            Ok(lock) => Ok(lock.as_ref()),
            Err(error) => Err(error.clone()),
        }
    }

    /// The versions of a plugin that are locked; none if it is not.
    ///
    /// # Errors
    /// As for [`Self::lock`].
    pub(super) fn locked_versions(
        &self,
        kind: PluginKind,
        id: &str,
    ) -> Result<Vec<&str>, Diagnostic> {
        let Some(lock) = self.lock()? else {
            return Ok(Vec::new());
        };
        let kind = kind.to_string();
        let locked = lock.plugins.iter();
        let locked = locked.filter(|found| found.kind == kind && found.id == id);
        Ok(locked.map(|found| &*found.version).collect())
    }

    /// Decides whether a file is used, once, and notes which digest it must have.
    ///
    /// # Errors
    /// E5142 if others may change it, E5145 if it is not signed as it must be,
    /// E5143 if it must be locked and is not, E5141 if it must be two different
    /// files at once, E5147 if nobody knows what it must be.
    pub(super) fn admit(&self, entry: &Entry) -> Result<(), Diagnostic> {
        let Some(file) = entry.plugin_file() else {
            return Ok(());
        };
        let admitted = file.admitted.get_or_init(|| self.admit_file(entry, file));
        admitted.clone()
    }

    fn admit_file(&self, entry: &Entry, file: &PluginFile) -> Result<(), Diagnostic> {
        self.trust(entry)?;
        if let Some(doubt) = &file.doubt {
            return Err(doubt.clone());
        }
        if let Some(added) = &file.added
            && let Some(digest) = parse_digest(&added.blake3)
        {
            let by = ExpectedBy::Record;
            entry.expect(Expected { digest, by })?;
        }
        self.admit_locked(entry)
    }

    /// Decides whether a file may be looked into by whose it is and who signed it,
    /// wherever it lies.
    ///
    /// # Errors
    /// E5142 if others may change it, E5145 if it is not signed as it must be.
    pub(super) fn trust(&self, entry: &Entry) -> Result<(), Diagnostic> {
        let Some(file) = entry.plugin_file() else {
            return Ok(());
        };
        check_file(file.path())?;
        self.admit_signature(entry, file)
    }

    fn admit_signature(&self, entry: &Entry, file: &PluginFile) -> Result<(), Diagnostic> {
        let id = &entry.manifest().id;
        let Some(key) = file.key(id) else {
            return Ok(());
        };
        let bytes = file.read()?;
        verify(id, file.path(), &bytes, key)?;
        let digest = Digest::of(&bytes);
        let by = ExpectedBy::Signature;
        entry.expect(Expected { digest, by })
    }

    fn admit_locked(&self, entry: &Entry) -> Result<(), Diagnostic> {
        let Some(expected) = self.locked_file(entry.manifest())? else {
            return Ok(());
        };
        entry.expect(expected)?;
        if let Some(file) = entry.plugin_file() {
            file.locked.get_or_init(|| ());
        }
        Ok(())
    }

    /// Decides whether a file may be added as this plugin. Without `--locked` each may:
    /// whoever uses it is told that it is another than the one that is locked.
    ///
    /// # Errors
    /// E5143 if it must be locked and is not, E5141 if it is another file than the one
    /// that is.
    pub(super) fn admit_new(&self, entry: &Entry, digest: Digest) -> Result<(), Diagnostic> {
        if !self.is_locked {
            return Ok(());
        }
        self.admit_locked(entry)?;
        entry.confirm_as(digest)
    }

    /// The file that a plugin must be by the lock; `None` if it may be any.
    fn locked_file(&self, manifest: &PluginManifest) -> Result<Option<Expected>, Diagnostic> {
        let kind = manifest.kind.to_string();
        let unlocked = |reason: String| {
            let id = &manifest.id;
            let message = format!("plugin `{id}` must be locked, and is not: {reason}");
            Diagnostic::new(Code::E5143, message)
                .plugin(id)
                .help(format!(
                    "`beskid plugin lock {id}@{}` locks the file as it is now; or leave out \
                     `--locked`",
                    manifest.version
                ))
        };
        let Some(lock) = self.lock()? else {
            return match self.is_locked {
                true => Err(unlocked(format!("there is no `{LOCK_FILE}`"))),
                false => Ok(None),
            };
        };
        let shown = lock.path.display();
        let mut locked = lock.of(&kind, &manifest.id);
        let locked = locked.find(|locked| locked.version == manifest.version);
        let digest = locked.and_then(|locked| locked.blake3.get(TARGET));
        match digest.and_then(|digest| parse_digest(digest)) {
            Some(digest) => Ok(Some(Expected {
                digest,
                by: ExpectedBy::Lock(lock.path.clone()),
            })),
            None if !self.is_locked => Ok(None),
            None => Err(unlocked(match locked {
                Some(_) => format!("`{shown}` has no file of it for {TARGET}"),
                None => format!("`{shown}` has no version {} of it", manifest.version),
            })),
        }
    }
}
