//! The runtime as programs get it: compiled by the recipe of the crate's
//! documentation, and called from C.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod calls;
mod collector;
mod endings;
mod faults;
mod object;
mod program;
mod recipe;
