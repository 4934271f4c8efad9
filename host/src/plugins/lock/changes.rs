//! What is different between two states of a lock.

use std::collections::BTreeSet;
use std::fmt;

use super::file::{Lock, Locked};

/// A version of a plugin that is locked to another file than before, no longer, or now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repinned {
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) version: String,
    /// Digest of its file before.
    pub(crate) from: Option<String>,
    /// And after.
    pub(crate) to: Option<String>,
}

impl Repinned {
    /// In a word.
    pub(crate) const fn name(&self) -> &'static str {
        match (&self.from, &self.to) {
            (None, _) => "new",
            (Some(_), Some(_)) => "changed",
            (Some(_), None) => "dropped",
        }
    }
}

impl fmt::Display for Repinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, kind, id, version) = (self.name(), &self.kind, &self.id, &self.version);
        write!(f, "{name}: {kind} {id}@{version}")?;
        let short = |digest: &str| digest.chars().take(12).collect::<String>();
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => write!(f, " {} to {}", short(from), short(to)),
            (Some(digest), None) | (None, Some(digest)) => write!(f, " {}", short(digest)),
            (None, None) => Ok(()),
        }
    }
}

impl Lock {
    /// What another state of it has for a target that this one has not, or otherwise.
    pub(crate) fn changes(&self, new: &Self, target: &str) -> Vec<Repinned> {
        let version = |one: &Locked| (one.kind.clone(), one.id.clone(), one.version.clone());
        let both = self.plugins.iter().chain(&new.plugins);
        let versions = both.map(version).collect::<BTreeSet<_>>();
        let digest = |lock: &Self, (kind, id, version): &(String, String, String)| {
            let mut locked = lock.of(kind, id);
            let locked = locked.find(|one| one.version == *version)?;
            locked.blake3.get(target).cloned()
        };
        let changes = versions.into_iter().map(|version| {
            let (from, to) = (digest(self, &version), digest(new, &version));
            let (kind, id, version) = version;
            Repinned {
                kind,
                id,
                version,
                from,
                to,
            }
        });
        changes.filter(|change| change.from != change.to).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_that_is_another_file_now_is_told() {
        let lock = |plugins: &[(&str, &str, &str)]| {
            let mut lock = Lock::new("plugins.lock".into());
            for (id, version, digest) in plugins {
                lock.set("backend", id, version, "here", &digest.repeat(64));
            }
            lock.set("linker", "far", "1", "there", "f");
            lock
        };
        let old = lock(&[("a", "1", "1"), ("b", "1", "2"), ("c", "1", "3")]);
        let new = lock(&[("a", "1", "1"), ("b", "1", "4"), ("b", "2", "5")]);
        let changes = old.changes(&new, "here");
        let told = changes.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            told,
            [
                "changed: backend b@1 222222222222 to 444444444444",
                "new: backend b@2 555555555555",
                "dropped: backend c@1 333333333333",
            ]
        );
        assert_eq!(old.changes(&old, "here"), []);
    }
}
