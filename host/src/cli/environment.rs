//! What every command works with: settings and plugins.

use std::path::PathBuf;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::args::{Global, MessageFormat};
use super::render;
use crate::config::{self, Config, Purpose, Settings};
use crate::plugins::{Containment, Precedence, Registry};
use crate::toolchain::Toolchain;

/// Settings and plugins of this invocation.
pub(super) struct Environment {
    pub(super) config: Config,
    pub(super) registry: Registry,
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
        let config = settings.config;
        let mut registry = Registry::with_builtins()?;
        registry.contain(Containment {
            serve: Some(vec!["plugin-serve".into()]),
            isolate: config.isolate,
            plugins: config.plugins.clone(),
        });
        for path in &config.plugin {
            registry.add_file(path, Precedence::Replace)?;
        }
        for folder in &config.plugin_dir {
            registry.add_folder(folder)?;
        }
        Ok(Self {
            config,
            registry,
            format: global.format(),
        })
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
