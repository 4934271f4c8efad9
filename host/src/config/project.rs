//! A project's `beskid.toml`: found from its subfolders, and obeyed as far as
//! the user trusts it.

use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider, Source};

use super::files::project_file;
use super::project_file::{MAX_FILE, keys_that_need_trust, parse};
use super::tools::Written;
use super::trust::{State, Trust};
use crate::input::read_bounded;

/// A project's settings.
#[derive(Debug)]
pub(super) struct Project {
    path: PathBuf,
    data: Map<Profile, Dict>,
}

impl Project {
    /// The settings that hold in a folder, if it lies in a project.
    ///
    /// # Errors
    /// E5301 if the file is malformed, E5302 if it wants something to be run or
    /// loaded that the user has not agreed to.
    pub(super) fn find(directory: &Path) -> Result<Option<Self>, Diagnostic> {
        let Some(path) = project_file(directory) else {
            return Ok(None);
        };
        let bytes = read_bounded(&path, MAX_FILE)?;
        let mut data = parse(&path, &bytes)?;
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        let settings = data.entry(Profile::Default).or_default();
        let keys = keys_that_need_trust(settings);
        if !keys.is_empty() {
            let state = Trust::load()?.state(&folder, &bytes);
            if state != State::Trusted {
                return Err(refusal(&path, &folder, &keys, state));
            }
        }
        make_absolute(settings, &folder);
        Ok(Some(Self { path, data }))
    }
}

impl Provider for Project {
    fn metadata(&self) -> Metadata {
        Metadata::named("TOML file").source(Source::File(self.path.clone()))
    }

    fn data(&self) -> figment::error::Result<Map<Profile, Dict>> {
        Ok(self.data.clone())
    }
}

fn refusal(path: &Path, folder: &Path, keys: &[&str], state: State) -> Diagnostic {
    let keys = keys.join("`, `");
    let message = format!("`{}` is not trusted to set `{keys}`", path.display());
    let why = match state {
        State::Changed => "the file has changed since it was trusted",
        _ => "such settings make beskid run programs or load code",
    };
    Diagnostic::new(Code::E5302, message)
        .path(path.display().to_string())
        .note(why)
        .help(format!(
            "read the file, then run `beskid trust {}`; or use options, variables or your own \
             configuration file instead",
            shell_words::quote(&folder.display().to_string())
        ))
}

/// Paths of a project's file begin where the file is.
fn make_absolute(settings: &mut Dict, folder: &Path) {
    let join = |text: &str| folder.join(text).display().to_string();
    for key in ["plugin", "plugin-dir"] {
        if let Some(Value::Array(_, paths)) = settings.get_mut(key) {
            for path in paths {
                if let Value::String(_, text) = path {
                    *text = join(text);
                }
            }
        }
    }
    let Some(Value::Dict(_, tools)) = settings.get_mut("tools") else {
        return;
    };
    for tool in tools.values_mut() {
        let Ok(Ok(mut words)) = tool
            .deserialize::<Written>()
            .map(|tool| tool.words_in(folder))
        else {
            continue;
        };
        if let Some(program) = words.first_mut().filter(|program| program.contains('/')) {
            *program = join(program);
        }
        *tool = Value::from(words);
    }
}
