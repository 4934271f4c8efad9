//! A folder in which the tests make files with other people's tools.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::command::{Ended, end, run};
use crate::tools::find;

/// A temporary folder, and the tools of this machine.
#[derive(Debug)]
pub struct Workshop {
    folder: tempfile::TempDir,
}

/// A program in Beskid that exports `twice` and uses the runtime.
pub const PROGRAM: &str = "pub i32 twice(i32 x) { return x * 2; }\n\
                           unit main() { __syscall_write(1, \"hi\\n\"); }\n";

impl Workshop {
    /// An empty folder, if all of these tools are here; says what is missing.
    pub fn with(tools: &[&str]) -> Option<Self> {
        let missing = tools.iter().filter(|name| find(name).is_none());
        let missing = missing.copied().collect::<Vec<_>>();
        if !missing.is_empty() {
            println!("skipped: {} not installed", missing.join(", "));
            return None;
        }
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Some(Self { folder })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// Writes a file.
    #[track_caller]
    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        fs::write(self.path(name), contents).expect("the folder can be written");
    }

    /// Reads a file.
    #[track_caller]
    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs a tool in the folder, which must succeed; gives standard output.
    #[track_caller]
    pub fn run<A: AsRef<OsStr>>(&self, program: &str, args: impl IntoIterator<Item = A>) -> String {
        let path = find(program).unwrap_or_else(|| panic!("`{program}` is here"));
        end(Command::new(path).args(args).current_dir(self.folder())).succeeds()
    }

    /// The same for arguments without spaces, as one text.
    #[track_caller]
    pub fn sh(&self, line: &str) -> String {
        let mut words = line.split_whitespace();
        let program = words.next().expect("a command has a program");
        self.run(program, words)
    }

    /// Compiles [`PROGRAM`] to an object for a target.
    #[track_caller]
    pub fn object(&self, target: &str, output: &str) {
        self.write("program.bd", PROGRAM);
        let args = ["build", "program.bd", "--kind", "object", "-o", output];
        let target = ["--target-triple", target];
        run(self.folder(), args.into_iter().chain(target)).succeeds();
    }

    /// `beskid inspect` of a file.
    pub fn inspect(&self, name: &str) -> Ended {
        run(self.folder(), ["inspect", name])
    }

    /// The report of `beskid inspect` as JSON, whatever it finds wrong.
    #[track_caller]
    pub fn report(&self, name: &str) -> Value {
        let args = ["--message-format", "json", "inspect", name];
        let ended = run(self.folder(), args);
        serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{name}: {ended:#?}"))
    }
}

/// The texts of a list in a report.
#[track_caller]
pub fn names(report: &Value, list: &str) -> Vec<String> {
    let items = report[list].as_array();
    let items = items.unwrap_or_else(|| panic!("no list `{list}` in {report:#}"));
    let texts = items.iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}
