//! Support for the tests that cross crates: the built command, the built
//! plugin files, and the cases.
#![forbid(unsafe_code)]
#![allow(
    clippy::panic,
    clippy::expect_used,
    reason = "only tests use this crate, and a test that cannot be set up fails"
)]

pub mod built;
pub mod by_hand;
pub mod cases;
pub mod command;
pub mod desk;
pub mod document;
pub mod endings;
pub mod foreign;
pub mod kept;
pub mod language;
pub mod llvm;
pub mod machines;
pub mod plugin_files;
pub mod site;
pub mod strategies;
pub mod tools;
pub mod wellformed;
pub mod workshop;
