//! What `beskid plugin list` shows: every plugin, and every file that wants to be
//! one, with what becomes of it.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::path::PathBuf;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::crew;
use super::entry::Entry;
use super::facts::Facts;
use super::marks::Told;
use super::place::Place;
use super::registry::Registry;
use super::wanted::Wanted;

/// Files that are worth a thread.
const MANY: usize = 16;

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
    /// Nothing is wrong with its file, and it failed when it was asked what it is.
    Failed(Diagnostic),
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
            Self::Failed(_) => "failed",
        }
    }

    /// What is wrong, if something is.
    pub(crate) const fn fault(&self) -> Option<&Diagnostic> {
        match self {
            Self::Refused(error) | Self::Failed(error) => Some(error),
            _ => None,
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
    /// comes first. A file that may be used, and of which it is not known what it says
    /// of itself, is asked in a process of its own, `jobs` of them at once.
    ///
    /// # Errors
    /// E4040 if a folder that was named cannot be read, E4044 if the user wants to stop.
    /// A lock that cannot be read is why each plugin is refused.
    pub(crate) fn rows(&self, jobs: Option<NonZeroU32>) -> Result<Vec<Row>, Diagnostic> {
        let entries = self.entries()?;
        // What takes time is found out at once; from now on it is known.
        let told = crew::each(&entries, None, MANY, |entry| match entry.usable() {
            Ok(()) => entry.told(),
            Err(_) => None,
        });
        let mut states = Vec::new();
        for group in entries.chunk_by(|one, other| is_same(one, other)) {
            states.extend(self.states(group));
        }
        let told = ask(&entries, &states, told, jobs)?;
        let mut rows = Vec::new();
        for ((entry, state), told) in entries.iter().zip(states).zip(told) {
            rows.push(row(entry, state, told));
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
        for (added, path, reason) in self.lost()? {
            rows.push(Row {
                kind: added.kind,
                id: added.id,
                version: added.version,
                capabilities: Vec::new(),
                place: Place::User,
                path: Some(path),
                digest: None,
                facts: Some(added.facts),
                state: State::Refused(reason),
            });
        }
        Ok(rows)
    }

    /// What becomes of the plugins of one kind and id.
    fn states(&self, group: &[&Entry]) -> Vec<State> {
        let Some(first) = group.first() else {
            return Vec::new();
        };
        let manifest = first.manifest();
        let wanted = Wanted::parse(&manifest.id);
        let active = self.choose(manifest.kind, &wanted, &manifest.id, group.to_vec());
        let states = group.iter().enumerate();
        let states = states.map(|(at, entry)| self.state(entry, &group[..at], &active));
        states.collect()
    }

    fn state(
        &self,
        entry: &Entry,
        before: &[&Entry],
        active: &Result<&Entry, Diagnostic>,
    ) -> State {
        if entry.is_disabled() {
            return State::Disabled;
        }
        if let Err(error) = self.terms().admit(entry) {
            return State::Refused(error);
        }
        // It is the reason for what is built in too.
        if let Err(error) = self.terms().lock() {
            return State::Refused(error);
        }
        let version = &entry.manifest().version;
        let mut rivals = before.iter();
        let rival = rivals.find(|rival| {
            let is_rival = &rival.manifest().version == version;
            is_rival && !rival.is_disabled() && rival.usable().is_ok()
        });
        let is_same = |rival: &Entry| rival.likely_digest() == entry.likely_digest();
        if entry.is_file() && rival.is_some_and(|rival| is_same(rival)) {
            return State::Same;
        }
        if let Err(error) = entry.usable().and_then(|()| entry.likely_confirm()) {
            return State::Refused(error);
        }
        match active {
            Ok(found) if std::ptr::eq(*found, entry) => return State::Active,
            Err(error) if error.code == Code::E5107 => return State::Refused(error.clone()),
            _ => {}
        }
        match rival {
            None => State::Available,
            Some(_) => State::Shadowed,
        }
    }
}

fn is_same(one: &Entry, other: &Entry) -> bool {
    let (one, other) = (one.manifest(), other.manifest());
    one.kind == other.kind && one.id == other.id
}

fn row(entry: &Entry, state: State, told: Option<Told>) -> Row {
    let manifest = entry.manifest();
    let file = entry.plugin_file();
    let (facts, state) = match (file, told, state) {
        (None, _, state) => (entry.facts().ok(), state),
        (_, None, state) => (None, state),
        (_, Some(Ok(facts)), state) => (Some(facts), state),
        // A plugin that nobody may load has not failed.
        (_, Some(Err(_)), state @ (State::Refused(_) | State::Disabled)) => (None, state),
        (_, Some(Err(error)), _) => (None, State::Failed(error)),
    };
    Row {
        kind: manifest.kind.to_string(),
        id: manifest.id.clone(),
        version: manifest.version.clone(),
        capabilities: manifest.capabilities.clone(),
        place: entry.place(),
        path: file.map(|file| file.path().to_owned()),
        digest: entry.likely_digest().map(|digest| digest.to_string()),
        facts,
        state,
    }
}

/// Asks those that may be used and were not asked before; equal files once.
fn ask(
    entries: &[&Entry],
    states: &[State],
    mut told: Vec<Option<Told>>,
    jobs: Option<NonZeroU32>,
) -> Result<Vec<Option<Told>>, Diagnostic> {
    let mut asked = HashMap::new();
    for ((entry, state), told) in entries.iter().zip(states).zip(&told) {
        let may_be_used = matches!(
            state,
            State::Active | State::Available | State::Shadowed | State::Same
        );
        if entry.is_file()
            && may_be_used
            && told.is_none()
            && let Some(digest) = entry.likely_digest()
        {
            asked.entry(digest).or_insert(*entry);
        }
    }
    let asked = asked.into_iter().collect::<Vec<_>>();
    let answers = crew::each(&asked, jobs, 1, |(_, entry)| entry.ask());
    let mut said = HashMap::new();
    for answer in answers {
        said.extend(answer?);
    }
    for (entry, told) in entries.iter().zip(&mut told) {
        if told.is_none()
            && let Some(digest) = entry.likely_digest()
        {
            *told = said.get(&digest).cloned();
        }
    }
    Ok(told)
}
