//! `beskid plugin lock`, and what `beskid plugin update` does to the lock.

use std::path::PathBuf;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::{PluginKind, TARGET};
use serde_json::json;

use super::super::environment::{Environment, working_directory};
use super::super::render;
use crate::config::paths;
use crate::input::parent;
use crate::plugins::{Entry, LOCK_FILE, Lock, Registry, Turn};

/// Locks what the names mean, or every plugin file that is active.
///
/// # Errors
/// E5143 with `--locked`, if the file would change; E5108 if a name means no plugin
/// file; why a plugin cannot be used.
pub(super) fn lock(environment: &Environment, names: &[String]) -> Result<(), Diagnostic> {
    let path = path()?;
    let _turn = Turn::take(parent(&path))?;
    let old = match path.symlink_metadata() {
        Ok(_) => Lock::read(path)?,
        Err(_) => Lock::new(path),
    };
    let registry = environment.look_around(None)?;
    let mut new = old.clone();
    if names.is_empty() {
        new.forget(TARGET);
        for entry in active(&registry)? {
            set(&mut new, entry)?;
        }
    }
    for name in names {
        let entries = named(&registry, name)?;
        for entry in entries {
            if !name.contains('@') {
                let manifest = entry.manifest();
                new.forget_of(&manifest.kind.to_string(), &manifest.id, TARGET);
            }
            set(&mut new, entry)?;
        }
    }
    put(environment, &old, &new)
}

/// Checks, before any plugin is taken again, that the lock can be read and changed.
///
/// # Errors
/// E5143 with `--locked`; E5147 if the lock is malformed.
pub(super) fn check_update(environment: &Environment) -> Result<(), Diagnostic> {
    let path = path()?;
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    if environment.is_locked() {
        let shown = path.display().to_string();
        let message = format!("an update changes what `{shown}` locks");
        return Err(Diagnostic::new(Code::E5143, message)
            .path(shown)
            .help("leave out `--locked`"));
    }
    Lock::read(path).map(drop)
}

/// Locks again what is locked here and in reach: all of it, or what names mean.
/// Those that are `unknown` so far must mean something of it.
///
/// # Errors
/// E5108 if one does not; as for [`lock`].
pub(super) fn update(
    environment: &Environment,
    names: &[String],
    unknown: &[&str],
) -> Result<(), Diagnostic> {
    let path = path()?;
    let is_there = path.symlink_metadata().is_ok();
    let _turn = Turn::take(parent(&path))?;
    let old = match is_there {
        true => Lock::read(path)?,
        false => Lock::new(path),
    };
    if let Some(name) = unknown.iter().find(|name| !old.has(name)) {
        let message = format!("no plugin `{name}` was added or locked");
        return Err(Diagnostic::new(Code::E5108, message)
            .help("`beskid plugin list` shows every plugin, and where it is"));
    }
    if !is_there {
        return Ok(());
    }
    let registry = environment.look_around(None)?;
    let mut new = old.clone();
    for entry in active(&registry)? {
        let manifest = entry.manifest();
        let kind = manifest.kind.to_string();
        let is_meant = names.is_empty() || names.iter().any(|name| entry.is_meant_by(name));
        if is_meant && old.of(&kind, &manifest.id).next().is_some() {
            new.forget_of(&kind, &manifest.id, TARGET);
            set(&mut new, entry)?;
        }
    }
    put(environment, &old, &new)
}

/// The lock that counts here, or where one would be: beside the project's file, or
/// here.
fn path() -> Result<PathBuf, Diagnostic> {
    let directory = working_directory()?;
    let mut folders = directory.ancestors();
    let found = folders.find(|folder| folder.join(LOCK_FILE).symlink_metadata().is_ok());
    let project = || {
        let [_, (_, project), _] = paths(&directory);
        Some(parent(&project?).to_owned())
    };
    let folder = found.map(PathBuf::from).or_else(project);
    Ok(folder.unwrap_or_else(|| directory.clone()).join(LOCK_FILE))
}

/// The plugin files that their ids mean.
fn active(registry: &Registry) -> Result<Vec<&Entry>, Diagnostic> {
    let mut active = Vec::new();
    for entry in registry.entries()? {
        let manifest = entry.manifest();
        let found = match manifest.kind {
            PluginKind::Backend => registry.backend(&manifest.id),
            PluginKind::Linker => registry.linker(&manifest.id),
        };
        // Whatever cannot be used is not locked either.
        if found.is_ok_and(|found| std::ptr::eq(found, entry)) && entry.is_file() {
            active.push(entry);
        }
    }
    Ok(active)
}

/// The plugin files that a name means.
fn named<'a>(registry: &'a Registry, name: &str) -> Result<Vec<&'a Entry>, Diagnostic> {
    let both = [registry.backend(name), registry.linker(name)];
    let mut entries = Vec::new();
    let mut refusal = None;
    for found in both {
        match found {
            Ok(entry) if entry.is_file() => entries.push(entry),
            Ok(entry) => {
                let message = format!("`{}` is built in", entry.manifest().id);
                let built_in = Diagnostic::new(Code::E5108, message);
                refusal = Some(built_in.help("lock plugin files; built-ins come with beskid"));
            }
            Err(error) if error.code == Code::E5108 => {}
            Err(error) => refusal = Some(error),
        }
    }
    if !entries.is_empty() {
        return Ok(entries);
    }
    Err(match refusal {
        Some(refusal) => refusal,
        None => no_file_of(registry, name)?,
    })
}

/// E5108: there is no plugin file of this name, but perhaps others.
fn no_file_of(registry: &Registry, name: &str) -> Result<Diagnostic, Diagnostic> {
    let entries = registry.entries()?;
    let files = entries.iter().filter(|entry| entry.is_file());
    let mut ids = files
        .map(|entry| entry.manifest().id.as_str())
        .collect::<Vec<_>>();
    ids.dedup();
    let unknown = Diagnostic::new(Code::E5108, format!("there is no plugin file `{name}`"));
    Ok(unknown.help(match ids.is_empty() {
        true => "no plugin file is in reach; `beskid plugin add FILE` puts one there".to_owned(),
        false => format!("in reach, and no built-ins, are: {}", ids.join(", ")),
    }))
}

fn set(lock: &mut Lock, entry: &Entry) -> Result<(), Diagnostic> {
    entry.confirm()?;
    let manifest = entry.manifest();
    let kind = manifest.kind.to_string();
    if let Some(digest) = entry.digest()? {
        lock.set(
            &kind,
            &manifest.id,
            &manifest.version,
            TARGET,
            &digest.to_string(),
        );
    }
    Ok(())
}

fn put(environment: &Environment, old: &Lock, new: &Lock) -> Result<(), Diagnostic> {
    let shown = new.path.display().to_string();
    if environment.is_locked() && old != new {
        let message = format!("`{shown}` is not up to date, and may not be changed");
        return Err(Diagnostic::new(Code::E5143, message)
            .path(shown)
            .help("leave out `--locked` to write it"));
    }
    new.write()?;
    let plugins = new.plugins.iter();
    let plugins = plugins.map(|one| {
        json!({
            "kind": one.kind, "id": one.id, "version": one.version, "blake3": one.blake3,
        })
    });
    let changes = old.changes(new, TARGET);
    let told = changes.iter().map(|change| {
        json!({
            "change": change.name(), "kind": change.kind, "id": change.id,
            "version": change.version, "from": change.from, "to": change.to,
        })
    });
    let value = json!({
        "path": shown,
        "changed": old != new,
        "plugins": plugins.collect::<Vec<_>>(),
        "changes": told.collect::<Vec<_>>(),
    });
    render::value(environment.format, &value, || {
        let count = new.plugins.len();
        let are = if count == 1 {
            "1 plugin"
        } else {
            &format!("{count} plugins")
        };
        let mut text = format!("locked: {are} in {shown}");
        for change in &changes {
            text = format!("{text}\n  {change}");
        }
        text
    })
}
