//! The backend `llvm`, loaded from its file, and machines that it compiles for.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use crate::built::built;
use crate::command::{Ended, beskid, end};
use crate::tools::library;
use crate::workshop::Workshop;

/// `beskid` with the backend at hand.
pub fn command(folder: &Path, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = beskid(folder);
    command.arg("--plugin").arg(built().plugin("backend_llvm"));
    command.args(args);
    command
}

/// What such a command does.
pub fn with_backend(folder: &Path, args: &[&str]) -> Ended {
    end(&mut command(folder, args))
}

/// Whether the system's loader finds LLVM; if not, a line for the reader.
pub fn has_llvm() -> bool {
    library("libLLVM.so.19.1")
}

/// An object of a program, for a target.
pub fn object(folder: &Path, program: &str, rest: &[&str]) -> Ended {
    let args = ["--backend", "llvm", "build", program, "--kind", "object"];
    with_backend(folder, &[&args[..], rest].concat())
}

/// A machine whose programs are run here.
#[derive(Debug, Clone, Copy)]
pub struct Machine {
    /// Its triple.
    pub target: &'static str,
    /// Its C compiler.
    pub cc: &'static str,
    /// Runs its programs, and where it finds the machine's loader.
    emulator: Option<[&'static str; 3]>,
}

/// Those of the tests.
pub const MACHINES: [Machine; 3] = [
    Machine {
        target: "x86_64-unknown-linux-gnu",
        cc: "cc",
        emulator: None,
    },
    Machine {
        target: "aarch64-unknown-linux-gnu",
        cc: "aarch64-linux-gnu-gcc",
        emulator: Some(["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"]),
    },
    Machine {
        target: "riscv64gc-unknown-linux-gnu",
        cc: "riscv64-linux-gnu-gcc",
        emulator: Some(["qemu-riscv64", "-L", "/usr/riscv64-linux-gnu"]),
    },
];

impl Machine {
    /// A folder, if the machine's tools are here.
    pub fn workshop(&self) -> Option<Workshop> {
        let tools = [Some(self.cc), self.emulator.map(|words| words[0])];
        Workshop::with(&tools.into_iter().flatten().collect::<Vec<_>>())
    }

    /// What a program for the machine says, which succeeds.
    #[track_caller]
    pub fn run(&self, workshop: &Workshop, program: &Path) -> String {
        match self.emulator {
            None => end(&mut Command::new(program)).succeeds(),
            Some([emulator, args @ ..]) => {
                let args = args.map(OsString::from);
                workshop.run(emulator, args.into_iter().chain([program.into()]))
            }
        }
    }
}
