//! `beskid plugin`.

mod change;
mod check;
mod inspect;
mod kind;
mod list;
mod lock;
mod new;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

pub(super) use check::test_one;

use super::args::{Global, PluginCommand, PluginServeArgs};
use super::environment::Environment;
use crate::failure::Failure;
use crate::plugins::{self, Serve, serve};

/// Has this process watch over another one, which serves a plugin, before it has any
/// thread or handler of signals.
pub(super) fn part(args: &PluginServeArgs) -> Result<(), Diagnostic> {
    plugins::part().map_err(|error| {
        let message = format!("cannot serve plugin `{}`: {error}", args.id);
        Diagnostic::new(Code::E4040, message)
    })
}

/// Serves a plugin to the process that has started this one.
pub(super) fn serve_one(args: &PluginServeArgs) -> Result<(), Diagnostic> {
    serve(Serve {
        path: &args.path,
        id: &args.id,
        libraries: &args.library,
        memory: args.memory,
    })
}

/// Does what a command about plugins says.
pub(super) fn plugin(
    environment: &Environment,
    global: &Global,
    command: &PluginCommand,
) -> Result<u8, Failure> {
    match command {
        PluginCommand::List => list::list(environment)?,
        PluginCommand::Which { name } => list::which(environment, name)?,
        PluginCommand::Inspect { path, ask } => inspect::inspect(environment, path, *ask)?,
        PluginCommand::New(args) => new::new(environment, args)?,
        PluginCommand::Check(args) => return check::check(environment, global, args),
        PluginCommand::Add { paths } => change::add(environment, paths)?,
        PluginCommand::Remove(names) => change::remove(environment, &names.names)?,
        PluginCommand::Enable(names) => change::switch(environment, &names.names, true)?,
        PluginCommand::Disable(names) => change::switch(environment, &names.names, false)?,
        PluginCommand::Update { names } => {
            lock::check_update(environment)?;
            let unknown = change::update(environment, names)?;
            lock::update(environment, names, &unknown)?;
        }
        PluginCommand::Lock { names } => lock::lock(environment, names)?,
    }
    Ok(0)
}
