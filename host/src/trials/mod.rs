//! The `test` items of Beskid programs, each tried in a process of its own (TST-4).

mod filter;
mod lowered;
mod outcome;
mod runner;
mod suite;
mod wire;
mod worker;

pub use filter::Filter;
pub use outcome::{Outcome, Tried};
pub use runner::{Event, Options, Prepared};
pub use suite::{Item, Suite};
pub use worker::work;
