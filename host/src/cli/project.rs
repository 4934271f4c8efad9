//! `beskid new`, `init`, `fetch`, `lock` and `update`.

use serde_json::json;

use super::environment::Environment;
use super::inputs;
use super::project_args::{InitProjectArgs, NewProjectArgs, PlaceArgs, ProjectArgs};
use super::render;
use crate::failure::Failure;
use crate::project::{self, Resolved, Template};

/// Begins a project.
pub(super) fn new(environment: &Environment, args: &NewProjectArgs) -> Result<(), Failure> {
    let template = match args.lib {
        true => Template::Lib,
        false => Template::App,
    };
    let name = project::new(&args.folder, template)?;
    let shown = args.folder.display().to_string();
    let value = json!({ "project": name, "path": shown });
    Ok(render::value(environment.format, &value, || {
        let folder = shell_words::quote(&shown);
        let next = match template {
            Template::App => "beskid run",
            Template::Lib => "beskid build",
        };
        format!("created: {name} in {shown}\nnext: cd {folder}; {next}")
    })?)
}

/// Begins a project in a folder that is there.
pub(super) fn init(environment: &Environment, args: &InitProjectArgs) -> Result<(), Failure> {
    let template = match args.lib {
        true => Template::Lib,
        false => Template::App,
    };
    let name = project::init(&args.folder, template)?;
    let shown = args.folder.display().to_string();
    let value = json!({ "project": name, "path": shown });
    Ok(render::value(environment.format, &value, || {
        format!("created: {name} in {shown}")
    })?)
}

/// Finds and locks what a project needs, and gathers the sources.
pub(super) fn fetch(environment: &Environment, args: &ProjectArgs) -> Result<(), Failure> {
    let resolved = inputs::project(environment, &args.place, args.frozen)?;
    if args.frozen {
        return done(
            environment,
            &resolved,
            "Dependencies resolved; nothing is gathered with `--frozen`.",
        );
    }
    resolved.materialize()?;
    done(
        environment,
        &resolved,
        "Dependencies resolved and materialized.",
    )
}

/// Finds and locks what a project needs.
pub(super) fn lock(environment: &Environment, place: &PlaceArgs) -> Result<(), Failure> {
    let resolved = inputs::project(environment, place, false)?;
    done(environment, &resolved, "Project.lock synchronized.")
}

/// As [`fetch`], whatever was locked.
pub(super) fn update(environment: &Environment, place: &PlaceArgs) -> Result<(), Failure> {
    let resolved = inputs::project(environment, place, false)?;
    resolved.materialize()?;
    done(
        environment,
        &resolved,
        "Dependency lock and materialized workspace updated.",
    )
}

fn done(environment: &Environment, resolved: &Resolved, text: &str) -> Result<(), Failure> {
    let value = json!({
        "project": resolved.name(),
        "path": resolved.folder().display().to_string(),
        "dependencies": resolved.dependencies(),
    });
    Ok(render::value(environment.format, &value, || {
        text.to_owned()
    })?)
}
