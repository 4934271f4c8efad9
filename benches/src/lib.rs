//! What the benches share: programs, both sides of a comparison, clocks, rows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "measurements"
)]

mod mix;
mod products;
mod program;
mod row;
mod source;
mod timing;

pub use mix::mixed_program;
pub use products::{beskid, is_installed, products};
pub use program::{Program, Sides, checked, decoded, large_artifact};
pub use row::Rows;
pub use source::{large_program, large_program_in_c, program};
pub use timing::{compare, median, processor, timed};
