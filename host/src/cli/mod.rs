//! The command line: from arguments to an exit status.

mod args;
mod artifact;
mod build;
mod build_args;
mod corelib;
mod cut_short;
mod debug_args;
mod diff;
mod doc;
mod doctor;
mod environment;
mod format;
mod guide;
mod hunt;
mod hunt_args;
mod inputs;
mod inspect;
mod lean;
mod lint_args;
mod log;
mod lsp;
mod plugin;
mod project;
mod project_args;
mod render;
mod run;
mod script;
mod source_args;
mod terminal;
mod test;
mod tree;
mod trust;
mod unreached;
mod usage;
mod xml;

use std::process::ExitCode;

use serde_json::json;

use crate::child::end_with_parent;
use crate::failure::Failure;
use crate::last_words;
use crate::scratch;
use crate::signals;
use crate::timings;
use args::{Cli, Command, Global};
use environment::Environment;

/// Exit status of a command that failed. Wrong usage is 2, from clap.
const FAILED: u8 = 1;

/// Runs the command that the process's arguments ask for.
pub fn main() -> ExitCode {
    let cli = match usage::parse() {
        Ok(cli) => cli.with_profile(),
        Err(status) => return status,
    };
    let odd = log::start(cli.global.verbose, cli.global.format());
    if let Some(odd) = odd.filter(|_| !is_own_child(&cli.command)) {
        render::warning(&odd, cli.global.format());
    }
    if cli.global.format() == args::MessageFormat::Json {
        last_words::say_in_json();
    }
    if cli.global.timings && !is_own_child(&cli.command) {
        timings::show(match cli.global.format() {
            args::MessageFormat::Json => timings::Shown::Json,
            args::MessageFormat::Human | args::MessageFormat::Plain => timings::Shown::Lines,
        });
    }
    if cli.command.is_for_parent() {
        end_with_parent(cli.global.parent);
    }
    if let Command::PluginServe(args) = &cli.command
        && let Err(error) = plugin::part(args)
    {
        render::failure(&error.into(), cli.global.format());
        return ExitCode::from(FAILED);
    }
    signals::watch();
    scratch::watch_crashes();
    cut_short::watch(&cli);
    let ended = dispatch(&cli);
    if let Some(signal) = signals::received() {
        signals::end(signal);
    }
    match ended {
        Ok(status) => ExitCode::from(status),
        Err(failure) => {
            render::failure(&failure, cli.global.format());
            ExitCode::from(FAILED)
        }
    }
}

fn dispatch(cli: &Cli) -> Result<u8, Failure> {
    let format = cli.global.format();
    match &cli.command {
        Command::Trust(args) => trust::trust(args, format)?,
        Command::Config { paths: true } => trust::paths(format)?,
        Command::Config { paths: false } => trust::settings(&cli.global)?,
        Command::Explain { code } => guide::explain(code, format)?,
        Command::Completions { shell } => guide::completions(*shell, format)?,
        Command::Man { command } => guide::man(command, format)?,
        Command::PluginServe(args) => plugin::serve_one(args)?,
        Command::Format(args) => return format::format(args, format),
        Command::Parse(args) => return tree::parse(args, format),
        Command::Lsp(_) => return lsp::lsp(),
        Command::Tree { input } => return tree::tree(input, format),
        command => return with_settings(command, &cli.global),
    }
    Ok(0)
}

/// The commands that read the configuration first.
fn with_settings(command: &Command, global: &Global) -> Result<u8, Failure> {
    let environment = Environment::load(global, is_own_child(command))?;
    match command {
        Command::Run(args) => return run::run(&environment, args),
        Command::Build(args) => build::build(&environment, args)?,
        Command::Analyze { program, lints } => {
            let source = inputs::examined(&environment, program)?.source;
            let path = source.path().display().to_string();
            let found = crate::lower::analyze(source, &lints.lints()?, environment.cache())?;
            render::findings(&found, environment.format);
            let found = json!({ "path": path, "errors": 0 });
            render::silent(environment.format, &found)?;
        }
        Command::Doc(args) => doc::doc(&environment, args)?,
        Command::Test(args) => return test::test(&environment, global, args),
        Command::Diff(args) => return diff::diff(&environment, global, args),
        Command::Hunt(args) => return hunt::hunt(&environment, global, args),
        Command::TestWorker(args) => test::directives::worker(&environment, args)?,
        Command::TestItems(args) => test::items_worker(&environment, args)?,
        Command::HuntWorker(args) => hunt::worker(&environment, args)?,
        Command::Corelib { output } => corelib::corelib(&environment, output)?,
        Command::Clif { program, debug } => artifact::clif(&environment, program, *debug)?,
        Command::New(args) => project::new(&environment, args)?,
        Command::Init(args) => project::init(&environment, args)?,
        Command::Fetch(args) => project::fetch(&environment, args)?,
        Command::Lock(place) => project::lock(&environment, place)?,
        Command::Update(place) => project::update(&environment, place)?,
        Command::Plugin(command) => return plugin::plugin(&environment, global, command),
        Command::PluginTest(args) => plugin::test_one(&environment, global, args)?,
        Command::Doctor => return doctor::doctor(&environment, global),
        Command::Inspect { file } => return inspect::inspect(&environment, file),
        Command::Artifact(command) => artifact::artifact(&environment, command)?,
        Command::Config { .. }
        | Command::Trust(_)
        | Command::Explain { .. }
        | Command::Completions { .. }
        | Command::Man { .. }
        | Command::Format(_)
        | Command::Lsp(_)
        | Command::Parse(_)
        | Command::Tree { .. }
        | Command::PluginServe(_) => {}
    }
    Ok(0)
}

/// Whether another process of this program started this one, and has said all
/// that is to be said of the settings.
const fn is_own_child(command: &Command) -> bool {
    match command {
        Command::TestWorker(_)
        | Command::TestItems(_)
        | Command::HuntWorker(_)
        | Command::PluginServe(_)
        | Command::PluginTest(_) => true,
        Command::Run(args) => args.report.is_some(),
        // The plugin is to be where the debugger is.
        Command::Plugin(args::PluginCommand::Check(args)) => args.in_process,
        _ => false,
    }
}
