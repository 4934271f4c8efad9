//! `beskid plugin`.

use std::path::Path;

use beskid_plugin_api::diagnostic::Diagnostic;

use super::args::PluginCommand;
use super::environment::Environment;
use super::render;
use crate::plugins::{probe as load_and_describe, vet};

/// Loads a plugin file, and says what came of it.
pub(super) fn probe(path: &Path) -> Result<(), Diagnostic> {
    let proof = serde_json::to_string(&load_and_describe(path)?);
    let malformed = |error| Diagnostic::new("E5113", format!("cannot be told: {error}"));
    render::line(&proof.map_err(malformed)?)
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
                render::line(&format!(
                    "{:8} {:10} {:8} {:16} {}{shadowed}",
                    manifest.kind.to_string(),
                    manifest.id,
                    manifest.version,
                    manifest.capabilities.join(","),
                    entry.origin(),
                ))?;
            }
            Ok(())
        }
        PluginCommand::Inspect { path } => {
            let plugin = vet(path)?;
            let manifest = plugin.manifest();
            render::line(&format!("path:         {}", plugin.path().display()))?;
            render::line(&format!("digest:       {}", plugin.digest()))?;
            render::line(&format!("kind:         {}", manifest.kind))?;
            render::line(&format!("id:           {}", manifest.id))?;
            render::line(&format!("version:      {}", manifest.version))?;
            render::line(&format!("plugin-api:   {}", manifest.api))?;
            render::line(&format!("target:       {}", manifest.target))?;
            render::line(&format!("toolchain:    {}", manifest.toolchain))?;
            render::line(&format!("contract:     {}", manifest.contract))?;
            render::line(&format!(
                "capabilities: {}",
                manifest.capabilities.join(", ")
            ))?;
            render::line("result:       pass")
        }
    }
}
