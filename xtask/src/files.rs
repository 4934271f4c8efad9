//! The repository's files, as the checks see them: relative paths and texts.

use std::collections::BTreeMap;
use std::path::Path;

use crate::scan::Scan;

/// What the checks look at. Paths are relative to the root, with `/` between segments.
#[derive(Default)]
pub struct Repository {
    /// Every file, read or not.
    pub paths: Vec<String>,
    /// The files that are text for some check.
    pub texts: BTreeMap<String, String>,
    /// The Rust files, taken apart.
    pub sources: BTreeMap<String, Scan>,
}

impl Repository {
    /// Reads the tree below `root`, except build output and hidden folders.
    pub fn read(root: &Path) -> Result<Self, String> {
        let mut repository = Self::default();
        repository.walk(root, "")?;
        repository.paths.sort();
        Ok(repository)
    }

    fn walk(&mut self, root: &Path, folder: &str) -> Result<(), String> {
        let here = root.join(folder);
        let failed = |error| format!("cannot read {}: {error}", here.display());
        for entry in std::fs::read_dir(&here).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = match folder {
                "" => name.clone(),
                _ => format!("{folder}/{name}"),
            };
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_dir() {
                let hidden = name.starts_with('.') && name != ".ci" && name != ".cargo";
                // Cargo marks its output folders with this file; a module may
                // well be called `target`.
                let built = entry.path().join("CACHEDIR.TAG").exists();
                if !hidden && !built {
                    self.walk(root, &path)?;
                }
            } else if kind.is_file() {
                if is_read(&path) {
                    let text = std::fs::read_to_string(entry.path())
                        .map_err(|error| format!("cannot read {path}: {error}"))?;
                    self.add(&path, text);
                }
                self.paths.push(path);
            }
        }
        Ok(())
    }

    fn add(&mut self, path: &str, text: String) {
        if path.ends_with(".rs") {
            self.sources.insert(path.to_owned(), Scan::new(&text));
        }
        self.texts.insert(path.to_owned(), text);
    }

    /// A repository made of these paths and texts.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let mut repository = Self::default();
        for (path, text) in files {
            repository.paths.push((*path).to_owned());
            repository.add(path, (*text).to_owned());
        }
        repository
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// The Rust files with their texts.
    pub fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts
            .iter()
            .filter(|(path, _)| path.ends_with(".rs"))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

fn is_read(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.ends_with(".rs")
        || name == "Cargo.toml"
        || matches!(path, "Cargo.lock" | "fuzz/Cargo.lock" | "ARCHITECTURE.md")
        || (path.starts_with("tests/cases/") && name.ends_with(".bd"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_output_and_hidden_folders_are_left_out() {
        let root = std::env::temp_dir().join(format!("xtask-files-{}", std::process::id()));
        for folder in ["src/target", "out", ".git", ".ci"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
            std::fs::write(root.join(folder).join("a.rs"), "//! A.\n").unwrap();
        }
        std::fs::write(root.join("out/CACHEDIR.TAG"), "").unwrap();
        let repository = Repository::read(&root).unwrap();
        std::fs::remove_dir_all(&root).unwrap();
        assert_eq!(repository.paths, [".ci/a.rs", "src/target/a.rs"]);
        assert_eq!(repository.text("src/target/a.rs"), Some("//! A.\n"));
    }
}
