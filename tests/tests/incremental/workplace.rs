//! A project, a cache of its own, and a C driver that counts its calls.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use beskid_tests::command::{Ended, beskid, end};
use beskid_tests::site::{Site, depends, library, manifest};

const MAIN: &str = "use Text;\n\ni64 unused = 1;\n\nunit main() {\n    \
                    let x = Calendar.Dates.Days(2);\n    \
                    __syscall_write(1, \"${Text.Hello()} ${x}\\n\");\n}\n";

/// The place.
pub struct Workplace {
    pub site: Site,
}

impl Workplace {
    /// A project with a dependency, whose program prints `hello 28` and is warned about.
    pub fn new() -> Self {
        let main = MAIN.replace("i64 unused = 1;", "i64 Unused() { return 1; }");
        let site = Site::new(&[
            (
                "a/Project.proj",
                &manifest("almanac", &depends("Calendar", "../b")),
            ),
            ("a/Src/Main.bd", &main),
            (
                "a/Src/Text.bd",
                "pub string Hello() { return \"hello\"; }\n",
            ),
            ("b/Project.proj", &library("calendar", "")),
            ("b/Src/Lib.bd", "pub i64 None() { return 0; }\n"),
            ("b/Src/Dates.bd", "pub i64 Days(i64 month) { return 28; }\n"),
            ("cc", "#!/bin/sh\necho link >> \"$COUNT\"\nexec cc \"$@\"\n"),
        ]);
        let driver = site.path("cc");
        fs::set_permissions(driver, fs::Permissions::from_mode(0o755)).unwrap();
        Self { site }
    }

    /// `beskid` in the project, which keeps what it builds.
    pub fn beskid(&self) -> Command {
        let mut command = beskid(&self.site.path("a"));
        command
            .env("XDG_CACHE_HOME", self.site.path("cache"))
            .env("BESKID_BUILD_CACHE", "yes")
            .env("CC", self.site.path("cc"))
            .env("COUNT", self.site.path("count"));
        command
    }

    /// Runs it with these words.
    pub fn run(&self, line: &str) -> Ended {
        end(self.beskid().args(line.split_whitespace()))
    }

    /// Builds, and gives what became of each phase.
    #[track_caller]
    pub fn build(&self, more: &str) -> Vec<(String, bool)> {
        let ended = self.run(&format!("build --timings --message-format json {more}"));
        assert_eq!(ended.status, Some(0), "{ended:#?}");
        phases(&ended)
    }

    /// What the program that was built prints.
    #[track_caller]
    pub fn printed(&self) -> String {
        let mut program = Command::new(self.site.path("a/almanac"));
        end(&mut program).succeeds()
    }

    /// How often something was linked.
    pub fn links(&self) -> usize {
        let count = fs::read_to_string(self.site.path("count")).unwrap_or_default();
        count.lines().count()
    }

    /// The files that hold what was built.
    pub fn kept(&self) -> Vec<std::path::PathBuf> {
        let folder = fs::read_dir(self.site.path("cache/beskid/builds")).unwrap();
        let mut files = folder
            .map(|entry| entry.unwrap().path())
            .collect::<Vec<_>>();
        files.sort();
        files
    }
}

/// The phases that `--timings` told, and whether their work was done.
#[track_caller]
pub fn phases(ended: &Ended) -> Vec<(String, bool)> {
    let values = ended.stderr.lines().filter_map(|line| {
        let value = serde_json::from_str::<serde_json::Value>(line).ok()?;
        let phase = value.get("phase")?.as_str()?.to_owned();
        Some((phase, value["state"] == "done"))
    });
    values.collect()
}

/// The names of the phases whose work was done.
pub fn done(phases: &[(String, bool)]) -> Vec<&str> {
    let done = phases.iter().filter(|(_, done)| *done);
    done.map(|(name, _)| name.as_str()).collect()
}

/// Every phase of a build, in order (STG-4).
pub const PHASES: [&str; 8] = [
    "workspace.materialize",
    "parse",
    "semantic",
    "lower.ready",
    "lower",
    "compile",
    "link",
    "verify",
];
