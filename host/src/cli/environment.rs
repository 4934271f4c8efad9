//! What every command works with: settings, plugins, a log.

use beskid_plugin_api::diagnostic::Diagnostic;
use figment::Figment;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use super::args::{Global, MessageFormat};
use crate::config::{self, Config};
use crate::plugins::{Precedence, Registry};
use crate::toolchain::Toolchain;

/// Settings and plugins of this invocation.
pub(super) struct Environment {
    pub(super) config: Config,
    pub(super) figment: Figment,
    pub(super) registry: Registry,
    pub(super) format: MessageFormat,
}

impl Environment {
    pub(super) fn load(global: &Global) -> Result<Self, Diagnostic> {
        let directory = std::env::current_dir().map_err(|error| {
            Diagnostic::new(
                "E4040",
                format!("cannot find the working directory: {error}"),
            )
        })?;
        let (mut config, figment) = config::load(&global.flags(), &directory)?;
        add_tool_variables(&mut config);
        let mut registry = Registry::with_builtins()?;
        registry.probe_with(vec!["plugin-probe".into()]);
        for path in &config.plugin {
            registry.add_file(path, Precedence::Replace)?;
        }
        for folder in &config.plugin_dir {
            registry.add_folder(folder)?;
        }
        Ok(Self {
            config,
            figment,
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

/// `CC`, `AR` and `RANLIB` name tools, as they do everywhere, unless the configuration
/// does.
fn add_tool_variables(config: &mut Config) {
    for (role, variable) in [("cc", "CC"), ("ar", "AR"), ("ranlib", "RANLIB")] {
        let value = std::env::var(variable).ok();
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            config.tools.entry(role.to_owned()).or_insert(value);
        }
    }
}

/// Starts the log on standard error. `BESKID_LOG`, then `RUST_LOG`, decide
/// what it shows, if `-v` is not given.
pub(super) fn start_log(verbose: u8) {
    let filter = match verbose {
        0 => EnvFilter::try_from_env("BESKID_LOG")
            .or_else(|_| EnvFilter::try_from_default_env())
            .unwrap_or_else(|_| EnvFilter::new("warn,cranelift_codegen=error")),
        1 => EnvFilter::new("warn,cranelift_codegen=error,beskid_host=info,plugin=info"),
        2 => EnvFilter::new("warn,cranelift_codegen=error,beskid_host=debug,plugin=debug"),
        _ => EnvFilter::new("trace"),
    };
    // Details include how long each stage took.
    let spans = match verbose {
        0 | 1 => FmtSpan::NONE,
        _ => FmtSpan::CLOSE,
    };
    // Only a second log in one process could fail, and there is none.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_span_events(spans)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_timer(tracing_subscriber::fmt::time::uptime())
        .try_init();
}
