//! `beskid plugin new`.

use std::path::{Path, PathBuf};
use std::process::Command;

use beskid_plugin_api::diagnostic::Diagnostic;
use serde_json::{Value, json};

use super::super::args::NewArgs;
use super::super::environment::Environment;
use super::super::render;
use super::kind::kind_of;
use crate::child::run_tool;
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
        is_builtin: environment.registry.has_builtin(kind, &args.name),
    };
    let package = plugin.make()?;
    let shown = folder.display().to_string();
    let library = format!("debug/lib{}.so", package.replace('-', "_"));
    let library = target_folder(folder).join(library).display().to_string();
    let value = json!({
        "package": package,
        "kind": kind.to_string(),
        "id": args.name,
        "path": shown,
        "library": library,
    });
    render::value(environment.format, &value, || {
        let (folder, library) = (shell_words::quote(&shown), shell_words::quote(&library));
        format!(
            "created: {kind} {} in {shown}\n\
             next: cd {folder}; cargo build; beskid plugin check {library}",
            args.name
        )
    })
}

/// Where cargo builds a package: within its folder, or else the whole path. What its
/// variables and files of settings say of that it says itself; where there is no cargo
/// that does, it is cargo's own choice.
fn target_folder(package: &Path) -> PathBuf {
    let mut cargo = Command::new("cargo");
    let args = ["metadata", "--format-version=1", "--no-deps", "--offline"];
    cargo.args(args).current_dir(package);
    let told = run_tool(&mut cargo).ok();
    let told = told.filter(|told| told.status.success());
    let told = told.and_then(|told| serde_json::from_slice::<Value>(&told.stdout).ok());
    let folder = told
        .as_ref()
        .and_then(|told| told["target_directory"].as_str());
    let Some(folder) = folder.map(PathBuf::from) else {
        return PathBuf::from("target");
    };
    let within = package.canonicalize().ok();
    let within = within.and_then(|package| Some(folder.strip_prefix(package).ok()?.to_owned()));
    within.unwrap_or(folder)
}
