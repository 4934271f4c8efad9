//! The Beskid sources of a folder.

use std::fs;
use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

/// Folders that hold no sources of a project's own.
const SKIPPED: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    ".venv",
    "__pycache__",
    "dist",
    "node_modules",
    "obj",
    "target",
    "vendor",
];

/// Every Beskid source of a folder and those in it, sorted (CMD-7). Links to folders
/// are not followed.
///
/// # Errors
/// E4040 if a folder cannot be read.
pub(crate) fn sources(folder: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = |error: std::io::Error| {
            let message = format!("cannot read `{}`: {error}", folder.display());
            Diagnostic::new(Code::E4040, message).path(folder.display().to_string())
        };
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let (path, name) = (entry.path(), entry.file_name());
            if entry.file_type().map_err(unreadable)?.is_dir() {
                if !SKIPPED.iter().any(|skipped| *skipped == name) {
                    folders.push(path);
                }
            } else if is_beskid(&path) && path.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a path ends in `.bd`, whatever the case of its letters.
pub(crate) fn is_beskid(path: &Path) -> bool {
    let extension = path.extension();
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("bd"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cmd_7_folders_are_read_recursively_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let files = [
            "b.bd",
            "a/c.BD",
            "a/c.txt",
            "obj/d.bd",
            "a/target/e.bd",
            ".git/f.bd",
            "vendor/g.bd",
            "a/.h/i.bd",
            "dist.bd",
        ];
        for file in files {
            let path = root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        std::os::unix::fs::symlink(root, root.join("a/again")).unwrap();
        let found = sources(root).unwrap();
        let found = found.iter().map(|path| path.strip_prefix(root).unwrap());
        let expected = ["a/.h/i.bd", "a/c.BD", "b.bd", "dist.bd"].map(Path::new);
        assert_eq!(found.collect::<Vec<_>>(), expected);
        assert_eq!(sources(&root.join("no")).unwrap_err().code, Code::E4040);
    }
}
