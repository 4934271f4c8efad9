//! One artifact through several backends: what each made of it, and where
//! they differ.

mod difference;
mod execution;

pub use difference::{Difference, differences};
pub use execution::{Execution, Report, Runner};
