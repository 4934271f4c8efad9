//! LLVM by its C interface: all that is unsafe about it.

mod api;
mod compile;
mod execute;
mod library;

pub(crate) use compile::{Choice, compile};
pub(crate) use execute::Execution;
pub(crate) use library::Llvm;
