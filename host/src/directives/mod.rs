//! The run directives of `.clif` files, in every engine, each in a process of
//! its own.

mod settings;
mod suite;
mod worker;

pub use suite::{Event, Options, run_file};
pub use worker::{Task, work};

/// Name under which Cranelift's interpreter runs directives.
pub const INTERPRETER: &str = "interpreter";
