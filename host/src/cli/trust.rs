//! `beskid trust` and `beskid config`.

use std::path::Path;

use beskid_plugin_api::diagnostic::Diagnostic;
use serde_json::json;

use super::args::{Global, MessageFormat, TrustArgs};
use super::environment::{warn, working_directory};
use super::render;
use crate::cache;
use crate::config::{self, Purpose, Trust};

/// Trusts a project's file, lists what is trusted, or takes trust back.
pub(super) fn trust(args: &TrustArgs, format: MessageFormat) -> Result<(), Diagnostic> {
    let mut trust = Trust::load()?;
    match &args.folder {
        Some(folder) if args.remove => {
            let folder = trust.remove(folder)?;
            let folder = folder.display().to_string();
            let value = json!({ "folder": folder, "trusted": false });
            render::value(format, &value, || format!("no longer trusted: {folder}"))
        }
        Some(folder) => {
            let (folder, keys) = trust.add(folder)?;
            let folder = folder.display().to_string();
            let value = json!({ "folder": folder, "trusted": true, "keys": keys });
            render::value(format, &value, || {
                let keys = match keys.is_empty() {
                    true => "nothing that needs trust".to_owned(),
                    false => keys.join(", "),
                };
                format!("trusted: {folder}\nits beskid.toml sets: {keys}")
            })
        }
        None => {
            for (folder, state) in trust.list() {
                let value = json!({ "folder": folder, "state": state.name() });
                render::value(format, &value, || format!("{folder}  {}", state.name()))?;
            }
            Ok(())
        }
    }
}

/// Shows every setting and where it comes from, though no command would obey it.
pub(super) fn settings(global: &Global) -> Result<(), Diagnostic> {
    let format = global.format();
    let settings = config::load(&global.flags(), &working_directory()?, Purpose::Show)?;
    warn(&settings, format);
    for setting in config::report(&settings.config, &settings.figment) {
        render::value(format, &setting, || {
            format!("{} = {}  # {}", setting.key, setting.value, setting.origin)
        })?;
    }
    Ok(())
}

/// Names the files of settings and the folder of the cache, whether or not they are there.
pub(super) fn paths(format: MessageFormat) -> Result<(), Diagnostic> {
    let directory = working_directory()?;
    let cache = ("cache", Some(cache::base()));
    for (name, path) in config::paths(&directory).into_iter().chain([cache]) {
        let exists = path.as_deref().is_some_and(Path::exists);
        let path = path.map(|path| path.display().to_string());
        let value = json!({ "name": name, "path": path, "exists": exists });
        render::value(format, &value, || {
            let path = path.as_deref().unwrap_or("none");
            let absent = if exists || path == "none" {
                ""
            } else {
                "  (absent)"
            };
            format!("{name:8} {path}{absent}")
        })?;
    }
    Ok(())
}
