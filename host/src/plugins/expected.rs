//! Which file a plugin must be, what says so, and what to do if it is another.

use std::fmt;
use std::path::{Path, PathBuf};

use beskid_plugin_api::Digest;
use beskid_plugin_api::manifest::PluginManifest;

use super::place::Place;

/// The digest that a file must have.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    pub(super) digest: Digest,
    pub(super) by: ExpectedBy,
}

/// What says which digest a file must have.
#[derive(Debug, Clone)]
pub(super) enum ExpectedBy {
    /// The record of what was added.
    Record,
    /// The lock of this path.
    Lock(PathBuf),
    /// The signature beside it.
    Signature,
}

impl fmt::Display for ExpectedBy {
    /// To be read behind "another file than".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record => f.write_str("the one that was added"),
            Self::Lock(path) => write!(f, "the one that is locked in `{}`", path.display()),
            Self::Signature => f.write_str("the one that is signed"),
        }
    }
}

impl ExpectedBy {
    /// How a file comes to be the one that it must be, or the other way round.
    pub(super) fn remedy(
        &self,
        manifest: &PluginManifest,
        place: Place,
        path: Option<&Path>,
        is_added: bool,
    ) -> String {
        let (id, version) = (&manifest.id, &manifest.version);
        let again = format!("`beskid plugin update {id}` takes it again from where it was added");
        let lock = match (place, path) {
            // The name means it only where the file is named.
            (Place::Option | Place::Folder(_), Some(path)) => {
                let path = path.to_string_lossy();
                let path = shell_words::quote(&path);
                format!("`beskid --plugin {path} plugin lock {id}@{version}`")
            }
            _ => format!("`beskid plugin lock {id}@{version}`"),
        };
        let remedy = match (self, is_added) {
            (Self::Lock(_), true) => {
                format!("{again} from, and locks that; {lock} locks what is there")
            }
            (Self::Lock(_), false) => format!("{lock} locks the file as it is now"),
            (Self::Record, _) => format!("{again} from, and locks that if it is locked"),
            (Self::Signature, _) => "get it and its `.minisig` again".to_owned(),
        };
        format!("if nobody meant to change it, do not use it; {remedy}")
    }
}
