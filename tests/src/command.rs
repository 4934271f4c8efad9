//! Running `beskid` and the programs that it builds.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

use crate::built::built;

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Exit status; `None` if a signal ended it.
    pub status: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ended {
    /// Fails the test unless the status is 0; gives standard output.
    #[track_caller]
    pub fn succeeds(self) -> String {
        assert_eq!(self.status, Some(0), "{self:#?}");
        self.stdout
    }

    /// Fails the test unless the command failed with one error of this code
    /// and printed no result; gives standard error.
    #[track_caller]
    pub fn fails_with(self, code: &str) -> String {
        assert_eq!(self.status, Some(1), "{self:#?}");
        let first = self.stderr.lines().next().unwrap_or_default();
        let expected = [format!("error[{code}]: "), code.to_owned()];
        assert!(
            first.starts_with(&expected[0]) || first.trim() == expected[1],
            "expected {code}: {self:#?}"
        );
        assert_eq!(self.stdout, "", "{self:#?}");
        self.stderr
    }

    /// The artifact digest that `-v` shows.
    #[track_caller]
    pub fn digest(&self) -> String {
        let (_, rest) = self
            .stderr
            .split_once("digest=")
            .unwrap_or_else(|| panic!("no digest in {self:#?}"));
        rest.chars().take(64).collect()
    }
}

/// `beskid` in a folder, without the user's or the machine's settings.
pub fn beskid(folder: &Path) -> Command {
    let mut command = Command::new(built().beskid());
    command.current_dir(folder);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("BESKID_")
            || ["CC", "AR", "RANLIB", "RUST_LOG"].contains(&name.as_str())
        {
            command.env_remove(name);
        }
    }
    // What one test made is nothing that another may find.
    command.env("BESKID_BUILD_CACHE", "no");
    command.env("XDG_CONFIG_HOME", folder.join(".no-config"));
    command.env("XDG_DATA_HOME", folder.join(".no-data"));
    command.env("BESKID_SYSTEM_PLUGIN_DIR", folder.join(".no-system"));
    command
}

/// Runs `beskid` with arguments.
pub fn run<A: AsRef<OsStr>>(folder: &Path, args: impl IntoIterator<Item = A>) -> Ended {
    end(beskid(folder).args(args))
}

/// Runs a command to its end.
pub fn end(command: &mut Command) -> Ended {
    command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"))
        .into()
}

/// Runs `beskid` with a plugin at hand.
pub fn run_with<A: AsRef<OsStr>>(
    plugin: &Path,
    folder: &Path,
    args: impl IntoIterator<Item = A>,
) -> Ended {
    end(beskid(folder).arg("--plugin").arg(plugin).args(args))
}
