//! Where settings come from, and which wins.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use serde::Serialize;

use super::files::user_file;
use super::project::{Found, Project};
use super::{Config, Extern, OptLevel, Purpose, variables};
use crate::input::note;

/// Settings given on the command line. Absent ones say nothing.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Flags {
    /// `--backend`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend: Option<String>,
    /// `--linker`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linker: Option<String>,
    /// `--plugin`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plugin: Vec<PathBuf>,
    /// `--plugin-dir`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plugin_dir: Vec<PathBuf>,
    /// `--optimize`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optimize: Option<OptLevel>,
    /// `--jobs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jobs: Option<NonZeroU32>,
    /// `--extern-dlopen`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#extern: Option<Extern>,
}

/// What was read.
#[derive(Debug)]
pub struct Settings {
    /// The settings in force.
    pub config: Config,
    /// Where each comes from.
    pub figment: Figment,
    /// What is odd, and stops nothing.
    pub warnings: Vec<Diagnostic>,
}

/// Reads all layers; `directory` is the working directory.
///
/// # Errors
/// E5301 names the file or variable, the key and what was expected; E5302 if
/// the project's file wants something that the user has not agreed to, which is
/// a warning for who only shows the settings.
pub fn load(flags: &Flags, directory: &Path, purpose: Purpose) -> Result<Settings, Diagnostic> {
    let mut figment = Figment::from(Serialized::defaults(Config::default()));
    for variable in variables::usual_tools()? {
        figment = figment.merge(variable);
    }
    if let Some(user) = user_file() {
        note(&user);
        figment = figment.merge(Toml::file(user));
    }
    let mut warnings = variables::warnings();
    match Project::find(directory, purpose)? {
        Found::Nothing => {}
        Found::Project(project) => {
            warnings.extend(project.refusal.clone());
            figment = figment.merge(project);
        }
        Found::Foreign(warning) => warnings.push(warning),
    }
    for variable in variables::own()? {
        figment = figment.merge(variable);
    }
    check_plugin_paths(&figment.extract().map_err(|error| invalid(&error))?)?;
    let figment = figment.merge(Serialized::defaults(flags));
    Ok(Settings {
        config: figment.extract().map_err(|error| invalid(&error))?,
        figment,
        warnings,
    })
}

/// A relative path means another file in each folder that the user enters;
/// only the command line is about the current one.
fn check_plugin_paths(config: &Config) -> Result<(), Diagnostic> {
    let mut paths = config.plugin.iter().chain(&config.plugin_dir);
    let Some(relative) = paths.find(|path| path.is_relative()) else {
        return Ok(());
    };
    let message = format!("the plugin path `{}` is relative", relative.display());
    Err(Diagnostic::new(Code::E5301, message)
        .help("give absolute paths in configuration files and variables"))
}

fn invalid(error: &figment::Error) -> Diagnostic {
    let mut errors = error.clone().into_iter().map(|error| {
        let path = match error.metadata.as_ref().map(|data| &data.source) {
            Some(Some(figment::Source::File(path))) => Some(path.display().to_string()),
            _ => None,
        };
        (described(&error), path)
    });
    let (message, path) = errors.next().unwrap_or_default();
    let mut diagnostic = Diagnostic::new(Code::E5301, format!("invalid configuration: {message}"));
    if let Some(path) = path {
        diagnostic = diagnostic.path(path);
    }
    for (other, _) in errors {
        diagnostic = diagnostic.note(other);
    }
    diagnostic.help("`beskid config` shows every setting and where it comes from")
}

/// What is wrong, with the key as the user writes it and the place.
fn described(error: &figment::Error) -> String {
    let mut text = error.kind.to_string();
    if !error.path.is_empty() {
        text = format!("{text} for key `{}`", error.path.join("."));
    }
    let Some(metadata) = &error.metadata else {
        return text;
    };
    match &metadata.source {
        Some(figment::Source::File(path)) => format!("{text} in `{}`", path.display()),
        _ => format!("{text} in {}", metadata.name),
    }
}
