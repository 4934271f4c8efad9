//! What a hunt has found, and how it is kept.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use beskid_clif::text::print;
use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use serde::Serialize;

use super::outcome::{Disagreement, Kind};
use crate::output;

/// Mnemonics that say nothing of what went wrong.
const PLAIN: [&str; 7] = [
    "iconst", "f32const", "f64const", "vconst", "return", "jump", "call",
];

/// Something that a hunt has found.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// Who disagrees with whom, about the smallest artifact.
    pub disagreement: Disagreement,
    /// Number of the artifact that showed it.
    pub artifact: u64,
    /// Its size, and that of the smallest one, in bytes.
    pub bytes: (usize, usize),
    /// Whether it was seen again in new processes.
    pub is_repeatable: bool,
    /// The smallest artifact found, if it is kept.
    pub file: Option<PathBuf>,
    /// What shows it again.
    pub command: String,
    /// Mnemonics that the smallest artifact has, but for plain ones.
    pub mnemonics: BTreeSet<String>,
    /// Times that it was seen.
    pub times: u64,
}

impl Finding {
    /// Whether a disagreement is this one again: the same engine in the same way, and
    /// an artifact with all that this one needs, or the same words of the engine.
    pub(super) fn is_like(&self, other: &Disagreement, mnemonics: &BTreeSet<String>) -> bool {
        let own = &self.disagreement;
        let says_the_same = own.kind == Kind::Fault && own.found == other.found;
        own.found_by == other.found_by
            && own.kind == other.kind
            && (says_the_same || self.mnemonics.is_subset(mnemonics))
    }
}

/// The mnemonics of an artifact that tell something.
pub(super) fn telling(artifact: &CodegenArtifact) -> BTreeSet<String> {
    let forms = artifact.forms().iter();
    let mnemonics = forms.map(|form| form.mnemonic.clone());
    mnemonics
        .filter(|mnemonic| !PLAIN.contains(&mnemonic.as_str()))
        .collect()
}

/// The folder of what is found.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes it, if it is not there, and sees that files can be made in it.
    ///
    /// # Errors
    /// E4040 with its path.
    pub(super) fn new(path: &Path) -> Result<Self, Diagnostic> {
        let usable = fs::create_dir_all(path).and_then(|()| tempfile::tempfile_in(path));
        usable.map_err(|error| {
            let message = format!("cannot keep findings in `{}`: {error}", path.display());
            Diagnostic::new(Code::E4040, message)
                .path(path.display().to_string())
                .help("name a folder that can be written with `--output`")
        })?;
        Ok(Self(path.to_owned()))
    }

    /// Where a finding of this name goes.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.bska"))
    }

    /// Keeps an artifact: it, its text, and the command that shows it again.
    ///
    /// # Errors
    /// E4040 or E4042 with the path of the file that cannot be written.
    pub(super) fn keep(
        &self,
        name: &str,
        artifact: &CodegenArtifact,
        about: &str,
        command: &str,
    ) -> Result<(), Diagnostic> {
        let file = self.file(name);
        output::write(&file, artifact.bytes())?;
        let about = about.replace('\n', " ");
        let text = format!("; {about}\n; {command}\n{}", print(artifact)?);
        output::write(&file.with_extension("clif"), text.as_bytes())
    }

    /// Removes what was kept by a name.
    ///
    /// # Errors
    /// E4040 with the path of the file that cannot be removed.
    pub(super) fn forget(&self, name: &str) -> Result<(), Diagnostic> {
        let file = self.file(name);
        for path in [file.with_extension("clif"), file] {
            fs::remove_file(&path).map_err(|error| output::unwritable(&path, &error))?;
        }
        Ok(())
    }
}

impl Drop for Folder {
    /// A folder in which nothing is does not stay.
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}
