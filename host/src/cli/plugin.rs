//! `beskid plugin`.

use std::collections::BTreeMap;

use beskid_plugin_api::diagnostic::Diagnostic;

use serde_json::json;

use super::args::{PluginCommand, PluginServeArgs};
use super::environment::Environment;
use super::render;
use crate::plugins::{Serve, serve};

/// Serves a plugin to the process that has started this one.
pub(super) fn serve_one(args: &PluginServeArgs) -> Result<(), Diagnostic> {
    serve(Serve {
        path: &args.path,
        id: &args.id,
        libraries: &args.library,
        memory: args.memory,
    })
}

/// Lists the plugins in reach, or shows one file's manifest.
pub(super) fn plugin(environment: &Environment, command: &PluginCommand) -> Result<(), Diagnostic> {
    match command {
        PluginCommand::List => {
            for entry in environment.registry.entries() {
                let manifest = entry.manifest();
                let shadowed = if entry.is_shadowed() {
                    "  shadowed"
                } else {
                    ""
                };
                let value = json!({
                    "kind": manifest.kind.to_string(),
                    "id": manifest.id,
                    "version": manifest.version,
                    "capabilities": manifest.capabilities,
                    "origin": entry.origin().to_string(),
                    "shadowed": entry.is_shadowed(),
                });
                render::value(environment.format, &value, || {
                    format!(
                        "{:8} {:10} {:8} {:16} {}{shadowed}",
                        manifest.kind.to_string(),
                        manifest.id,
                        manifest.version,
                        manifest.capabilities.join(","),
                        entry.origin(),
                    )
                })?;
            }
            Ok(())
        }
        PluginCommand::Inspect { path } => {
            let plugin = environment.registry.vet(path)?;
            let manifest = plugin.manifest();
            let rows = [
                ("path", plugin.path().display().to_string()),
                ("digest", plugin.digest()?.to_string()),
                ("kind", manifest.kind.to_string()),
                ("id", manifest.id.clone()),
                ("version", manifest.version.clone()),
                ("plugin-api", manifest.api.to_string()),
                ("target", manifest.target.clone()),
                ("toolchain", manifest.toolchain.clone()),
                ("contract", manifest.contract.to_string()),
                ("capabilities", manifest.capabilities.join(", ")),
                ("result", "pass".to_owned()),
            ];
            let value = rows.iter().map(|(key, text)| (*key, text.as_str()));
            let value = value.collect::<BTreeMap<_, _>>();
            render::value(environment.format, &value, || {
                let rows = rows.iter().map(|(key, text)| {
                    let key = format!("{key}:");
                    format!("{key:14}{text}")
                });
                rows.collect::<Vec<_>>().join("\n")
            })
        }
    }
}
