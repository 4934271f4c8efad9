//! The `beskid` command.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: beskid_host::Allocator = beskid_host::Allocator;

fn main() -> ExitCode {
    beskid_host::command()
}
