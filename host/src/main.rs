//! The `beskid` command.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    beskid_host::cli::main()
}
