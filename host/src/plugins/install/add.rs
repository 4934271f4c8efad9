//! Files that are added to the user's folder: what is there in the end is what
//! was vetted, loaded once and noted, or nothing.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use beskid_plugin_api::Digest;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginManifest;

use super::super::entry::Entry;
use super::super::facts::Facts;
use super::super::file::PluginFile;
use super::super::place::Place;
use super::super::search::{Glance, glance};
use super::super::trust::{signature_path, verify};
use super::super::wanted::Wanted;
use super::busy::unwritable;
use super::change::{Change, Done, Installer, remove_file};
use super::record::{Added, Record, file_name};
use crate::scratch::Aside;

impl Installer<'_> {
    /// Adds a plugin file.
    ///
    /// # Errors
    /// Why it is no plugin that can be used here; E5145 if it is not signed as it
    /// must be; E5141 or E5143 if only another one may be used; E4040 if it cannot be
    /// copied.
    pub(crate) fn add(&self, path: &Path) -> Result<Change, Diagnostic> {
        let _turn = self.turn()?;
        let mut record = self.record()?;
        let path = path.canonicalize().map_err(|error| {
            let message = format!("`{}` is not a plugin: {error}", path.display());
            Diagnostic::new(Code::E5101, message)
                .path(path.display().to_string())
                .help("give the shared library of a plugin, or a folder of them")
        })?;
        // The record says where a plugin is from, and is text.
        if path.to_str().is_none() {
            let shown = path.display().to_string();
            let message = format!("the path `{shown}` is not UTF-8");
            return Err(Diagnostic::new(Code::E5101, message)
                .path(shown)
                .help("give the file another name, or use it with `--plugin`"));
        }
        self.put(&mut record, &path, None)
    }

    /// Takes the plugins that the names mean from their sources again; without
    /// names, all of them. One that cannot be taken keeps none of the others.
    ///
    /// # Errors
    /// E4040 if the folder cannot be written, E5147 if nobody knows what is in it.
    pub(crate) fn update(
        &self,
        names: &[String],
    ) -> Result<Vec<Result<Change, Diagnostic>>, Diagnostic> {
        let _turn = self.turn()?;
        let mut record = self.record()?;
        let is_meant = |added: &&Added| {
            let means = |name: &String| Wanted::parse(name).means(&added.id, &added.version);
            names.is_empty() || names.iter().any(means)
        };
        let meant = record.plugins.iter().filter(is_meant).cloned();
        let meant = meant.collect::<Vec<_>>();
        let put = |old: &Added| self.put(&mut record, &old.from, Some(old));
        Ok(meant.iter().map(put).collect())
    }

    /// Copies a file into the folder, in the place of the one that it is newer than.
    fn put(
        &self,
        record: &mut Record,
        source: &Path,
        old: Option<&Added>,
    ) -> Result<Change, Diagnostic> {
        let file = self.file(source);
        let bytes = file.read()?;
        let signature = signature(&file, &bytes)?;
        let manifest = file.vetted()?.manifest().clone();
        if let Some(old) = old {
            check_still(&manifest, old, source)?;
            let is_other = |one: &Added| one.id == old.id && one.version == manifest.version;
            if old.version != manifest.version && record.plugins.iter().any(is_other) {
                return Ok(self.change(Done::Kept, old));
            }
        }
        let digest = Digest::of(&bytes);
        let entry = Entry::file(manifest.clone(), Place::User, file);
        let admitted = self.terms.admit_new(&entry, digest);
        admitted.map_err(|error| {
            error.help(
                "give the file that is locked; or leave out `--locked`, and lock this one with \
                 `beskid plugin lock`",
            )
        })?;
        let name = file_name(&manifest, digest);
        let path = self.folder.join(&name);
        let is_intact = fs::read(&path).is_ok_and(|there| there == bytes);
        let was_there = path.exists();
        let noted = self.install(&path, &bytes, signature.as_deref(), &entry);
        let noted = noted.and_then(|facts| {
            let new = Added {
                kind: manifest.kind.to_string(),
                id: manifest.id,
                version: manifest.version,
                file: name,
                blake3: digest.to_string(),
                from: source.to_owned(),
                facts,
            };
            Ok((self.note(record, &new, old)?, new))
        });
        if noted.is_err() && !was_there {
            remove_file(&path)?;
        }
        let (gone, new) = noted?;
        // Whoever is interrupted here leaves files that nothing notes, for the next one.
        for one in gone.iter().filter(|one| one.file != new.file) {
            remove_file(&self.folder.join(&one.file))?;
        }
        let done = match gone.first() {
            None => Done::Added,
            Some(one) if is_intact && one.file == new.file => Done::Unchanged,
            Some(_) => Done::Replaced,
        };
        let mut change = self.change(done, &new);
        change.is_disabled = record.is_disabled(&new.id, &new.version);
        Ok(change)
    }

    /// Notes a plugin in the place of the one that it is newer than; gives those that are
    /// noted no longer.
    fn note(
        &self,
        record: &mut Record,
        new: &Added,
        old: Option<&Added>,
    ) -> Result<Vec<Added>, Diagnostic> {
        let is_replaced = |one: &Added| {
            let is_version =
                (&one.kind, &one.id, &one.version) == (&new.kind, &new.id, &new.version);
            is_version || Some(one) == old
        };
        let mut after = record.clone();
        let before = std::mem::take(&mut after.plugins).into_iter();
        let (gone, kept) = before.partition::<Vec<_>, _>(is_replaced);
        after.plugins = kept;
        after.plugins.push(new.clone());
        after.write(&self.folder)?;
        *record = after;
        Ok(gone)
    }

    /// Writes the file beside its place, has it loaded there, and renames it.
    fn install(
        &self,
        path: &Path,
        bytes: &[u8],
        signature: Option<&[u8]>,
        source: &Entry,
    ) -> Result<Facts, Diagnostic> {
        let aside = self.aside(bytes)?;
        let facts = self.load(&aside, source.manifest());
        // The user knows the file that was given, and not its copy, which goes.
        let facts = facts.map_err(|error| match source.path() {
            Some(source) => told_of(error, aside.path(), source),
            None => error,
        })?;
        if let Some(signature) = signature {
            let place = signature_path(path);
            let aside = self.aside(signature)?;
            aside
                .rename(&place)
                .map_err(|error| unwritable(&place, &error))?;
        }
        aside
            .rename(path)
            .map_err(|error| unwritable(path, &error))?;
        Ok(facts)
    }

    /// What a copy says of itself when it is loaded.
    fn load(&self, aside: &Aside, manifest: &PluginManifest) -> Result<Facts, Diagnostic> {
        let file = self.file(aside.path());
        if file.vetted()?.manifest() != manifest {
            let shown = aside.path().display().to_string();
            let message = format!("`{shown}` was changed while it was added");
            return Err(Diagnostic::new(Code::E5101, message).path(shown));
        }
        Entry::file(manifest.clone(), Place::User, file).facts()
    }

    fn aside(&self, bytes: &[u8]) -> Result<Aside, Diagnostic> {
        let failed = |error| unwritable(&self.folder, &error);
        let aside = Aside::new_in(&self.folder, 0o644).map_err(failed)?;
        let mut file = &aside.file;
        let written = file.write_all(bytes).and_then(|()| {
            file.set_permissions(fs::Permissions::from_mode(0o644))?;
            File::sync_all(file)
        });
        written.map_err(failed)?;
        Ok(aside)
    }
}

/// The signature of a file, checked where the user has pinned a key.
fn signature(file: &PluginFile, bytes: &[u8]) -> Result<Option<Vec<u8>>, Diagnostic> {
    let path = file.path();
    if let Ok(Glance::Plugin(manifest)) = glance(path)
        && let Some(key) = file.key(&manifest.id)
    {
        verify(&manifest.id, path, bytes, key)?;
    }
    Ok(fs::read(signature_path(path)).ok())
}

/// Refuses a source that is another plugin than the one that was added from it.
fn check_still(found: &PluginManifest, old: &Added, source: &Path) -> Result<(), Diagnostic> {
    if found.kind.to_string() == old.kind && found.id == old.id {
        return Ok(());
    }
    let message = format!(
        "`{}` is {} `{}` now, no longer {} `{}`",
        source.display(),
        found.kind,
        found.id,
        old.kind,
        old.id
    );
    Err(Diagnostic::new(Code::E5108, message)
        .path(source.display().to_string())
        .help(
            "add it with `beskid plugin add`, and take the other out with `beskid plugin remove`",
        ))
}

/// The same of another file.
fn told_of(mut error: Diagnostic, of: &Path, file: &Path) -> Diagnostic {
    let (of, file) = (of.display().to_string(), file.display().to_string());
    error.message = error.message.replace(&of, &file);
    for note in &mut error.notes {
        *note = note.replace(&of, &file);
    }
    error.path(file)
}
