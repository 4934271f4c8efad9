//! CLIF text: `.clif` files as a source, and artifacts printed as CLIF.

mod entry;
mod file;
mod foreign;
mod parse;
mod print;
mod program;
mod set_lines;
pub mod tests;

pub use parse::{SourceError, parse};
pub use print::print;
