//! The file, read and written.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginKind;
use serde::{Deserialize, Serialize};

use super::super::digits::parse_digest;
use super::super::wanted::Wanted;
use crate::input::read_bounded;
use crate::output;

/// Its name. The one that counts is in the working directory or the first one
/// above it.
pub(crate) const LOCK_FILE: &str = "plugins.lock";

/// Version of the format.
const VERSION: u32 = 1;
/// Largest file, in bytes.
const LARGEST: u64 = 1 << 20;
/// What the file begins with.
const HEAD: &str = "# Written by `beskid plugin lock` and `beskid plugin update`. Commit it.\n";

/// The locked plugins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lock {
    /// Where the file is.
    pub(crate) path: PathBuf,
    /// Sorted by kind, id and version.
    pub(crate) plugins: Vec<Locked>,
}

/// One plugin.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Locked {
    /// `backend` or `linker`.
    pub(crate) kind: String,
    /// Its id.
    pub(crate) id: String,
    /// Its version.
    pub(crate) version: String,
    /// Digests of its files, by target triples.
    pub(crate) blake3: BTreeMap<String, String>,
}

impl Locked {
    /// Why it can lock no file, if so.
    fn means_nothing(&self) -> Option<String> {
        let kinds = [PluginKind::Backend, PluginKind::Linker].map(|kind| kind.to_string());
        if !kinds.contains(&self.kind) {
            return Some(format!("`{}` is no kind of plugin", self.kind));
        }
        // Another version may know targets that this one does not.
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let mut targets = self.blake3.keys();
        let odd = targets.find(|target| target.is_empty() || !target.bytes().all(is_part))?;
        Some(format!("`{odd}` is no target"))
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    #[serde(default, rename = "plugin")]
    plugins: Vec<Locked>,
}

impl Lock {
    /// An empty one.
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self {
            path,
            plugins: Vec::new(),
        }
    }

    /// The file that counts in a folder, if there is one. That of another user
    /// counts for nobody else: it may lie where everybody may write.
    ///
    /// # Errors
    /// As for [`Self::read`].
    pub(crate) fn find(directory: &Path) -> Result<Option<Self>, Diagnostic> {
        let mut paths = directory.ancestors().map(|folder| folder.join(LOCK_FILE));
        let found = paths.find_map(|path| Some((path.symlink_metadata().ok()?.uid(), path)));
        let user = rustix::process::geteuid().as_raw();
        match found {
            None => Ok(None),
            Some((owner, path)) if ![user, 0].contains(&owner) => {
                let path = path.display();
                tracing::warn!("`{path}` belongs to another user and is left out");
                Ok(None)
            }
            Some((_, path)) => Self::read(path).map(Some),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// E4040 if it cannot be read, E5147 if it is malformed or of a later version.
    pub(crate) fn read(path: PathBuf) -> Result<Self, Diagnostic> {
        let malformed = |reason: String| {
            let message = format!("`{}` is malformed: {reason}", path.display());
            Diagnostic::new(Code::E5147, message)
                .path(path.display().to_string())
                .help(
                    "take it from version control again; or write it anew: delete it, and run \
                     `beskid plugin lock`",
                )
        };
        let bytes = read_bounded(&path, LARGEST).map_err(|error| {
            error.help(
                "a lock is a file of at most 1 MiB that you may read; move what is there away, \
                 and run `beskid plugin lock`",
            )
        })?;
        let text = String::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
        let written = toml::from_str::<Written>(&text);
        let written = written.map_err(|error| malformed(error.message().to_owned()))?;
        if written.version != VERSION {
            let reason = format!(
                "its version is {}, this beskid reads {VERSION}",
                written.version
            );
            return Err(malformed(reason));
        }
        let mut digests = written.plugins.iter().flat_map(|one| one.blake3.values());
        if let Some(odd) = digests.find(|digest| parse_digest(digest).is_none()) {
            return Err(malformed(format!("`{odd}` is no BLAKE3 digest")));
        }
        // What would mean no plugin would lock none.
        if let Some(reason) = written.plugins.iter().find_map(Locked::means_nothing) {
            return Err(malformed(reason));
        }
        let mut seen = BTreeSet::new();
        for one in &written.plugins {
            let (kind, id, version) = (&one.kind, &one.id, &one.version);
            if !seen.insert((kind, id, version)) {
                return Err(malformed(format!(
                    "it has the {kind} `{id}` {version} twice"
                )));
            }
        }
        Ok(Self {
            path,
            plugins: written.plugins,
        })
    }

    /// Those of this kind and id.
    pub(crate) fn of<'a>(&'a self, kind: &'a str, id: &'a str) -> impl Iterator<Item = &'a Locked> {
        let plugins = self.plugins.iter();
        plugins.filter(move |found| found.kind == kind && found.id == id)
    }

    /// Whether a name means something of it, in whatever version.
    pub(crate) fn has(&self, name: &str) -> bool {
        let wanted = Wanted::parse(name);
        self.plugins.iter().any(|locked| locked.id == wanted.id)
    }

    /// Locks a plugin for a target. Files of the same version for other targets
    /// stay.
    pub(crate) fn set(&mut self, kind: &str, id: &str, version: &str, target: &str, digest: &str) {
        let is_it =
            |found: &Locked| (&*found.kind, &*found.id, &*found.version) == (kind, id, version);
        let mut blake3 = match self.plugins.iter().position(is_it) {
            Some(at) => self.plugins.remove(at).blake3,
            None => BTreeMap::new(),
        };
        blake3.insert(target.to_owned(), digest.to_owned());
        self.plugins.push(Locked {
            kind: kind.to_owned(),
            id: id.to_owned(),
            version: version.to_owned(),
            blake3,
        });
        self.plugins.sort();
    }

    /// Forgets the files for a target.
    pub(crate) fn forget(&mut self, target: &str) {
        for locked in &mut self.plugins {
            locked.blake3.remove(target);
        }
        self.plugins.retain(|locked| !locked.blake3.is_empty());
    }

    /// The same of one plugin, whatever its version.
    pub(crate) fn forget_of(&mut self, kind: &str, id: &str, target: &str) {
        for locked in &mut self.plugins {
            if locked.kind == kind && locked.id == id {
                locked.blake3.remove(target);
            }
        }
        self.plugins.retain(|locked| !locked.blake3.is_empty());
    }

    /// Writes the file, as a whole or not at all.
    ///
    /// # Errors
    /// E4040 names the file and the cause.
    pub(crate) fn write(&self) -> Result<(), Diagnostic> {
        let written = Written {
            version: VERSION,
            plugins: self.plugins.clone(),
        };
        let text = toml::to_string(&written).map_err(|error| {
            let message = format!("cannot write `{}`: {error}", self.path.display());
            Diagnostic::new(Code::E4040, message)
        })?;
        let text = format!("{HEAD}{text}");
        // Whoever has it under version control sees no change where there is none.
        if fs::read(&self.path).is_ok_and(|old| old == text.as_bytes()) {
            return Ok(());
        }
        output::update(&self.path, text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn a_lock_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LOCK_FILE);
        let mut lock = Lock::new(path.clone());
        lock.set("linker", "mold", "1.0.0", "there", DIGEST);
        lock.set("backend", "tiny", "0.5.0", "here", DIGEST);
        lock.set("backend", "tiny", "0.4.0", "here", DIGEST);
        lock.set("linker", "mold", "1.0.0", "here", DIGEST);
        lock.write().unwrap();
        assert_eq!(Lock::read(path.clone()).unwrap(), lock);
        let inner = folder.path().join("a/b");
        fs::create_dir_all(&inner).unwrap();
        assert_eq!(Lock::find(&inner).unwrap(), Some(lock.clone()));
        let versions = lock.of("backend", "tiny").map(|found| &*found.version);
        assert_eq!(versions.collect::<Vec<_>>(), ["0.4.0", "0.5.0"]);
        let mold = lock.of("linker", "mold").next().unwrap();
        assert_eq!(mold.blake3.keys().collect::<Vec<_>>(), ["here", "there"]);
        lock.forget_of("backend", "tiny", "here");
        assert_eq!(lock.plugins.len(), 1);
        lock.forget("here");
        assert_eq!(lock.plugins.len(), 1);
        lock.forget("there");
        assert!(lock.plugins.is_empty());
    }

    #[test]
    fn what_is_no_lock_is_refused_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LOCK_FILE);
        let odd = "version = 1\n[[plugin]]\nkind = \"backend\"\nid = \"t\"\nversion = \"1\"\n\
                   [plugin.blake3]\nhere = \"short\"\n";
        let sound = odd.replace("short", &"0".repeat(64));
        let sound = sound.replace("here", "x86_64-unknown-linux-gnu");
        let kind = sound.replace("backend", "backends");
        let target = sound.replace("x86_64-unknown-linux-gnu", "\"x86_64-unknown-linux-gnu \"");
        let (_, entry) = sound.split_once('\n').unwrap();
        let twice = format!("{sound}{entry}");
        for (text, reason) in [
            ("", "missing field `version`"),
            ("version = 2\n", "its version is 2, this beskid reads 1"),
            ("version = 1\nx = 1\n", "unknown field `x`"),
            ("version", ""),
            (odd, "`short` is no BLAKE3 digest"),
            (&kind, "`backends` is no kind of plugin"),
            (&target, "`x86_64-unknown-linux-gnu ` is no target"),
            (&twice, "it has the backend `t` 1 twice"),
        ] {
            fs::write(&path, text).unwrap();
            let refusal = Lock::read(path.clone()).unwrap_err();
            assert_eq!(refusal.code, "E5147");
            assert!(refusal.message.contains(reason), "{}", refusal.message);
        }
        fs::write(&path, [0xff]).unwrap();
        assert_eq!(Lock::read(path.clone()).unwrap_err().code, "E5147");
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        let refusal = Lock::read(path).unwrap_err();
        assert_eq!(refusal.code, "E4040");
        let help = refusal.help.unwrap();
        assert!(help.contains("`beskid plugin lock`"), "{help}");
    }
}
