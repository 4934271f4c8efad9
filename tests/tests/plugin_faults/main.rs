//! Each fault of a plugin is one error that names the plugin, with an exit status
//! that is not 0, and nothing stays behind: no file, no output, no process.
//!
//! Where each fault is held; *here* are the files of this folder, and what is not
//! tried in a process of its own fails before there is one.
//!
//! | fault | in the command's process | in one of its own |
//! |---|---|---|
//! | no dylib, truncated, wrong machine, wrong kind of file | `plugins.rs` | |
//! | no manifest, repeated, malformed, misaligned | `plugins.rs`, `plugin_gate.rs` | |
//! | interface too new or of another major, other contract, target | `plugins.rs` | |
//! | manifest lies: id, version, capabilities, table | `plugins.rs`, `boundary.rs` | here |
//! | layout differs | `boundary.rs` | |
//! | no root symbol, executable stack, hooks of the loader, libraries | `plugin_gate.rs` | |
//! | unresolved symbols | `boundary.rs` | here |
//! | constructor that crashes, exits, never returns | here (E5118) | here |
//! | panic in any function, with a payload that panics | here | here |
//! | panic of a session that is freed | here | |
//! | abort, fault, stack overflow, exit in any function | here | here |
//! | endless loop in any function | the user's signal: here | here |
//! | 10 GB | under a limit of the user's: here | here |
//! | other digest; empty, rubbish, foreign object; other form | here | here |
//! | plan that writes outside or over an input, names no program, a relative one or a shell's line, makes nothing or something else | here | here |
//! | questions of a plan, floods of its tools | here | here |
//! | a tool of a backend: fails, floods, hangs, too many arguments | here | here |
//! | a process in a session of its own, somebody kills or stops one of them | | here |
//! | ends the process by the system call | here, in silence | here |
//! | floods its streams or the log | here | here |
//! | rubbish instead of an answer | | here |
//! | two of one id | `plugins.rs` | |
//! | replaced while it is used, no permission, cache not writable | `plugin_bytes.rs` | `plugin_bytes.rs` |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod answers;
mod crashes;
mod limits;
mod plans;
mod rule;
mod signals;
mod streams;
mod tools;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use beskid_tests::built::built;
use beskid_tests::command::{Ended, beskid, end};

/// A user's folder, and one for temporary files that only one test uses.
struct Place {
    folder: tempfile::TempDir,
}

/// Where the plugin works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    /// In the command's process.
    Here,
    /// In its own.
    Apart,
}

impl Where {
    const fn option(self) -> &'static str {
        match self {
            Self::Here => "--isolate=no",
            Self::Apart => "--isolate",
        }
    }
}

const BOTH: [Where; 2] = [Where::Here, Where::Apart];

impl Place {
    /// Both plugins were used before, so that no other process tries them first.
    fn new() -> Self {
        let place = Self::unproven();
        place.build("linker", "refuse", Where::Here);
        place.build("backend", "refuse", Where::Here);
        place
    }

    fn unproven() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["user", "tmp"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let place = Self { folder };
        fs::write(place.user().join("p.bd"), "unit main() { }").unwrap();
        place
    }

    fn user(&self) -> PathBuf {
        self.folder.path().join("user")
    }

    fn configured(&self, text: &str) {
        let folder = self.folder.path().join("config/beskid");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("config.toml"), text).unwrap();
    }

    /// `beskid` with one of the hostile plugins, which works where it is told to, or
    /// where it does by itself.
    fn command(&self, kind: &str, mode: &str, place: impl Into<Option<Where>>) -> Command {
        let mut command = beskid(&self.user());
        let folder = |name: &str| self.folder.path().join(name);
        command
            .env("HOSTILE", mode)
            .env("XDG_CACHE_HOME", folder("cache"))
            .env("XDG_CONFIG_HOME", folder("config"))
            .env("TMPDIR", folder("tmp"))
            .arg("--plugin")
            .arg(built().plugin(&format!("hostile_{kind}")))
            .args([&format!("--{kind}"), "hostile"]);
        if let Some(place) = place.into() {
            command.arg(place.option());
        }
        command
    }

    fn build(&self, kind: &str, mode: &str, place: Where) -> Ended {
        end(self.command(kind, mode, place).args(["build", "p.bd"]))
    }

    /// A build fails with one error of this code that names the plugin and says
    /// this, and leaves nothing; gives all that was said.
    #[track_caller]
    fn refuses(&self, kind: &str, mode: &str, place: Where, code: &str, says: &str) -> String {
        let ended = self.build(kind, mode, place);
        self.is_refusal(ended, (mode, place), code, says)
    }

    #[track_caller]
    fn is_refusal(&self, ended: Ended, what: (&str, Where), code: &str, says: &str) -> String {
        let is_error = |line: &&str| line.starts_with("error[");
        let errors = ended.stderr.lines().filter(is_error).collect::<Vec<_>>();
        let [error] = errors[..] else {
            panic!("{what:?}: one error of {code}: {ended:#?}");
        };
        let start = format!("error[{code}]: ");
        assert!(error.starts_with(&start), "{what:?}: {code}: {ended:#?}");
        assert_ne!(ended.status, Some(0), "{what:?}: {ended:#?}");
        assert!(ended.stderr.contains("hostile"), "{what:?}: {ended:#?}");
        assert!(ended.stderr.contains(says), "{what:?}: {says}: {ended:#?}");
        self.is_clean(what);
        ended.stderr
    }

    /// Nothing stays: no file of the user's, no temporary file, no process.
    #[track_caller]
    fn is_clean(&self, what: (&str, Where)) {
        assert_eq!(names(&self.user()), ["p.bd"], "{what:?}");
        let since = Instant::now();
        while !self.processes().is_empty() {
            let left = self.processes();
            assert!(
                since.elapsed() < Duration::from_secs(5),
                "{what:?}: {left:?}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(names(&self.folder.path().join("tmp")), [""; 0], "{what:?}");
        assert!(!Path::new("/tmp/beskid-hostile").exists(), "{what:?}");
    }

    /// Names of processes that were started with this place's folder for temporary
    /// files.
    fn processes(&self) -> Vec<String> {
        let name = |id: i32| fs::read_to_string(format!("/proc/{id}/comm"));
        let ids = self.ids().into_iter();
        ids.map(|id| name(id).unwrap_or_default()).collect()
    }

    /// Their ids.
    fn ids(&self) -> Vec<i32> {
        let own = format!("TMPDIR={}", self.folder.path().join("tmp").display());
        let is_ours = |process: &PathBuf| {
            let variables = fs::read(process.join("environ")).unwrap_or_default();
            let mut variables = variables.split(|byte| *byte == 0);
            variables.any(|variable| variable == own.as_bytes())
        };
        let all = fs::read_dir("/proc").unwrap();
        let all = all.filter_map(|entry| Some(entry.ok()?.path()));
        let ours = all.filter(is_ours);
        ours.filter_map(|process| process.file_name()?.to_str()?.parse().ok())
            .collect()
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}
