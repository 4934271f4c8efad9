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
mod told;

pub(crate) use check::check as check_plan;
pub(crate) use direct::in_path;
pub use execute::Driver;
pub use job::{Link, LinkJob};
pub(crate) use told::{Seen, Told, Warning};
