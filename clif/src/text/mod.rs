//! CLIF text: `.clif` files as a source, and artifacts printed as CLIF.

mod entry;
mod foreign;
mod parse;
mod print;
mod program;
pub mod tests;

pub use parse::{SourceError, parse};
pub use print::print;
