//! What `beskid plugin list` shows: every plugin, and every file that wants to be
//! one, with what becomes of it.

use std::path::PathBuf;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::entry::Entry;
use super::install::Facts;
use super::place::Place;
use super::registry::Registry;

/// What becomes of a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// Its id means it.
    Active,
    /// Its id with its version means it.
    Available,
    /// It is the same file as one before it.
    Same,
    /// Another one of its id and version is used instead.
    Shadowed,
    /// It is switched off.
    Disabled,
    /// It is not used, for this reason.
    Refused(Diagnostic),
}

impl State {
    /// In a word.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Available => "available",
            Self::Same => "same",
            Self::Shadowed => "shadowed",
            Self::Disabled => "disabled",
            Self::Refused(_) => "refused",
        }
    }
}

/// One plugin, or a file that wants to be one.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) capabilities: Vec<String>,
    pub(crate) place: Place,
    /// `None` for a built-in.
    pub(crate) path: Option<PathBuf>,
    /// BLAKE3 digest of the file, if it can be read.
    pub(crate) digest: Option<String>,
    /// What it says of itself when it is loaded, if that is known.
    pub(crate) facts: Option<Facts>,
    pub(crate) state: State,
}

impl Registry {
    /// Every plugin in reach; of those with one id, the one that takes precedence
    /// comes first. No file is loaded for it.
    ///
    /// # Errors
    /// E4040 if a folder that was named cannot be read, E4040 or E5147 if the lock
    /// cannot.
    pub(crate) fn rows(&self) -> Result<Vec<Row>, Diagnostic> {
        self.terms().lock()?;
        let entries = self.entries()?;
        let mut rows = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            rows.push(self.row(entry, &entries[..at]));
        }
        for refused in self.refused()? {
            let said = |key| refused.said.get(key).unwrap_or_default().to_owned();
            let capabilities = said("capabilities");
            let capabilities = capabilities.split(',').filter(|name| !name.is_empty());
            rows.push(Row {
                kind: said("kind"),
                id: said("id"),
                version: said("version"),
                capabilities: capabilities.map(str::to_owned).collect(),
                place: refused.place,
                path: Some(refused.path.clone()),
                digest: None,
                facts: None,
                state: State::Refused(refused.reason.clone()),
            });
        }
        Ok(rows)
    }

    fn row(&self, entry: &Entry, before: &[&Entry]) -> Row {
        let manifest = entry.manifest();
        let file = entry.plugin_file();
        let digest = entry.likely_digest();
        let facts = match file {
            None => entry.facts().ok(),
            Some(file) => file.added.as_ref().map(|added| added.facts.clone()),
        };
        Row {
            kind: manifest.kind.to_string(),
            id: manifest.id.clone(),
            version: manifest.version.clone(),
            capabilities: manifest.capabilities.clone(),
            place: entry.place(),
            path: file.map(|file| file.path().to_owned()),
            digest: digest.map(|digest| digest.to_string()),
            facts,
            state: self.state(entry, before),
        }
    }

    fn state(&self, entry: &Entry, before: &[&Entry]) -> State {
        if entry.is_disabled() {
            return State::Disabled;
        }
        if let Err(error) = self.terms().admit(entry) {
            return State::Refused(error);
        }
        let manifest = entry.manifest();
        let mut rivals = before.iter().filter(|rival| {
            let rival = rival.manifest();
            rival.kind == manifest.kind
                && rival.id == manifest.id
                && rival.version == manifest.version
        });
        let is_ready = |rival: &&&Entry| !rival.is_disabled() && rival.usable().is_ok();
        let rival = rivals.find(is_ready);
        let is_same = |rival: &Entry| rival.likely_digest() == entry.likely_digest();
        if entry.is_file() && rival.is_some_and(|rival| is_same(rival)) {
            return State::Same;
        }
        if let Err(error) = entry.usable().and_then(|()| entry.likely_confirm()) {
            return State::Refused(error);
        }
        match self.find(manifest.kind, &manifest.id) {
            Ok(found) if std::ptr::eq(found, entry) => return State::Active,
            Err(error) if error.code == Code::E5107 => return State::Refused(error),
            _ => {}
        }
        match rival {
            None => State::Available,
            Some(_) => State::Shadowed,
        }
    }
}
