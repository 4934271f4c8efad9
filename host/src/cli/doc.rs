//! `beskid doc`.

use serde_json::json;

use super::environment::Environment;
use super::render;
use super::source_args::DocArgs;
use crate::docs;
use crate::failure::Failure;
use crate::source::Source;

/// Writes the documentation of a program, and says where.
pub(super) fn doc(environment: &Environment, args: &DocArgs) -> Result<(), Failure> {
    let (documented, findings) = docs::read(&Source::read(&args.input)?)?;
    render::findings(&findings, environment.format);
    let paths = documented.write(&args.out)?;
    let paths = paths.map(|path| path.display().to_string());
    let value = json!({ "api": paths[0], "index": paths[1], "site": paths[2] });
    Ok(render::value(environment.format, &value, || {
        paths.join("\n")
    })?)
}
