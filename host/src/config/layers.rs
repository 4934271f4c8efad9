//! Where settings come from, and which wins.

use std::path::{Path, PathBuf};

use beskid_plugin_api::diagnostic::Diagnostic;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::Serialize;

use super::{Config, Extern, OptLevel};

/// Name of the project's file, in the working directory.
const PROJECT_FILE: &str = "beskid.toml";
/// Prefix of the environment variables.
const PREFIX: &str = "BESKID_";
/// Keys that a project's file may not set: they make the host load code.
const USER_ONLY: [&str; 2] = ["plugin", "plugin-dir"];

/// `BESKID_PLUGIN` and `BESKID_PLUGIN_DIR`: lists of paths, separated as in
/// `PATH`.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
struct PathVariables {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    plugin: Vec<PathBuf>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    plugin_dir: Vec<PathBuf>,
}

impl PathVariables {
    fn read() -> Self {
        let paths = |variable: &str| {
            let value = std::env::var_os(variable).unwrap_or_default();
            let paths = std::env::split_paths(&value);
            paths.filter(|path| !path.as_os_str().is_empty()).collect()
        };
        Self {
            plugin: paths("BESKID_PLUGIN"),
            plugin_dir: paths("BESKID_PLUGIN_DIR"),
        }
    }
}

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
    /// `--extern-dlopen`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#extern: Option<Extern>,
}

/// Reads all layers; `directory` is the working directory.
///
/// # Errors
/// E5301 names the file or variable, the key and what was expected; E5302 if
/// the project's file asks for plugins.
pub fn load(flags: &Flags, directory: &Path) -> Result<(Config, Figment), Diagnostic> {
    let project = directory.join(PROJECT_FILE);
    refuse_plugins(&project)?;
    let mut figment = Figment::from(Serialized::defaults(Config::default()));
    if let Some(user) = user_file() {
        figment = figment.merge(Toml::file(user));
    }
    let figment = figment
        .merge(Toml::file(project))
        .merge(environment())
        .merge(Serialized::defaults(PathVariables::read()));
    check_plugin_paths(&figment.extract().map_err(|error| invalid(&error))?)?;
    let figment = figment.merge(Serialized::defaults(flags));
    let config = figment.extract().map_err(|error| invalid(&error))?;
    Ok((config, figment))
}

/// A relative path means another file in each folder that the user enters;
/// only the command line is about the current one.
fn check_plugin_paths(config: &Config) -> Result<(), Diagnostic> {
    let mut paths = config.plugin.iter().chain(&config.plugin_dir);
    let Some(relative) = paths.find(|path| path.is_relative()) else {
        return Ok(());
    };
    let message = format!("the plugin path `{}` is relative", relative.display());
    Err(Diagnostic::new("E5301", message)
        .help("give absolute paths in configuration files and variables"))
}

/// `BESKID_TOOLS_CC` is `tools.cc`.
fn environment() -> Env {
    let known = ["backend", "linker", "optimize", "extern.dlopen"];
    Env::prefixed(PREFIX)
        .map(|key| {
            let key = key.as_str().to_ascii_lowercase().replace('_', "-");
            match key.strip_prefix("tools-") {
                Some(tool) => format!("tools.{tool}").into(),
                None if key == "extern-dlopen" => "extern.dlopen".into(),
                None => key.into(),
            }
        })
        .filter(move |key| known.iter().any(|name| key == *name) || key.starts_with("tools."))
        .split(".")
}

/// The user's own file.
fn user_file() -> Option<PathBuf> {
    let base = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let base = base.filter(|path| path.is_absolute());
    let base = base.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".config")))?;
    Some(base.join("beskid").join("config.toml"))
}

/// Loading a plugin runs its code, so a folder that the user merely entered
/// must not decide it.
fn refuse_plugins(project: &Path) -> Result<(), Diagnostic> {
    let figment = Figment::from(Toml::file(project));
    for key in USER_ONLY {
        if figment.contains(key) {
            let message = format!("`{}` may not set `{key}`", project.display());
            return Err(Diagnostic::new("E5302", message).help(
                "a project's file cannot make beskid load a plugin; use `--plugin`, \
                 `BESKID_PLUGIN` or your own configuration file",
            ));
        }
    }
    Ok(())
}

fn invalid(error: &figment::Error) -> Diagnostic {
    let mut diagnostic = Diagnostic::new("E5301", format!("invalid configuration: {error}"));
    for other in error.clone().into_iter().skip(1) {
        diagnostic = diagnostic.note(other.to_string());
    }
    diagnostic.help("`beskid config` shows every setting and where it comes from")
}
