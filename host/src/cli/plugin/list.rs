//! `beskid plugin list` and `beskid plugin which`.

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginKind;
use serde_json::{Value, json};

use super::super::environment::Environment;
use super::super::render;
use crate::plugins::{Registry, Row};

/// Lists the plugins in reach, and what becomes of each.
///
/// # Errors
/// E4040 or E5147, when all are listed, if the lock cannot be read.
pub(super) fn list(environment: &Environment) -> Result<(), Diagnostic> {
    let fault = environment.registry.terms().lock().err();
    let rows = environment.registry.rows(environment.config.jobs)?;
    let width = |text: fn(&Row) -> usize| rows.iter().map(text).max().unwrap_or_default();
    let widths = Widths {
        id: width(|row| row.id.len()),
        version: width(|row| row.version.len()),
        capabilities: width(|row| row.capabilities.join(",").len()),
    };
    let rows = rows.iter();
    let rows = rows.map(|row| {
        render::shown(environment.format, &value(row), || {
            text(row, &widths, fault.as_ref())
        })
    });
    render::lines(&rows.collect::<Result<Vec<_>, _>>()?)?;
    fault.map_or(Ok(()), Err)
}

struct Widths {
    id: usize,
    version: usize,
    capabilities: usize,
}

/// A row; `fault` is said behind all of them.
fn text(row: &Row, widths: &Widths, fault: Option<&Diagnostic>) -> String {
    let mut line = format!(
        "{:8} {:id$} {:version$} {:9} {:capabilities$} {}",
        row.kind,
        row.id,
        row.version,
        row.state.name(),
        row.capabilities.join(","),
        row.place,
        id = widths.id,
        version = widths.version,
        capabilities = widths.capabilities,
    );
    let digest = row
        .digest
        .iter()
        .map(|digest| digest.chars().take(12).collect());
    let path = row.path.iter().map(|path| path.display().to_string());
    for part in digest.chain(path) {
        line = format!("{line} {part}");
    }
    let mut lines = vec![line];
    if let Some(error) = row.state.fault().filter(|error| Some(*error) != fault) {
        lines.push(format!("{}: {}", error.code, error.message));
        lines.extend(error.help.iter().map(|help| format!("help: {help}")));
    }
    if let Some(facts) = &row.facts {
        lines.push(facts.about.clone());
        let lists = [("for", &facts.architectures), ("features", &facts.features)];
        for (name, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
            lines.push(format!("{name}: {}", list.join(", ")));
        }
    }
    lines.retain(|line| !line.is_empty());
    // A file's name may have line breaks, and a row is a line.
    let lines = lines.iter().map(|line| render::escape_line(line));
    lines.collect::<Vec<_>>().join("\n         ")
}

fn value(row: &Row) -> Value {
    let facts = row.facts.as_ref();
    json!({
        "kind": row.kind,
        "id": row.id,
        "version": row.version,
        "state": row.state.name(),
        "refusal": row.state.fault(),
        "capabilities": row.capabilities,
        "about": facts.map(|facts| &facts.about),
        "architectures": facts.map(|facts| &facts.architectures),
        "features": facts.map(|facts| &facts.features),
        "source": row.place.to_string(),
        "path": row.path.as_ref().map(|path| path.display().to_string()),
        "digest": row.digest,
    })
}

/// Says which plugin a name means: backends and linker strategies are named
/// apart.
///
/// # Errors
/// Why none is found, or none can be used.
pub(super) fn which(environment: &Environment, name: &str) -> Result<(), Diagnostic> {
    let registry = &environment.registry;
    let found = [
        (PluginKind::Backend, registry.backend(name)),
        (PluginKind::Linker, registry.linker(name)),
    ];
    let mut shown = false;
    let mut refusal: Option<Diagnostic> = None;
    let mut unknown = Vec::new();
    for (kind, found) in found {
        let entry = match found {
            Ok(entry) => entry,
            Err(error) => {
                // Why one is refused says more than that there is none.
                match error.code == Code::E5108 {
                    true => unknown.push((kind, error)),
                    false => refusal = Some(error),
                }
                continue;
            }
        };
        entry.confirm()?;
        let manifest = entry.manifest();
        let others = registry.entries()?.into_iter().filter(|other| {
            let other = other.manifest();
            other.kind == kind && other.id == manifest.id
        });
        let others = others.filter(|other| !std::ptr::eq(*other, entry));
        let others = others.map(|other| format!("{} {}", other.manifest().version, other.origin()));
        let others = others.collect::<Vec<_>>();
        let origin = entry.origin().to_string();
        let found = json!({
            "kind": kind.to_string(),
            "id": manifest.id,
            "version": manifest.version,
            "source": entry.place().to_string(),
            "origin": origin,
            "over": others,
        });
        render::value(environment.format, &found, || {
            let version = &manifest.version;
            let origin = render::escape_line(&origin);
            let mut text = format!("{kind} {} {version}: {origin}", manifest.id);
            for other in &others {
                text = format!("{text}\n  over {}", render::escape_line(other));
            }
            text
        })?;
        shown = true;
    }
    match refusal {
        _ if shown => Ok(()),
        Some(refusal) => Err(refusal),
        None => Err(nothing(registry, name, unknown)?),
    }
}

/// E5108 for a name that means neither a backend nor a linker strategy. What is said of
/// a kind that has the id, in other versions, is the answer.
fn nothing(
    registry: &Registry,
    name: &str,
    unknown: Vec<(PluginKind, Diagnostic)>,
) -> Result<Diagnostic, Diagnostic> {
    let entries = registry.entries()?;
    let id = name.split('@').next().unwrap_or(name);
    let has_id = |kind: PluginKind| {
        let mut manifests = entries.iter().map(|entry| entry.manifest());
        manifests.any(|manifest| manifest.kind == kind && manifest.id == id)
    };
    if let Some((_, error)) = unknown.into_iter().find(|(kind, _)| has_id(*kind)) {
        return Ok(error);
    }
    let message = format!("there is no backend and no linker strategy `{name}`");
    let ids = |kind: PluginKind| {
        let manifests = entries.iter().map(|entry| entry.manifest());
        let ids = manifests.filter(|manifest| manifest.kind == kind);
        let mut ids = ids.map(|manifest| &*manifest.id).collect::<Vec<_>>();
        ids.dedup();
        ids.join(", ")
    };
    let (backends, linkers) = (ids(PluginKind::Backend), ids(PluginKind::Linker));
    Ok(Diagnostic::new(Code::E5108, message).help(format!(
        "backends are {backends}; linker strategies are {linkers}; or load another with `--plugin`"
    )))
}
