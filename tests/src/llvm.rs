//! The backend `llvm`, loaded from its file.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::built::built;
use crate::command::{Ended, beskid, end};
use crate::tools::library;

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
