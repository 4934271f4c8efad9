//! `run --profile`: an option of the backend under a name of its own.

use clap::ValueEnum;

use super::{Cli, Command};

/// Name of the backend's option.
const OPTION: &str = "profile";

/// How a profiler is told of functions in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProfileArg {
    /// By `/tmp/perf-PID.map`, which `perf report` reads.
    Perf,
    /// By `jit-PID.dump` in the folder for temporary files, for `perf inject --jit`.
    Jitdump,
}

impl Cli {
    /// With the option for what the flag asks.
    #[must_use]
    pub fn with_profile(mut self) -> Self {
        let asked = match &self.command {
            Command::Run(args) => args.profile,
            _ => None,
        };
        let value = asked.map(|asked| match asked {
            ProfileArg::Perf => "perf",
            ProfileArg::Jitdump => "jitdump",
        });
        let option = value.map(|value| (OPTION.to_owned(), value.to_owned()));
        self.global.backend_option.extend(option);
        self
    }
}
