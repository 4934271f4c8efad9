//! Where settings come from, and which wins.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use figment::providers::{Format, Serialized, Toml};
use figment::{Figment, Provider};
use serde::Serialize;

use super::files::user_file;
use super::project::{Found, Project};
use super::{BackendOptions, Config, Extern, OptLevel, Purpose, variables};
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
    /// `--backend-option`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub backend_options: BTreeMap<String, String>,
    /// `--extern-dlopen`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#extern: Option<Extern>,
    /// `--isolate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isolate: Option<bool>,
}

impl Flags {
    /// The settings where nothing else says any.
    fn alone(&self) -> Config {
        let base = Config::default();
        Config {
            backend: self.backend.clone(),
            linker: self.linker.clone(),
            plugin: self.plugin.clone(),
            plugin_dir: self.plugin_dir.clone(),
            optimize: self.optimize.unwrap_or(base.optimize),
            jobs: self.jobs,
            backend_options: BackendOptions::new(self.backend_options.clone()),
            r#extern: self.r#extern.unwrap_or(base.r#extern),
            isolate: self.isolate.or(base.isolate),
            ..base
        }
    }
}

fn defaults() -> Figment {
    Figment::from(Serialized::defaults(Config::default()))
}

/// What was read.
#[derive(Debug)]
pub struct Settings {
    /// The settings in force.
    pub config: Config,
    /// Where each comes from, if they are to be shown.
    pub figment: Figment,
    /// What is odd, and stops nothing.
    pub warnings: Vec<Diagnostic>,
    /// The plugin files of `config`, with who names each.
    pub plugins: Vec<(Layer, PathBuf)>,
}

/// Who says something. The later ones win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// The user's file.
    User,
    /// The project's file.
    Project,
    /// A variable.
    Variable,
    /// The command line.
    Option,
}

/// The lists of plugins and of folders that the layers add up to, the last layer
/// first.
#[derive(Debug, Default)]
struct Lists {
    plugins: Vec<(Layer, PathBuf)>,
    folders: Vec<PathBuf>,
}

impl Lists {
    /// Adds what a layer says, before what the earlier ones do. What is malformed
    /// is for the merged settings to tell.
    fn add(&mut self, layer: Layer, provider: &impl Provider) {
        let figment = Figment::from(provider);
        let list = |key| figment.extract_inner::<Vec<PathBuf>>(key);
        let plugins = list("plugin").unwrap_or_default().into_iter();
        let plugins = plugins.map(|path| (layer, path));
        self.plugins.splice(0..0, plugins);
        let folders = list("plugin-dir").unwrap_or_default();
        self.folders.splice(0..0, folders);
    }

    /// A relative path means another file in each folder that the user enters;
    /// only the command line is about the current one.
    fn check(&self) -> Result<(), Diagnostic> {
        let plugins = self.plugins.iter().map(|(_, path)| path);
        let mut paths = plugins.chain(&self.folders);
        let Some(relative) = paths.find(|path| path.is_relative()) else {
            return Ok(());
        };
        let message = format!("the plugin path `{}` is relative", relative.display());
        Err(Diagnostic::new(Code::E5301, message)
            .help("give absolute paths in configuration files and variables"))
    }
}

/// Reads all layers; `directory` is the working directory.
///
/// # Errors
/// E5301 names the file or variable, the key and what was expected; E5302 if
/// the project's file wants something that the user has not agreed to, which is
/// a warning for who only shows the settings.
pub fn load(flags: &Flags, directory: &Path, purpose: Purpose) -> Result<Settings, Diagnostic> {
    let tools = variables::usual_tools()?;
    let user = user_file();
    if let Some(user) = &user {
        note(user);
    }
    let names = variables::names();
    let mut warnings = variables::warnings(&names);
    let project = match Project::find(directory, purpose)? {
        Found::Nothing => None,
        Found::Project(project) => {
            warnings.extend(project.refusal.clone());
            Some(project)
        }
        Found::Foreign(warning) => {
            warnings.push(warning);
            None
        }
    };
    let own = variables::own(&names)?;
    let user = user.filter(|user| user.exists());
    let is_plain = tools.is_empty() && user.is_none() && project.is_none() && own.is_empty();
    if is_plain && purpose == Purpose::Obey {
        // Nothing has to be merged, and nobody asks where a setting comes from.
        let plugins = flags.plugin.iter();
        let plugins = plugins.map(|path| (Layer::Option, path.clone()));
        return Ok(Settings {
            config: flags.alone(),
            figment: Figment::new(),
            warnings,
            plugins: plugins.collect(),
        });
    }
    let mut figment = defaults();
    let mut lists = Lists::default();
    for variable in tools {
        figment = figment.merge(variable);
    }
    if let Some(user) = user {
        let user = Toml::file(user);
        lists.add(Layer::User, &user);
        figment = figment.merge(user);
    }
    if let Some(project) = project {
        lists.add(Layer::Project, &project);
        figment = figment.merge(project);
    }
    for variable in own {
        lists.add(Layer::Variable, &variable);
        figment = figment.merge(variable);
    }
    figment
        .extract::<Config>()
        .map_err(|error| invalid(&error))?;
    lists.check()?;
    let flags = Serialized::defaults(flags);
    lists.add(Layer::Option, &flags);
    let figment = figment.merge(flags);
    let mut config = figment
        .extract::<Config>()
        .map_err(|error| invalid(&error))?;
    config.plugin = lists.plugins.iter().map(|(_, path)| path.clone()).collect();
    config.plugin_dir = lists.folders;
    Ok(Settings {
        config,
        figment,
        warnings,
        plugins: lists.plugins,
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_alone_are_the_layers_without_any_other() {
        let given = Flags {
            backend: Some("jit".to_owned()),
            linker: Some("unix".to_owned()),
            plugin: vec!["a.so".into(), "/b.so".into()],
            plugin_dir: vec!["plugins".into()],
            optimize: Some(OptLevel::Speed),
            jobs: NonZeroU32::new(3),
            backend_options: [("jit.a.b".to_owned(), "c".to_owned())].into(),
            r#extern: Some(Extern { dlopen: true }),
            isolate: Some(true),
        };
        for flags in [Flags::default(), given] {
            let merged = defaults().merge(Serialized::defaults(&flags));
            assert_eq!(flags.alone(), merged.extract::<Config>().unwrap());
        }
    }
}
