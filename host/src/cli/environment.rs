//! What every command works with: settings and plugins.

use std::path::PathBuf;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::args::{Global, MessageFormat};
use super::render;
use crate::config::{self, Config, Layer, Purpose, Settings};
use crate::plugins::{Containment, Place, Registry, Terms, system_folder, user_folder};
use crate::reuse::BuildCache;
use crate::toolchain::Toolchain;

/// Settings and plugins of this invocation.
pub(super) struct Environment {
    pub(super) config: Config,
    pub(super) registry: Registry,
    cache: Option<BuildCache>,
    plugins: Vec<(Layer, PathBuf)>,
    is_locked: bool,
    pub(super) format: MessageFormat,
}

impl Environment {
    /// Reads settings and finds plugins. Whoever is `quiet` leaves out what is
    /// odd about the settings.
    pub(super) fn load(global: &Global, quiet: bool) -> Result<Self, Diagnostic> {
        let settings = config::load(&global.flags(), &working_directory()?, Purpose::Obey)?;
        if !quiet {
            warn(&settings, global.format());
        }
        let mut config = settings.config;
        // A quiet process is one of its own already, and whoever has started it tells
        // what became of it.
        let isolate = if quiet { Some(false) } else { global.isolate() };
        if isolate.is_some() {
            config.isolate = isolate;
            for plugin in config.plugins.values_mut() {
                plugin.isolate = None;
            }
        }
        let is_kept = config.build_cache && !global.no_cache && !quiet;
        let mut environment = Self {
            config,
            cache: is_kept.then(BuildCache::open).flatten(),
            registry: Registry::default(),
            plugins: settings.plugins,
            is_locked: global.locked,
            format: global.format(),
        };
        let directory = Some(working_directory()?);
        environment.registry = environment.look_around(directory)?;
        Ok(environment)
    }

    /// The plugins in reach, as they are now, on the terms of the lock that counts
    /// in a directory; of none, without one.
    pub(super) fn look_around(&self, directory: Option<PathBuf>) -> Result<Registry, Diagnostic> {
        let mut registry = Registry::with_builtins()?;
        registry.contain(Containment {
            serve: Some(vec!["plugin-serve".into()]),
            isolate: self.config.isolate,
            plugins: self.config.plugins.clone(),
        });
        // Whoever locks is not bound by what is locked so far.
        let is_locked = self.is_locked && directory.is_some();
        registry.agree_to(Terms::new(directory, is_locked));
        for (layer, path) in &self.plugins {
            let place = match layer {
                Layer::Option => Place::Option,
                Layer::Variable => Place::Variable,
                Layer::Project => Place::Project,
                Layer::User => Place::Settings,
            };
            registry.add_file(path, place)?;
        }
        for (at, folder) in self.config.plugin_dir.iter().enumerate() {
            registry.add_folder(folder.clone(), Place::Folder(at));
        }
        if let Some(folder) = user_folder() {
            registry.add_folder(folder, Place::User);
        }
        registry.add_folder(system_folder(), Place::System);
        Ok(registry)
    }

    /// What earlier builds made, if it may be used.
    pub(super) const fn cache(&self) -> Option<&BuildCache> {
        self.cache.as_ref()
    }

    /// Whether nothing may be used or written but what is locked.
    pub(super) const fn is_locked(&self) -> bool {
        self.is_locked
    }

    /// The toolchain with the configured backend, or else `default`.
    pub(super) fn toolchain(&self, default: &str) -> Result<Toolchain<'_>, Diagnostic> {
        self.toolchain_with(self.config.backend.as_deref().unwrap_or(default))
    }

    /// The toolchain with the backend of this id.
    pub(super) fn toolchain_with(&self, id: &str) -> Result<Toolchain<'_>, Diagnostic> {
        let backend = self.registry.backend(id)?;
        tracing::info!(id, origin = %backend.origin(), "backend");
        Ok(Toolchain {
            registry: &self.registry,
            config: &self.config,
            backend,
            cache: self.cache(),
            program: None,
        })
    }
}

/// Says what is odd about the settings.
pub(super) fn warn(settings: &Settings, format: MessageFormat) {
    for warning in &settings.warnings {
        render::warning(warning, format);
    }
}

pub(super) fn working_directory() -> Result<PathBuf, Diagnostic> {
    std::env::current_dir().map_err(|error| {
        let message = format!("cannot find the working directory: {error}");
        Diagnostic::new(Code::E4040, message)
    })
}
