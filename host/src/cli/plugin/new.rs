//! `beskid plugin new`.

use std::path::Path;

use beskid_plugin_api::diagnostic::Diagnostic;
use serde_json::json;

use super::super::args::NewArgs;
use super::super::environment::Environment;
use super::super::render;
use super::kind::kind_of;
use crate::kit::NewPlugin;

/// Writes the package of a new plugin.
///
/// # Errors
/// E5182 if there can be no such plugin, or no such folder.
pub(super) fn new(environment: &Environment, args: &NewArgs) -> Result<(), Diagnostic> {
    let kind = kind_of(args.kind);
    let folder = args.path.as_deref().unwrap_or(Path::new(&args.name));
    let plugin = NewPlugin {
        kind,
        id: &args.name,
        folder,
        api: args.api.as_deref(),
    };
    let package = plugin.make()?;
    let shown = folder.display().to_string();
    let value = json!({
        "package": package,
        "kind": kind.to_string(),
        "id": args.name,
        "path": shown,
    });
    render::value(environment.format, &value, || {
        let file = format!("target/debug/lib{}.so", package.replace('-', "_"));
        format!(
            "created: {kind} {} in {shown}\n\
             next: cd {shown}; cargo build; beskid plugin check {file}",
            args.name
        )
    })
}
