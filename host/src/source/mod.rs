//! The first stage: a source file or stream, read and told apart.

pub(crate) mod corelib;
pub(crate) mod debug;
mod folder;
mod listing;
mod modules;
mod packages;
mod strays;
mod text;
mod written;

use std::path::{Path, PathBuf};

use beskid_frontend::Entry;
use beskid_plugin_api::artifact::MAGIC;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

pub(crate) use folder::candidates;
pub(crate) use listing::{is_beskid, sources};
pub(crate) use modules::Modules;
pub(crate) use packages::PackagePlace;
pub(crate) use written::Written;

pub use debug::DebugPaths;

use packages::Membership;

use crate::input::{Contents, read_any};

/// Largest source file that is read, in bytes: 1 GiB.
const MAX_SOURCE: u64 = 1 << 30;

/// A program as the user gave it.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    bytes: Vec<u8>,
    language: Language,
    is_stream: bool,
    project: Option<Membership>,
    debug_paths: Option<DebugPaths>,
}

/// What a source is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// The Beskid language, `.bd`.
    Beskid,
    /// CLIF text, `.clif`.
    Clif,
    /// A serialized artifact, `.bska`.
    Artifact,
}

impl Source {
    /// Reads a source: a file, a pipe, standard input as `-`, or an open file such
    /// as `/dev/fd/3`. An artifact is
    /// known by its first bytes, whatever its name; other files end in `.bd` or
    /// `.clif`. A stream, and a file that names the program to run it with, need
    /// not: CLIF text is known by its first line, and all else is Beskid.
    ///
    /// # Errors
    /// E4040 if the file cannot be read, E4041 if it is not a source.
    pub fn read(path: &Path) -> Result<Self, Diagnostic> {
        let Contents {
            mut bytes,
            is_stream,
        } = read_any(path, MAX_SOURCE)?;
        let is_nameless = is_stream || path.extension().is_none() && text::is_script(&bytes);
        let is_artifact = bytes.starts_with(&MAGIC) || has_extension(path, "bska");
        if !is_artifact {
            text::skip_preamble(&mut bytes);
        }
        let language = if is_artifact {
            Language::Artifact
        } else if has_extension(path, "bd") {
            Language::Beskid
        } else if has_extension(path, "clif") {
            Language::Clif
        } else if is_nameless {
            text::language(&bytes)
        } else {
            let message = format!("`{}` is not a source file", path.display());
            return Err(Diagnostic::new(Code::E4041, message)
                .path(path.display().to_string())
                .help("give a Beskid source `.bd`, CLIF text `.clif` or an artifact `.bska`"));
        };
        let path = match path.as_os_str() == "-" {
            true => PathBuf::from("<stdin>"),
            false => path.to_owned(),
        };
        Ok(Self {
            path,
            bytes,
            language,
            is_stream,
            project: None,
            debug_paths: None,
        })
    }

    /// A Beskid program that lies nowhere: it was never saved.
    pub(crate) fn unsaved(bytes: Vec<u8>) -> Self {
        Self {
            path: PathBuf::from("<memory>"),
            bytes,
            language: Language::Beskid,
            is_stream: true,
            project: None,
            debug_paths: None,
        }
    }

    /// The same, as a file of a project, whose packages it sees; the first is its own.
    /// The outputs are named after the file, or else as it is said.
    pub(crate) fn within(mut self, packages: Vec<PackagePlace>, output: Option<String>) -> Self {
        self.project = Some(Membership::new(&self.path, packages, output));
        self
    }

    /// The same, whose artifacts tell debuggers about it, with such paths; with none, they
    /// tell nothing.
    #[must_use]
    pub const fn with_debug_info(mut self, paths: Option<DebugPaths>) -> Self {
        self.debug_paths = paths;
        self
    }

    /// With which paths its artifacts tell debuggers about it, if they do.
    pub const fn debug_info(&self) -> Option<DebugPaths> {
        self.debug_paths
    }

    /// The file that its program starts with.
    pub(crate) fn entry(&self) -> Entry<'_> {
        match &self.project {
            Some(project) => Entry {
                name: project.name.clone(),
                module: project.module.clone(),
                bytes: &self.bytes,
            },
            None => {
                let name = self.path.file_name().unwrap_or_default();
                Entry::of_file(&name.to_string_lossy(), &self.bytes)
            }
        }
    }

    /// Where it is, and which packages it sees.
    pub(crate) fn place(&self) -> String {
        let path = std::path::absolute(&self.path).unwrap_or_default();
        let own = (&self.path, self.language, self.is_stream, &self.project);
        format!("{path:?} {own:?} {}", modules::core_folder())
    }

    /// Whether it can be read only once.
    pub const fn is_stream(&self) -> bool {
        self.is_stream
    }

    /// Where it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its contents.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its contents, given away.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// What it is written in.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// What names the outputs: a target of a project, or the file without its extension.
    ///
    /// # Errors
    /// E4041 if the name is not UTF-8, or a stream's.
    pub fn stem(&self) -> Result<&str, Diagnostic> {
        let project = self.project.as_ref();
        if let Some(output) = project.and_then(|project| project.output.as_deref()) {
            return Ok(output);
        }
        if self.is_stream {
            let message = format!("`{}` has no name for the output", self.path.display());
            return Err(
                Diagnostic::new(Code::E4041, message).help("name the output with `--output`")
            );
        }
        let stem = self.path.file_stem().and_then(|stem| stem.to_str());
        stem.ok_or_else(|| {
            let message = format!("the name of `{}` is not UTF-8", self.path.display());
            Diagnostic::new(Code::E4041, message).help("name the output with `--output`")
        })
    }
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_not_a_readable_source_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let missing = Source::read(&folder.path().join("none.bd")).unwrap_err();
        assert_eq!(missing.code, "E4040");
        let directory = Source::read(folder.path()).unwrap_err();
        assert!(
            directory.message.ends_with("it is a directory"),
            "{directory}"
        );
        let text = folder.path().join("notes.txt");
        fs::write(&text, "hello").unwrap();
        assert_eq!(Source::read(&text).unwrap_err().code, "E4041");
    }

    #[test]
    fn an_artifact_is_known_by_its_first_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        fs::write(&path, b"BSKA and more").unwrap();
        assert_eq!(Source::read(&path).unwrap().language(), Language::Artifact);
    }
}
