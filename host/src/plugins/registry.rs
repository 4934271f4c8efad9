//! The registry: every plugin in reach, by kind and id.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::OutputKind;
use beskid_plugin_api::manifest::PluginKind;

use super::entry::Entry;
use super::file::PluginFile;
use super::install::{Added, Record};
use super::isolate::Containment;
use super::place::Place;
use super::search::{Found, Glance, Refused, glance, scan};
use super::terms::Terms;
use super::trust::{check_file, verify};
use super::vet::{VettedPlugin, vet_permitting};
use super::wanted::{Wanted, compare};

/// Every plugin in reach. A value that is passed, not a global.
#[derive(Debug, Default)]
pub struct Registry {
    builtins: Vec<Entry>,
    named: Vec<Entry>,
    pub(super) folders: Vec<(Place, PathBuf)>,
    found: OnceLock<Result<Found, Diagnostic>>,
    /// What was added to the user's folder.
    recorded: OnceLock<Result<Record, Diagnostic>>,
    terms: Terms,
    containment: Arc<Containment>,
}

impl Registry {
    /// The plugins that are linked into the host.
    ///
    /// # Errors
    /// E5102 if one of them has a broken manifest, E5107 if two share an id.
    pub fn with_builtins() -> Result<Self, Diagnostic> {
        let mut registry = Self::default();
        for (manifest, builtin) in super::builtin::all()? {
            let entry = Entry::builtin(manifest.clone(), *builtin);
            if let Some(rival) = registry
                .builtins
                .iter()
                .find(|rival| is_same(rival, &entry))
            {
                return Err(duplicate(rival, &entry));
            }
            registry.builtins.push(entry);
        }
        Ok(registry)
    }

    /// Whether a plugin of a kind and id is linked into the host.
    pub(crate) fn has_builtin(&self, kind: PluginKind, id: &str) -> bool {
        let mut manifests = self.builtins.iter().map(Entry::manifest);
        manifests.any(|manifest| manifest.kind == kind && manifest.id == id)
    }

    /// What becomes of the files that are added from now on.
    pub fn contain(&mut self, containment: Containment) {
        self.containment = Arc::new(containment);
    }

    /// What becomes of files.
    pub(crate) const fn containment(&self) -> &Arc<Containment> {
        &self.containment
    }

    /// Decides about a plugin file, and adds nothing.
    ///
    /// # Errors
    /// Why the gate refuses it.
    pub fn vet(&self, path: &Path) -> Result<VettedPlugin, Diagnostic> {
        vet_permitting(path, &self.containment.plugins)
    }

    /// Decides about a plugin file as if it were to be used: by the gate, by who may
    /// change it and who signed it, and, if it is one of those in reach, by what it must
    /// be. Nothing of it is loaded.
    ///
    /// # Errors
    /// Why it is refused; what cannot be trusted is named before what is unsound.
    pub(crate) fn judge(&self, path: &Path) -> Result<(), Diagnostic> {
        let is_it = |entry: &&&Entry| {
            let other = entry.path().and_then(|path| path.canonicalize().ok());
            other.is_some() && other == path.canonicalize().ok()
        };
        if let Ok(entries) = self.entries()
            && let Some(entry) = entries.iter().find(is_it)
        {
            self.terms.admit(entry)?;
            entry.usable()?;
            return entry.confirm();
        }
        let file = PluginFile::new(path.to_owned(), Arc::clone(&self.containment));
        if let Ok(Glance::Plugin(manifest)) = glance(path) {
            self.terms
                .trust(&Entry::file(manifest, Place::Option, file))?;
        }
        self.vet(path).map(drop)
    }

    /// What is asked of the files that are added from now on.
    pub fn agree_to(&mut self, terms: Terms) {
        self.terms = terms;
    }

    /// What is asked of files.
    pub(crate) const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Adds a plugin file that somebody named. It is vetted now, and loaded when it
    /// is first used.
    ///
    /// # Errors
    /// Why [`vet`](crate::vet) refuses it; E5107 if another file that was named in the same
    /// place has the same id and version and other contents; E5142 or E5145 if it
    /// cannot be trusted.
    pub fn add_file(&mut self, path: &Path, place: Place) -> Result<(), Diagnostic> {
        let file = PluginFile::new(path.to_owned(), Arc::clone(&self.containment));
        // Whose it is is known before it is vetted: it may have to be signed.
        if let Ok(Glance::Plugin(manifest)) = glance(path)
            && let Some(key) = file.key(&manifest.id)
        {
            check_file(path)?;
            verify(&manifest.id, path, &file.read()?, key)?;
        }
        let manifest = file.vetted()?.manifest().clone();
        let entry = Entry::file(manifest, place, file);
        for rival in &self.named {
            if rival.place() == place && is_same(rival, &entry) && is_same_version(rival, &entry) {
                match rival.digest()? == entry.digest()? {
                    true => return Ok(()),
                    false => return Err(duplicate(rival, &entry)),
                }
            }
        }
        self.named.push(entry);
        Ok(())
    }

    /// Adds a folder of plugin files. Nobody looks into it before a plugin is
    /// wanted, and its files are vetted when they are.
    pub fn add_folder(&mut self, folder: PathBuf, place: Place) {
        self.folders.push((place, folder));
    }

    pub(super) fn found(&self) -> Result<&Found, Diagnostic> {
        let scan = || {
            let mut found = Found::default();
            for (place, folder) in &self.folders {
                scan(folder, *place, &self.containment, &mut found)?;
            }
            if !found.entries.is_empty()
                && let Some((_, record)) = self.recorded()
            {
                found.apply(record);
            }
            Ok(found)
        };
        self.found.get_or_init(scan).as_ref().map_err(Clone::clone)
    }

    /// The user's folder, and what was added to it.
    pub(super) fn recorded(&self) -> Option<(&Path, &Result<Record, Diagnostic>)> {
        let mut folders = self.folders.iter();
        let (_, folder) = folders.find(|(place, _)| *place == Place::User)?;
        let record = self.recorded.get_or_init(|| Record::read(folder));
        Some((folder, record))
    }

    /// Every plugin that says what it is; of those with one kind and id, the one
    /// that takes precedence comes first.
    ///
    /// # Errors
    /// E4040 if a folder that was named cannot be read.
    pub fn entries(&self) -> Result<Vec<&Entry>, Diagnostic> {
        let found = self.found()?.entries.iter();
        let all = self.named.iter().chain(found).chain(&self.builtins);
        let mut all = all.collect::<Vec<_>>();
        all.sort_by(|one, other| {
            let (ours, theirs) = (one.manifest(), other.manifest());
            (ours.kind, &ours.id)
                .cmp(&(theirs.kind, &theirs.id))
                .then_with(|| one.place().cmp(&other.place()))
                .then_with(|| compare(&theirs.version, &ours.version))
                .then_with(|| other.is_added().cmp(&one.is_added()))
        });
        Ok(all)
    }

    /// The files that want to be plugins and have no manifest that can be read.
    pub(super) fn refused(&self) -> Result<&[Refused], Diagnostic> {
        Ok(&self.found()?.refused)
    }

    /// Checks that a folder has a plugin of this name.
    ///
    /// # Errors
    /// E5108 if none has.
    pub(crate) fn in_folders(&self, name: &str) -> Result<(), Diagnostic> {
        let mut found = self.found()?.entries.iter();
        if found.any(|entry| entry.is_meant_by(name)) {
            return Ok(());
        }
        let wanted = Wanted::parse(name);
        let mut lost = self.lost()?.into_iter();
        if lost.any(|(added, ..)| wanted.means(&added.id, &added.version)) {
            return Ok(());
        }
        let message = format!("no folder has a plugin `{name}`");
        Err(Diagnostic::new(Code::E5108, message)
            .help("`beskid plugin list` shows every plugin, and where it is"))
    }

    /// The backend of this name: an id, or `ID@VERSION`.
    ///
    /// # Errors
    /// E5108 lists the backends in reach; why the only ones of this name are
    /// refused, or why the one that would be used cannot be trusted.
    pub fn backend(&self, name: &str) -> Result<&Entry, Diagnostic> {
        self.find(PluginKind::Backend, name)
    }

    /// The linker strategy of this name: an id, or `ID@VERSION`.
    ///
    /// # Errors
    /// As for [`Self::backend`].
    pub fn linker(&self, name: &str) -> Result<&Entry, Diagnostic> {
        self.find(PluginKind::Linker, name)
    }

    /// The first linker strategy that supports a kind of output for a target: a
    /// built-in, or else one of the others in the order of their places.
    ///
    /// # Errors
    /// E4022 if a strategy knows the target but not the kind, the error of one that
    /// fails, E4023 if none knows the target.
    pub fn linker_for(&self, target: &str, kind: OutputKind) -> Result<&Entry, Diagnostic> {
        let mut kind_refused = None;
        let mut failed = None;
        let mut refusals = Vec::new();
        for id in self.strategies()? {
            let found = self.linker(id);
            match found.and_then(|entry| entry.supports(target, kind).map(|()| entry)) {
                Ok(entry) => return Ok(entry),
                Err(error) if error.code == Code::E4022 => kind_refused = Some(error),
                // It may be the one that would have linked this.
                Err(error) if error.code != Code::E4023 => failed = failed.or(Some(error)),
                Err(error) => refusals.push(format!("{id}: {}", error.message)),
            }
        }
        if let Some(error) = kind_refused.or(failed) {
            return Err(error);
        }
        let message = format!("no linker strategy links {kind} for target `{target}`");
        let mut diagnostic = Diagnostic::new(Code::E4023, message);
        diagnostic.notes = refusals;
        Err(diagnostic.help("load one with `--plugin`, or build with `--kind object`"))
    }

    /// The ids of linker strategies, in the order in which they are asked.
    fn strategies(&self) -> Result<Vec<&str>, Diagnostic> {
        let found = self.found()?.entries.iter();
        let all = self.builtins.iter().chain(&self.named).chain(found);
        let mut ids = Vec::new();
        for entry in all.filter(|entry| entry.manifest().kind == PluginKind::Linker) {
            let id = &*entry.manifest().id;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    /// The plugin that a name means. What is out of date or broken is passed over;
    /// what cannot be trusted is not, for whoever put it there wanted it.
    pub(super) fn find(&self, kind: PluginKind, name: &str) -> Result<&Entry, Diagnostic> {
        let wanted = Wanted::parse(name);
        self.choose(kind, &wanted, name, self.entries()?)
    }

    /// The same among some, of which those that take precedence come first.
    pub(super) fn choose<'e>(
        &'e self,
        kind: PluginKind,
        wanted: &Wanted<'_>,
        name: &str,
        mut meant: Vec<&'e Entry>,
    ) -> Result<&'e Entry, Diagnostic> {
        let locked = self.terms.locked_versions(kind, wanted.id)?;
        let files = meant
            .iter()
            .map(|entry| (entry.is_file(), entry.manifest()));
        let files = files.filter(|(is_file, manifest)| {
            *is_file && manifest.kind == kind && manifest.id == wanted.id
        });
        let files = files.map(|(_, manifest)| &*manifest.version);
        let files = files.collect::<Vec<_>>();
        meant.retain(|entry| {
            let manifest = entry.manifest();
            manifest.kind == kind && wanted.means(&manifest.id, &manifest.version)
        });
        if !locked.is_empty() {
            meant.retain(|entry| {
                let version = &*entry.manifest().version;
                let is_chosen = wanted.version.is_some() || locked.contains(&version);
                is_chosen && entry.place() != Place::Builtin
            });
            if meant.is_empty() {
                let gone = self.gone(kind, wanted)?.map(|(_, reason)| reason);
                return Err(
                    gone.unwrap_or_else(|| out_of_reach(kind, wanted, name, &locked, &files))
                );
            }
        }
        let mut refusal = None;
        for (at, entry) in meant.iter().enumerate() {
            if entry.is_disabled() {
                refusal.get_or_insert_with(|| disabled(entry));
                continue;
            }
            // What was added makes no way for what comes behind it.
            if entry.place() >= Place::User
                && let Some((version, reason)) = self.gone(kind, wanted)?
                && (entry.place() > Place::User
                    || compare(&entry.manifest().version, &version).is_lt())
            {
                return Err(reason);
            }
            self.terms.admit(entry)?;
            match entry.usable() {
                Ok(()) => {
                    check_rivals(entry, &meant[at + 1..])?;
                    return Ok(entry);
                }
                Err(error) => {
                    tracing::info!("passed over: {}", error.message);
                    refusal.get_or_insert(error);
                }
            }
        }
        Err(match refusal {
            Some(refusal) => refusal,
            None => self.unknown(kind, wanted, name)?,
        })
    }

    /// Why there is no plugin of a name.
    fn unknown(
        &self,
        kind: PluginKind,
        wanted: &Wanted<'_>,
        name: &str,
    ) -> Result<Diagnostic, Diagnostic> {
        let kind_name = kind.to_string();
        let is_it = |refused: &&Refused| {
            let said = |key| refused.said.get(key).unwrap_or_default();
            said("kind") == kind_name && wanted.means(said("id"), said("version"))
        };
        if let Some(refused) = self.refused()?.iter().find(is_it) {
            return Ok(refused.reason.clone());
        }
        let mut lost = self.lost()?.into_iter();
        let is_it =
            |added: &Added| added.kind == kind_name && wanted.means(&added.id, &added.version);
        if let Some((_, _, reason)) = lost.find(|(added, ..)| is_it(added)) {
            return Ok(reason);
        }
        let unknown = Diagnostic::new(Code::E5108, format!("there is no {kind} `{name}`"));
        let mut ids = Vec::new();
        let mut versions = Vec::new();
        for entry in self.entries()? {
            let manifest = entry.manifest();
            let id = &*manifest.id;
            if manifest.kind == kind && id == wanted.id {
                versions.push(format!("{id}@{}", manifest.version));
            }
            if manifest.kind == kind && !ids.contains(&id) {
                ids.push(id);
            }
        }
        if !versions.is_empty() {
            versions.dedup();
            let versions = versions.join(", ");
            return Ok(unknown.help(format!(
                "in reach is {versions}; or load another with `--plugin`"
            )));
        }
        let ids = ids.join(", ");
        Ok(unknown.help(format!(
            "choose one of: {ids}; or load another with `--plugin`"
        )))
    }
}

/// Refuses what somebody could mean as well as what was found.
fn check_rivals(entry: &Entry, behind: &[&Entry]) -> Result<(), Diagnostic> {
    let mut rivals = behind.iter().filter(|rival| {
        rival.place() == entry.place()
            && is_same_version(rival, entry)
            && rival.is_added() == entry.is_added()
            && !rival.is_disabled()
            && rival.likely_digest() != entry.likely_digest()
    });
    let rival = rivals.find(|rival| rival.usable().is_ok());
    rival.map_or(Ok(()), |rival| Err(duplicate(entry, rival)))
}

fn is_same(one: &Entry, other: &Entry) -> bool {
    let (one, other) = (one.manifest(), other.manifest());
    one.kind == other.kind && one.id == other.id
}

fn is_same_version(one: &Entry, other: &Entry) -> bool {
    one.manifest().version == other.manifest().version
}

fn duplicate(first: &Entry, second: &Entry) -> Diagnostic {
    let (id, version) = (&first.manifest().id, &first.manifest().version);
    let message = format!("two plugin files have the id `{id}` and the version {version}");
    Diagnostic::new(Code::E5107, message)
        .plugin(id)
        .note(format!("first: {}", first.origin()))
        .note(format!("second: {}", second.origin()))
        .help("load only one of them")
}

fn disabled(entry: &Entry) -> Diagnostic {
    let id = &entry.manifest().id;
    Diagnostic::new(Code::E5149, format!("plugin `{id}` is switched off"))
        .plugin(id)
        .note(format!("origin: {}", entry.origin()))
        .help(format!("switch it on: `beskid plugin enable {id}`"))
}

/// E5144. `others` are the versions of it that are in reach as files.
fn out_of_reach(
    kind: PluginKind,
    wanted: &Wanted<'_>,
    name: &str,
    locked: &[&str],
    others: &[&str],
) -> Diagnostic {
    let versions = locked.join(", ");
    let message = match wanted.version {
        Some(_) => format!("{kind} `{name}` is not in reach; locked is {versions}"),
        None => format!("{kind} `{name}` is locked to {versions}, which is not in reach"),
    };
    let other = match others.first() {
        Some(other) => format!("`beskid plugin lock {}` locks {other}, which is", wanted.id),
        None => "lock what is in reach, and nothing else: `beskid plugin lock`".to_owned(),
    };
    Diagnostic::new(Code::E5144, message)
        .plugin(wanted.id)
        .help(format!(
            "add that version with `beskid plugin add`; or {other}"
        ))
}
