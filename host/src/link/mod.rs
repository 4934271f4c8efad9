//! Linking: a request for a strategy, a plan from it, the plan carried out.

mod answers;
mod check;
mod direct;
mod execute;
mod failure;
mod job;
mod libraries;
mod members;
mod namespace;
mod scan;

pub(crate) use check::check as check_plan;
pub use execute::Driver;
pub use job::{Link, LinkJob};
