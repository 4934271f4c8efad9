//! `beskid doc`.

use std::path::PathBuf;

use serde_json::json;

use super::environment::Environment;
use super::inputs;
use super::render;
use super::source_args::DocArgs;
use crate::docs;
use crate::failure::Failure;

/// Writes the documentation of a program, and says where.
pub(super) fn doc(environment: &Environment, args: &DocArgs) -> Result<(), Failure> {
    let program = inputs::examined(environment, &args.program)?;
    let (name, folder) = match program.project {
        Some(project) => (Some(project.name), project.folder.join(".beskid/docs")),
        None => (None, PathBuf::from("doc-out")),
    };
    let (documented, findings) = docs::read(&program.source, name)?;
    render::findings(&findings, environment.format);
    let paths = documented.write(args.out.as_ref().unwrap_or(&folder))?;
    let paths = paths.map(|path| path.display().to_string());
    let value = json!({ "api": paths[0], "index": paths[1], "site": paths[2] });
    Ok(render::value(environment.format, &value, || {
        paths.join("\n")
    })?)
}
