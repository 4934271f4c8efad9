//! A project's `beskid.toml`: found from its subfolders, and obeyed as far as
//! the user trusts it.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider, Source};

use super::Purpose;
use super::files::project_file;
use super::project_file::{MAX_FILE, keys_that_need_trust, parse};
use super::tools::Written;
use super::trust::{State, Trust};
use crate::input::read_bounded;

/// What there is of a project where a command runs.
#[derive(Debug)]
pub(super) enum Found {
    /// No file.
    Nothing,
    /// Settings that hold.
    Project(Project),
    /// Somebody else's file, which is left out; why.
    Foreign(Diagnostic),
}

/// A project's settings.
#[derive(Debug)]
pub(super) struct Project {
    path: PathBuf,
    data: Map<Profile, Dict>,
    /// Why commands that would obey the file refuse to.
    pub(super) refusal: Option<Diagnostic>,
}

impl Project {
    /// The settings that hold in a folder, if it lies in a project. Another user's
    /// file holds for nobody else who has not agreed to it: it may lie in a folder
    /// that everybody may write, such as `/tmp`.
    ///
    /// # Errors
    /// E5301 if the file is malformed, E5302 if it wants something to be run or
    /// loaded that the user has not agreed to, and that is to be done.
    pub(super) fn find(directory: &Path, purpose: Purpose) -> Result<Found, Diagnostic> {
        let Some(path) = project_file(directory) else {
            return Ok(Found::Nothing);
        };
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        let is_own = is_own(&path);
        let bytes = match read_bounded(&path, MAX_FILE) {
            Err(_) if !is_own => return Ok(Found::Foreign(foreign(&path, &folder))),
            bytes => bytes?,
        };
        let trusted = || Trust::load().map(|trust| trust.state(&folder, &bytes));
        if !is_own && trusted() != Ok(State::Trusted) {
            return Ok(Found::Foreign(foreign(&path, &folder)));
        }
        let mut data = parse(&path, &bytes)?;
        let settings = data.entry(Profile::Default).or_default();
        let keys = keys_that_need_trust(settings);
        let state = match keys.is_empty() {
            true => State::Trusted,
            false => trusted()?,
        };
        let refusal = match state {
            State::Trusted => None,
            _ => Some(refusal(&path, &folder, &keys, state)),
        };
        if let (Some(refusal), Purpose::Obey) = (&refusal, purpose) {
            return Err(refusal.clone());
        }
        make_absolute(settings, &folder);
        Ok(Found::Project(Self {
            path,
            data,
            refusal,
        }))
    }
}

/// Whether a file, and the link that leads to it, belong to this user or to root.
fn is_own(path: &Path) -> bool {
    let own = [rustix::process::geteuid().as_raw(), 0];
    let files = [path.symlink_metadata(), path.metadata()];
    let mut files = files.into_iter();
    files.all(|file| file.is_ok_and(|file| own.contains(&file.uid())))
}

fn foreign(path: &Path, folder: &Path) -> Diagnostic {
    let message = format!(
        "`{}` belongs to another user and is left out",
        path.display()
    );
    Diagnostic::new(Code::E5302, message)
        .path(path.display().to_string())
        .help(format!(
            "read the file, then run `beskid trust {}` if it is meant for you",
            shell_words::quote(&folder.display().to_string())
        ))
}

impl Provider for Project {
    fn metadata(&self) -> Metadata {
        let name = match self.refusal {
            None => "TOML file",
            Some(_) => "TOML file that is not trusted",
        };
        Metadata::named(name).source(Source::File(self.path.clone()))
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
        _ => "such settings make beskid run programs, load code or generate other code",
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
