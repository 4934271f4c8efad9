//! Linking: a request for a strategy, a plan from it, the plan carried out.

mod execute;
mod failure;
mod job;
mod response;

pub use job::{Link, LinkJob};
