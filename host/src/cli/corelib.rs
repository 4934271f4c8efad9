//! `beskid corelib`.

use std::fs;
use std::path::Path;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use serde_json::json;

use super::environment::Environment;
use super::render;
use crate::output;
use crate::source::corelib;

/// Writes the core library's sources to a folder (COR-5). What is there and differs is
/// somebody's work, and stays.
pub(super) fn corelib(environment: &Environment, folder: &Path) -> Result<(), Diagnostic> {
    for (name, text) in corelib::files() {
        let path = folder.join(name);
        let differs = fs::read(&path).is_ok_and(|found| found != text.as_bytes());
        if differs {
            let message = format!("`{}` is there, and is another one", path.display());
            return Err(Diagnostic::new(Code::E4040, message)
                .path(path.display().to_string())
                .help("choose another folder with `--output`, or remove this one"));
        }
    }
    for (name, text) in corelib::files() {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| output::unwritable(parent, &error))?;
        }
        output::write(&path, text.as_bytes())?;
    }
    let written = folder.display().to_string();
    let value = json!({ "corelib": written });
    render::value(environment.format, &value, || written.clone())
}
