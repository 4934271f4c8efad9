//! The command line: from arguments to an exit status.

mod args;
mod artifact;
mod build;
mod diff;
mod environment;
mod inspect;
mod plugin;
mod render;
mod run;
mod test;

use std::process::ExitCode;

use clap::Parser;

use crate::config;
use crate::failure::Failure;
use crate::source::Source;
use args::{Cli, Command};
use environment::Environment;

/// Exit status of a command that failed. Wrong usage is 2, from clap.
const FAILED: u8 = 1;

/// Runs the command that the process's arguments ask for.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    environment::start_log(cli.global.verbose);
    match dispatch(&cli) {
        Ok(status) => ExitCode::from(status),
        Err(failure) => {
            render::failure(&failure, cli.global.format());
            ExitCode::from(FAILED)
        }
    }
}

fn dispatch(cli: &Cli) -> Result<u8, Failure> {
    let environment = Environment::load(&cli.global)?;
    match &cli.command {
        Command::Run(args) => return run::run(&environment, args),
        Command::Build(args) => build::build(&environment, args)?,
        Command::Analyze { input } => {
            crate::lower::lower(Source::read(input)?, None)?;
        }
        Command::Test {
            inputs,
            backends,
            timeout,
        } => {
            let options = test::options(&environment, &cli.global, backends, *timeout)?;
            return test::test(&environment, inputs, &options);
        }
        Command::Diff(args) => return diff::diff(&environment, &cli.global, args),
        Command::TestWorker(args) => test::worker(&environment, args)?,
        Command::Clif { input } => artifact::clif(input)?,
        Command::PluginProbe { path } => plugin::probe(path)?,
        Command::Plugin(command) => plugin::plugin(&environment, command)?,
        Command::Inspect { file } => return inspect::inspect(&environment, file),
        Command::Artifact(command) => artifact::artifact(command)?,
        Command::Config => {
            for setting in config::report(&environment.config, &environment.figment) {
                render::line(&format!(
                    "{} = {}  # {}",
                    setting.key, setting.value, setting.origin
                ))?;
            }
        }
    }
    Ok(0)
}
