//! `beskid test`: `test` items of `.bd` files, run directives of `.clif` files (CMD-5).

mod broken;
pub(super) mod directives;
mod items;
mod junit;
mod progress;
mod report;

use std::path::Path;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::args::{Global, TestArgs};
use super::environment::Environment;
use super::inputs::is_project;
use crate::failure::Failure;
use crate::project::has_manifest;

pub(super) use items::worker as items_worker;

/// Runs the tests of all inputs; exit status 1 if any failed.
pub(super) fn test(
    environment: &Environment,
    global: &Global,
    args: &TestArgs,
) -> Result<u8, Failure> {
    let inputs = args.inputs.iter().cloned();
    let (items, directives) = inputs.partition::<Vec<_>, _>(|input| has_items(input));
    if !directives.is_empty() && args.is_about_items() {
        let message = "options about test items, and an input that has none";
        let shown = directives[0].display();
        return Err(Diagnostic::new(Code::E4041, message)
            .note(format!("`{shown}` is neither a source `.bd` nor a project"))
            .help("test it with a command of its own, without these options")
            .into());
    }
    let mut status = 0;
    if !directives.is_empty() {
        status = directives::test(environment, global, args, &directives)?;
    }
    if !items.is_empty() || directives.is_empty() {
        status = status.max(items::test(environment, global, args, &items)?);
    }
    Ok(status)
}

/// Whether an input is a Beskid program or a project; all else has directives.
fn has_items(input: &Path) -> bool {
    match input.is_dir() {
        true => has_manifest(input),
        false => input.extension().is_some_and(|end| end == "bd") || is_project(input),
    }
}
