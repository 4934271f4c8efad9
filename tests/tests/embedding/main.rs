//! Programs compiled and called from Rust.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod broken_heaps;
mod checked_calls;
mod dependencies;
mod dynamic;
mod examples;
mod from_c;
mod host_faults;
mod host_functions;
mod interruptions;
mod memory;
mod memory_limits;
mod object_backends;
mod overflows;
mod process;
mod programs;
mod traps;
