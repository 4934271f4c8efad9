//! `beskid plugin add`, `remove`, `enable`, `disable` and `update`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use serde_json::json;

use super::super::environment::Environment;
use super::super::render;
use crate::plugins::{Change, Done, Installer, refuse_rivals, said_by};

fn installer(environment: &Environment) -> Result<Installer<'_>, Diagnostic> {
    let registry = &environment.registry;
    Installer::new(registry.containment(), registry.terms())
}

/// Adds files, and the plugins among the files of folders. Of a folder, what can be
/// added is, whatever lies beside it.
///
/// # Errors
/// Why the first file that was refused was; E5102 if a folder has no plugin; E5107 if two
/// different files are one version of a plugin.
pub(super) fn add(environment: &Environment, paths: &[PathBuf]) -> Result<(), Diagnostic> {
    let installer = installer(environment)?;
    let mut files = Vec::new();
    for path in paths {
        match path.is_dir() {
            true => files.extend(plugins_in(path)?),
            false => files.push(path.clone()),
        }
    }
    let mut refusals = refuse_rivals(&mut files);
    for path in &files {
        match installer.add(path) {
            Ok(change) => show(environment, &change)?,
            Err(error) => refusals.push(error),
        }
    }
    first_of(environment, refusals).map_or(Ok(()), Err)
}

/// The files of a folder that say that they are plugins.
fn plugins_in(folder: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let shown = folder.display().to_string();
    let entries = fs::read_dir(folder).and_then(|entries| {
        let paths = entries.map(|entry| Ok(entry?.path()));
        paths.collect::<Result<Vec<_>, std::io::Error>>()
    });
    let mut files = entries.map_err(|error| {
        let message = format!("cannot read plugin folder `{shown}`: {error}");
        Diagnostic::new(Code::E4040, message).path(shown.clone())
    })?;
    files.retain(|path| path.extension() == Some(OsStr::new("so")) && said_by(path).is_some());
    files.sort();
    if files.is_empty() {
        let message = format!("there is no plugin in `{shown}`");
        return Err(Diagnostic::new(Code::E5102, message)
            .path(shown)
            .help("plugins are files `*.so` that `export_plugin!` gave a manifest"));
    }
    Ok(files)
}

/// Takes plugins out of the user's folder.
pub(super) fn remove(environment: &Environment, names: &[String]) -> Result<(), Diagnostic> {
    let installer = installer(environment)?;
    for name in names {
        for change in installer.remove(name)? {
            show(environment, &change)?;
        }
    }
    Ok(())
}

/// Switches plugins of folders off, or on again.
///
/// # Errors
/// E5108 if there is no plugin of a name in a folder.
pub(super) fn switch(
    environment: &Environment,
    names: &[String],
    on: bool,
) -> Result<(), Diagnostic> {
    let installer = installer(environment)?;
    for name in names {
        environment.registry.in_folders(name)?;
        let changed = installer.switch(name, on)?;
        let state = if on { "enabled" } else { "disabled" };
        let value = json!({ "plugin": name, "state": state, "changed": changed });
        render::value(environment.format, &value, || match changed {
            true => format!("{state}: {name}"),
            false => format!("{state} before: {name}"),
        })?;
    }
    Ok(())
}

/// Takes plugins from their sources again; gives the names that mean none.
///
/// # Errors
/// Why the first one that cannot be taken cannot.
pub(super) fn update<'a>(
    environment: &Environment,
    names: &'a [String],
) -> Result<Vec<&'a str>, Diagnostic> {
    let mut unknown = names.iter().map(String::as_str).collect::<Vec<_>>();
    let mut refusals = Vec::new();
    for change in installer(environment)?.update(names)? {
        match change {
            Ok(change) => {
                unknown.retain(|name| !change.is_of(name));
                show(environment, &change)?;
            }
            Err(error) => refusals.push(error),
        }
    }
    first_of(environment, refusals).map_or(Ok(unknown), Err)
}

/// The first refusal; the others are said.
fn first_of(environment: &Environment, refusals: Vec<Diagnostic>) -> Option<Diagnostic> {
    let mut refusals = refusals.into_iter();
    let first = refusals.next();
    // Two versions may come from one file.
    for refusal in refusals.filter(|refusal| Some(refusal) != first.as_ref()) {
        render::warning(&refusal, environment.format);
    }
    first
}

fn show(environment: &Environment, change: &Change) -> Result<(), Diagnostic> {
    let done = change.done.name();
    let value = json!({
        "done": done,
        "kind": change.kind,
        "id": change.id,
        "version": change.version,
        "digest": change.blake3,
        "path": change.path.display().to_string(),
        "disabled": change.is_disabled,
    });
    render::value(environment.format, &value, || {
        let (kind, id, version) = (&change.kind, &change.id, &change.version);
        let short = change.blake3.chars().take(12).collect::<String>();
        let mut text = format!("{done}: {kind} {id}@{version} {short}");
        if change.done == Done::Forgotten {
            text = format!("{text}\n  its file was gone already");
        }
        if change.is_disabled {
            text = format!(
                "{text}\n  it was switched off before, and still is: `beskid plugin enable {id}`"
            );
        }
        text
    })
}
