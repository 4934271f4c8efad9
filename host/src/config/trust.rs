//! Which projects' files the user has agreed to: each by its folder, and by the
//! digest of what stood in it then.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use beskid_plugin_api::Digest;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::files::{PROJECT_FILE, trust_file};
use super::project_file::{MAX_FILE, dangerous_keys};
use crate::input::{parent, read_bounded};
use crate::output;

/// What the user has agreed to.
#[derive(Debug)]
pub struct Trust {
    file: PathBuf,
    digests: BTreeMap<String, String>,
}

/// Whether a project's file is what the user has agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is the same.
    Trusted,
    /// It is another one since.
    Changed,
    /// Nobody was asked.
    Unknown,
}

impl State {
    /// In a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Changed => "changed",
            Self::Unknown => "unknown",
        }
    }
}

impl Trust {
    /// Reads what was agreed to before.
    ///
    /// # Errors
    /// E4040 if the file cannot be read, E5301 if it is malformed or has no
    /// place.
    pub fn load() -> Result<Self, Diagnostic> {
        let file = trust_file().ok_or_else(|| {
            Diagnostic::new(Code::E5301, "there is no folder for what the user trusts")
                .help("set `HOME` or `XDG_CONFIG_HOME` to an absolute path")
        })?;
        if !file.exists() {
            let digests = BTreeMap::new();
            return Ok(Self { file, digests });
        }
        let bytes = read_bounded(&file, MAX_FILE)?;
        let digests = serde_json::from_slice(&bytes).map_err(|error| {
            let message = format!("`{}` is malformed: {error}", file.display());
            Diagnostic::new(Code::E5301, message).help("delete it, and trust the folders again")
        })?;
        Ok(Self { file, digests })
    }

    /// Trusts a folder's file as it is now; gives the folder and the keys that
    /// needed it.
    ///
    /// # Errors
    /// E4040 if a file cannot be read or written, E5301 if one is malformed.
    pub fn add(&mut self, folder: &Path) -> Result<(PathBuf, Vec<&'static str>), Diagnostic> {
        let folder = canonical(folder)?;
        let file = folder.join(PROJECT_FILE);
        let bytes = read_bounded(&file, MAX_FILE)?;
        let keys = dangerous_keys(&file, &bytes)?;
        let digest = Digest::of(&bytes).to_string();
        self.digests.insert(key(&folder)?, digest);
        self.save()?;
        Ok((folder, keys))
    }

    /// Takes trust back; gives the folder, which need not be there any more.
    ///
    /// # Errors
    /// E4041 if it was not trusted, E4040 if the file cannot be written.
    pub fn remove(&mut self, folder: &Path) -> Result<PathBuf, Diagnostic> {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        if self.digests.remove(&key(&folder)?).is_none() {
            let message = format!("`{}` is not trusted", folder.display());
            return Err(Diagnostic::new(Code::E4041, message)
                .help("`beskid trust --list` shows the folders that are"));
        }
        self.save()?;
        Ok(folder)
    }

    /// The folders, and whether their files are still the same.
    pub fn list(&self) -> impl Iterator<Item = (&str, State)> {
        self.digests.keys().map(|folder| {
            let bytes = read_bounded(&Path::new(folder).join(PROJECT_FILE), MAX_FILE);
            let state = bytes.map_or(State::Changed, |bytes| self.of(folder, &bytes));
            (folder.as_str(), state)
        })
    }

    /// Whether a folder's file with this contents is trusted.
    pub(super) fn state(&self, folder: &Path, contents: &[u8]) -> State {
        let folder = canonical(folder).and_then(|folder| key(&folder));
        folder.map_or(State::Unknown, |folder| self.of(&folder, contents))
    }

    fn of(&self, folder: &str, contents: &[u8]) -> State {
        match self.digests.get(folder) {
            Some(digest) if *digest == Digest::of(contents).to_string() => State::Trusted,
            Some(_) => State::Changed,
            None => State::Unknown,
        }
    }

    fn save(&self) -> Result<(), Diagnostic> {
        let failed = |error: std::io::Error| {
            let message = format!("cannot write `{}`: {error}", self.file.display());
            Diagnostic::new(Code::E4040, message)
        };
        let text =
            serde_json::to_vec_pretty(&self.digests).map_err(|error| failed(error.into()))?;
        fs::create_dir_all(parent(&self.file)).map_err(failed)?;
        output::update(&self.file, &text)
    }
}

fn canonical(folder: &Path) -> Result<PathBuf, Diagnostic> {
    folder.canonicalize().map_err(|error| {
        let message = format!("cannot read `{}`: {error}", folder.display());
        Diagnostic::new(Code::E4040, message).help("give the folder of a `beskid.toml`")
    })
}

fn key(folder: &Path) -> Result<String, Diagnostic> {
    folder.to_str().map(str::to_owned).ok_or_else(|| {
        let message = format!("the path `{}` is not UTF-8", folder.display());
        Diagnostic::new(Code::E4041, message).help("rename the folder")
    })
}
