//! CLIF text: `.clif` files as a source, and artifacts printed as CLIF.

mod debug;
mod entry;
mod file;
mod foreign;
mod parse;
mod print;
mod print_symbols;
mod program;
mod rules;
mod set_lines;
mod source_error;
mod symbols;
pub mod tests;
mod tokens;

pub use parse::parse;
pub use print::print;
pub use source_error::SourceError;
