//! `beskid plugin list` and `beskid plugin which`.

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginKind;
use serde_json::{Value, json};

use super::super::environment::Environment;
use super::super::render;
use crate::plugins::Row;

/// Lists the plugins in reach, and what becomes of each.
pub(super) fn list(environment: &Environment) -> Result<(), Diagnostic> {
    let rows = environment.registry.rows(environment.config.jobs)?;
    let width = |text: fn(&Row) -> usize| rows.iter().map(text).max().unwrap_or_default();
    let widths = Widths {
        id: width(|row| row.id.len()),
        version: width(|row| row.version.len()),
        capabilities: width(|row| row.capabilities.join(",").len()),
    };
    let rows = rows.iter();
    let rows =
        rows.map(|row| render::shown(environment.format, &value(row), || text(row, &widths)));
    render::lines(&rows.collect::<Result<Vec<_>, _>>()?)
}

struct Widths {
    id: usize,
    version: usize,
    capabilities: usize,
}

fn text(row: &Row, widths: &Widths) -> String {
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
    if let Some(error) = row.state.fault() {
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
    for (kind, found) in found {
        let entry = match found {
            Ok(entry) => entry,
            Err(error) => {
                // Why one is refused says more than that there is none.
                let says_more = error.code != beskid_plugin_api::codes::Code::E5108;
                if says_more || refusal.is_none() {
                    refusal = Some(error);
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
    match refusal.filter(|_| !shown) {
        None => Ok(()),
        Some(refusal) => Err(refusal),
    }
}
