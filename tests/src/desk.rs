//! A user's desk: a folder with a program, and the user's and the system's folders
//! of plugins, settings and caches, which are nobody else's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::command::{Ended, beskid, end};

/// The desk. In its folder are `p.bd`, which prints 42 whether or not it is compiled by
/// the backend `faulty`, and the empty folders `data/beskid/plugins` and `system`.
#[derive(Debug)]
pub struct Desk {
    folder: tempfile::TempDir,
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}

impl Desk {
    /// A new one.
    ///
    /// # Panics
    /// Without a folder for temporary files.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let program = "i32 main() { return 40 + 2; }\n";
        fs::write(folder.path().join("p.bd"), program).expect("the folder can be written");
        let desk = Self { folder };
        for folder in [desk.user(), desk.system()] {
            fs::create_dir_all(folder).expect("the folder can be written");
        }
        desk
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// The user's folder of plugins.
    pub fn user(&self) -> PathBuf {
        self.path("data/beskid/plugins")
    }

    /// The system's folder of plugins.
    pub fn system(&self) -> PathBuf {
        self.path("system")
    }

    /// Names in the user's folder of plugins, in their order, of files that end so.
    ///
    /// # Panics
    /// If the folder cannot be read.
    pub fn installed(&self, ending: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.user()).expect("the folder can be read");
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let is_meant = |path: &PathBuf| path.to_string_lossy().ends_with(ending);
        let mut paths = paths.filter(is_meant).collect::<Vec<_>>();
        paths.sort();
        paths
    }

    /// `beskid` in the folder, with the user's own folders.
    pub fn command(&self) -> Command {
        let mut command = beskid(self.folder());
        command.env("XDG_DATA_HOME", self.path("data"));
        command.env("XDG_CACHE_HOME", self.path("cache"));
        command.env("XDG_CONFIG_HOME", self.path("config"));
        command.env("BESKID_SYSTEM_PLUGIN_DIR", self.system());
        command
    }

    /// Runs `beskid` with a line of arguments without spaces.
    pub fn run(&self, line: &str) -> Ended {
        end(self.command().args(line.split_whitespace()))
    }

    /// Runs the program with the backend `faulty`, and options before that.
    pub fn uses(&self, options: &str) -> Ended {
        self.run(&format!("{options} --backend faulty run p.bd"))
    }

    /// The rows of `plugin list`, with options before that.
    ///
    /// # Panics
    /// If it fails, or writes no JSON.
    #[track_caller]
    pub fn rows(&self, options: &str) -> Vec<Value> {
        let line = format!("{options} --message-format json plugin list");
        let listed = self.run(&line).succeeds();
        let rows = listed.lines();
        rows.map(|row| serde_json::from_str(row).expect("each row is JSON"))
            .collect()
    }
}
