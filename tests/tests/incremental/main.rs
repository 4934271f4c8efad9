//! Builds after builds: what is the same is not made again, and what is not the same is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod damage;
mod functions;
mod reuse;
mod stages;
mod tests;
mod workplace;
