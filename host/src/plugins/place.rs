//! Where plugins are found, in the order in which one takes precedence.

use std::fmt;
use std::path::PathBuf;

/// Where a plugin was found. What comes first takes precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The command line names the file.
    Option,
    /// `BESKID_PLUGIN` names the file.
    Variable,
    /// The project's file of settings names the file.
    Project,
    /// The user's file of settings names the file.
    Settings,
    /// A folder that was named lies so far behind the first one.
    Folder(usize),
    /// The user's folder.
    User,
    /// The system's folder.
    System,
    /// Linked into the host.
    Builtin,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Option => "--plugin",
            Self::Variable => "BESKID_PLUGIN",
            Self::Project => "project",
            Self::Settings => "settings",
            Self::Folder(_) => "folder",
            Self::User => "user",
            Self::System => "system",
            Self::Builtin => "built-in",
        })
    }
}

/// The user's folder of plugins: below `$XDG_DATA_HOME/beskid`, or else
/// `~/.local/share/beskid`. It need not be there.
pub(crate) fn user_folder() -> Option<PathBuf> {
    let variable = |name| {
        let path = std::env::var_os(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let home = || Some(variable("HOME")?.join(".local/share"));
    let base = variable("XDG_DATA_HOME").or_else(home)?;
    Some(base.join("beskid/plugins"))
}

/// The variable that names another folder of the system.
const SYSTEM_VARIABLE: &str = "BESKID_SYSTEM_PLUGIN_DIR";

/// The system's folder of plugins. It need not be there.
pub(crate) fn system_folder() -> PathBuf {
    let other = std::env::var_os(SYSTEM_VARIABLE).map(PathBuf::from);
    let other = other.filter(|path| path.is_absolute());
    other.unwrap_or_else(|| PathBuf::from("/usr/lib/beskid/plugins"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_comes_before_folders_and_those_before_built_ins() {
        let mut places = [
            Place::Builtin,
            Place::System,
            Place::User,
            Place::Folder(1),
            Place::Folder(0),
            Place::Settings,
            Place::Variable,
            Place::Option,
        ];
        places.sort();
        let shown = places.map(|place| place.to_string());
        let expected = [
            "--plugin",
            "BESKID_PLUGIN",
            "settings",
            "folder",
            "folder",
            "user",
            "system",
            "built-in",
        ];
        assert_eq!(shown, expected);
        assert_eq!(places[3], Place::Folder(0));
    }
}
