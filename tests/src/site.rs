//! A folder with projects, and `beskid` in it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{Ended, beskid, end};

/// The folder; it goes with its value.
#[derive(Debug)]
pub struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    /// A folder with these files.
    ///
    /// # Panics
    /// If they cannot be written.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let site = Self { folder };
        for (path, text) in files {
            site.write(path, text);
        }
        site
    }

    /// A copy of a folder of the repository.
    ///
    /// # Panics
    /// If it cannot be copied.
    pub fn copy_of(folder: &Path) -> Self {
        let site = Self::new(&[]);
        copy(folder, site.folder.path());
        site
    }

    /// A place in the folder.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file, and the folders that it is in.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        let folder = path.parent().unwrap_or(self.folder.path());
        fs::create_dir_all(folder).expect("the folder can be written");
        fs::write(path, text).expect("the folder can be written");
    }

    /// What is in a file.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn read(&self, path: &str) -> String {
        let path = self.path(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
    }

    /// Whether there is something at a place.
    pub fn has(&self, path: &str) -> bool {
        self.path(path).symlink_metadata().is_ok()
    }

    /// Runs `beskid` with these words.
    pub fn run(&self, line: &str) -> Ended {
        self.run_in("", line)
    }

    /// The same in a folder below.
    pub fn run_in(&self, below: &str, line: &str) -> Ended {
        let mut command = beskid(self.folder.path());
        command.current_dir(self.path(below));
        end(command.args(line.split_whitespace()))
    }

    /// The files below a folder, by their paths from it, sorted.
    ///
    /// # Panics
    /// If a folder cannot be read.
    pub fn files(&self, below: &str) -> Vec<String> {
        let root = self.path(below);
        let mut folders = vec![root.clone()];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)
                .expect("the folder can be read")
                .flatten()
            {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(path) = path.strip_prefix(&root) {
                    found.push(path.display().to_string());
                }
            }
        }
        found.sort();
        found
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be written");
    for entry in fs::read_dir(from)
        .expect("the folder can be read")
        .flatten()
    {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).expect("the file can be copied");
        }
    }
}

/// A manifest with one program, whose sources are in `Src`, and more blocks.
pub fn manifest(name: &str, more: &str) -> String {
    format!(
        "project {{\n  name = \"{name}\"\n  version = \"0.1.0\"\n}}\n\n\
         target \"{name}\" {{\n  kind = App\n  entry = \"Main.bd\"\n}}\n{more}"
    )
}

/// A manifest of a library, and more blocks.
pub fn library(name: &str, more: &str) -> String {
    manifest(name, more)
        .replace("= App", "= Lib")
        .replace("Main.bd", "Lib.bd")
}

/// A block for a dependency on a folder.
pub fn depends(label: &str, path: &str) -> String {
    format!("\ndependency \"{label}\" {{\n  source = path\n  path = \"{path}\"\n}}\n")
}
