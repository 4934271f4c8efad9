//! Makes programs from seeds.

mod calls;
mod expressions;
mod items;
mod maker;
mod matches;
mod operations;
mod show;
mod statements;
mod types;

use super::tree::Program;

/// Some program. It may run for long.
pub fn make(seed: u64) -> Program {
    let mut maker = maker::Maker::new(seed);
    maker.items();
    maker.program
}
