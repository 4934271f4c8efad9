//! The linker strategies that are put to the same tests: the built-in one, its
//! loaded form, one by another author with each of its linkers, and one in C.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::built::{built, c_linker, third_party_linker};
use crate::command::{Ended, beskid, end};
use crate::tools::tool_in_path;

/// A linker strategy, and how `beskid` is told to use it.
#[derive(Debug)]
pub struct Strategy {
    /// What the tests call it.
    pub name: &'static str,
    /// Its id.
    pub id: &'static str,
    /// The file that it is loaded from; `None` if it is built in.
    pub plugin: Option<&'static Path>,
    /// Its linker, if that is the user's choice: the program that the C driver
    /// calls, the value of `tools.linker`, and how it signs what it linked.
    pub linker: Option<Linker>,
}

/// A linker that a user may choose.
#[derive(Debug, Clone, Copy)]
pub struct Linker {
    /// The program that the C driver calls.
    pub program: &'static str,
    /// The value of `BESKID_TOOLS_LINKER`; `None`: what is used without one.
    pub choice: Option<&'static str>,
    /// What it writes into the section `.comment`.
    pub signature: &'static str,
}

const MOLD: Linker = Linker {
    program: "ld.mold",
    choice: None,
    signature: "mold ",
};

const LLD: Linker = Linker {
    program: "ld.lld",
    choice: Some("lld"),
    signature: "Linker: ",
};

impl Strategy {
    /// `beskid` with this strategy.
    pub fn beskid(&self, folder: &Path) -> Command {
        let mut command = beskid(folder);
        if let Some(plugin) = self.plugin {
            command.arg("--plugin").arg(plugin);
        }
        command.args(["--linker", self.id]);
        if let Some(choice) = self.linker.and_then(|linker| linker.choice) {
            command.env("BESKID_TOOLS_LINKER", choice);
        }
        command
    }

    /// Runs `beskid` with this strategy and arguments.
    pub fn run<A: AsRef<OsStr>>(&self, folder: &Path, args: impl IntoIterator<Item = A>) -> Ended {
        end(self.beskid(folder).args(args))
    }
}

/// Every strategy. Those whose linker is not installed are left out, in so
/// many words.
pub fn strategies() -> impl Iterator<Item = Strategy> {
    let unix = [("unix", None), ("unix, loaded", Some("linker_unix"))];
    let unix = unix.into_iter().map(|(name, file)| Strategy {
        name,
        id: "unix",
        plugin: file.map(|file| built().plugin(file)),
        linker: None,
    });
    let in_c = std::iter::once_with(|| Strategy {
        name: "in C",
        id: "c-driver",
        plugin: Some(c_linker()),
        linker: None,
    });
    let others = third_party_strategies();
    unix.chain(in_c).inspect(announce).chain(others)
}

/// The strategy of another author, with each of its linkers.
pub fn third_party_strategies() -> impl Iterator<Item = Strategy> {
    let linkers = [("mold", MOLD), ("mold with lld", LLD)];
    let installed = linkers
        .into_iter()
        .filter(|(_, linker)| tool_in_path(linker.program).is_some());
    let strategies = installed.map(|(name, linker)| Strategy {
        name,
        id: "mold",
        plugin: Some(third_party_linker()),
        linker: Some(linker),
    });
    strategies.inspect(announce)
}

/// A test that fails shows what it printed.
fn announce(strategy: &Strategy) {
    println!("linker strategy: {}", strategy.name);
}
