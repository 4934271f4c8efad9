//! Where the files of settings are.

use std::path::{Path, PathBuf};

/// Name of a project's file.
pub(super) const PROJECT_FILE: &str = "beskid.toml";

/// The user's own file.
pub(super) fn user_file() -> Option<PathBuf> {
    Some(user_folder()?.join("config.toml"))
}

/// What the user trusts.
pub(super) fn trust_file() -> Option<PathBuf> {
    Some(user_folder()?.join("trust.json"))
}

/// The file of the project that a folder lies in: the first one further up.
pub(super) fn project_file(directory: &Path) -> Option<PathBuf> {
    let files = directory
        .ancestors()
        .map(|folder| folder.join(PROJECT_FILE));
    files.into_iter().find(|file| file.exists())
}

/// The files by what they are to the user, for a working directory; `None` for
/// one that has no place.
pub fn paths(directory: &Path) -> [(&'static str, Option<PathBuf>); 3] {
    [
        ("user", user_file()),
        ("project", project_file(directory)),
        ("trust", trust_file()),
    ]
}

fn user_folder() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let absolute = |path: &PathBuf| path.is_absolute();
    let base = variable("XDG_CONFIG_HOME").filter(absolute);
    let home = || Some(variable("HOME").filter(absolute)?.join(".config"));
    Some(base.or_else(home)?.join("beskid"))
}
