//! `beskid plugin inspect`.

use std::collections::BTreeMap;
use std::path::Path;

use beskid_plugin_api::Digest;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginKind;

use super::super::environment::Environment;
use super::super::render;
use crate::input::read_bounded;
use crate::plugins::{Containment, Entry, Place, Registry, Task, said_by};

/// Largest file of which the digest is shown, in bytes.
const LARGEST: u64 = 512 << 20;

/// What a plugin says, by key; lists have a row for each part.
type Rows = Vec<(&'static str, String)>;

/// Shows what a plugin says of itself, a file though it may be refused for it.
/// `ask`: also what it says when it is asked, in a process of its own.
///
/// # Errors
/// Why the file is refused, by the gate or because it cannot be trusted, or why the plugin of that name cannot be used;
/// E5162 to E5164 if its process fails.
pub(super) fn inspect(environment: &Environment, path: &Path, ask: bool) -> Result<(), Diagnostic> {
    match path.to_str().filter(|_| !path.exists()) {
        Some(name) => named(environment, name, path, ask),
        None => file(environment, path, ask),
    }
}

/// Shows what a name means, or else the first file of that name, whatever it is refused for.
fn named(environment: &Environment, name: &str, path: &Path, ask: bool) -> Result<(), Diagnostic> {
    let registry = &environment.registry;
    let is_known = |found: &Result<_, Diagnostic>| match found {
        Ok(_) => true,
        Err(error) => error.code != Code::E5108,
    };
    let mut found = [registry.backend(name), registry.linker(name)].into_iter();
    match found.find(is_known) {
        Some(Ok(entry)) => match entry.path() {
            Some(path) => file(environment, path, ask),
            None => built_in(environment, entry, ask),
        },
        Some(Err(error)) => {
            let entries = registry.entries()?;
            let mut meant = entries.iter().filter(|entry| entry.is_meant_by(name));
            match meant.find_map(|entry| entry.path()) {
                Some(path) => file(environment, path, ask),
                None => Err(error),
            }
        }
        None => file(environment, path, ask).map_err(|error| {
            error.help("give the file of a plugin, or a name that `beskid plugin list` shows")
        }),
    }
}

fn built_in(environment: &Environment, entry: &Entry, ask: bool) -> Result<(), Diagnostic> {
    let manifest = entry.manifest();
    let mut rows = vec![
        ("path", "built-in".to_owned()),
        ("kind", manifest.kind.to_string()),
        ("id", manifest.id.clone()),
        ("version", manifest.version.clone()),
    ];
    if ask {
        rows.extend(asked(entry)?);
    }
    show(environment, &rows)
}

fn file(environment: &Environment, path: &Path, ask: bool) -> Result<(), Diagnostic> {
    let judged = environment.registry.judge(path);
    let Some(said) = said_by(path) else {
        return judged;
    };
    let mut rows = vec![("path", path.display().to_string())];
    if let Ok(bytes) = read_bounded(path, LARGEST) {
        rows.push(("digest", Digest::of(&bytes).to_string()));
    }
    for (key, shown) in [
        ("kind", "kind"),
        ("id", "id"),
        ("version", "version"),
        ("api", "plugin-api"),
        ("target", "target"),
        ("toolchain", "toolchain"),
        ("contract", "contract"),
        ("panic", "panic"),
        ("capabilities", "capabilities"),
    ] {
        if let Some(text) = said.get(key) {
            rows.push((shown, text.replace(',', ", ")));
        }
    }
    rows.push((
        "result",
        match &judged {
            Ok(()) => "pass".to_owned(),
            Err(error) => format!("refused {}", error.code),
        },
    ));
    if ask && judged.is_ok() {
        let mut apart = Registry::default();
        apart.contain(Containment {
            isolate: Some(true),
            ..Containment::clone(environment.registry.containment())
        });
        apart.add_file(path, Place::Option)?;
        for entry in apart.entries()? {
            rows.extend(asked(entry)?);
        }
    }
    show(environment, &rows)?;
    judged
}

/// What a plugin says when it is asked.
fn asked(entry: &Entry) -> Result<Rows, Diagnostic> {
    let (about, mut rows) = match entry.manifest().kind {
        PluginKind::Backend => {
            let backend = entry.backend()?;
            let description = entry.working(Task::Describe, || backend.describe())?;
            let features = description.features.iter().map(|feature| feature.name());
            let mut rows = vec![
                ("for", description.architectures.join(", ")),
                ("features", features.collect::<Vec<_>>().join(", ")),
            ];
            let options = entry.working(Task::Describe, || backend.options())?;
            let options = options.into_iter().flatten();
            rows.extend(options.map(|option| {
                let values = Some(option.values).filter(|values| !values.is_empty());
                let values = values.map(|values| format!(" ({values})"));
                let values = values.unwrap_or_default();
                ("option", format!("{}: {}{values}", option.key, option.help))
            }));
            (description.about, rows)
        }
        PluginKind::Linker => {
            let linker = entry.linker()?;
            let description = entry.working(Task::Describe, || linker.describe())?;
            let tools = description.tools.into_iter().map(|tool| {
                let default = Some(tool.default).filter(|default| !default.is_empty());
                let default = default.map(|default| format!(" ({default})"));
                (
                    "tool",
                    format!("{}: {}{}", tool.key, tool.help, default.unwrap_or_default()),
                )
            });
            (description.about, tools.collect())
        }
    };
    rows.insert(0, ("about", about));
    Ok(rows)
}

fn show(environment: &Environment, rows: &Rows) -> Result<(), Diagnostic> {
    let mut value = BTreeMap::new();
    for (key, text) in rows {
        let list = |key| rows.iter().filter(move |(other, _)| *other == key);
        let name = match *key {
            "for" => "architectures".to_owned(),
            key => key.replace('-', "_"),
        };
        value.entry(name).or_insert_with(|| match *key {
            "option" | "tool" => list(*key).map(|(_, text)| text.as_str()).collect(),
            _ => serde_json::Value::from(text.as_str()),
        });
    }
    render::value(environment.format, &value, || {
        let rows = rows.iter().map(|(key, text)| {
            let key = format!("{key}:");
            format!("{key:14}{}", render::escape_line(text))
        });
        rows.collect::<Vec<_>>().join("\n")
    })
}
