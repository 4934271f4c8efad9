//! `beskid hunt`: artifacts that nobody wrote, in several engines, and where those
//! differ. Each engine works in a process of its own, which may crash or never end.

mod engine;
mod finding;
mod outcome;
mod reduction;
mod search;
mod tally;
mod wire;
mod worker;

pub use finding::Finding;
pub use search::{Hunt, Limits, Source};
pub use tally::Tally;
pub use worker::serve;

/// Name of Cranelift's interpreter as an engine.
pub const INTERPRETER: &str = "interpreter";
