//! Projects: manifests, workspaces, dependencies, locks, and the commands that take
//! them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod cases;
mod commands;
mod locks;
mod manifests;
mod odd_files;
mod resolution;
mod workspaces;
