//! Generated signatures of foreign and exported functions, and of callbacks,
//! against what a C compiler makes of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod scalars;
mod sides;
mod signatures;
mod structs;
mod values;
