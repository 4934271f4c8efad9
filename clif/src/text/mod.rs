//! CLIF text: `.clif` files as a source, and artifacts printed as CLIF.

mod directives;
mod entry;
mod harness;
mod parse;
mod print;

pub use directives::{Directives, TestPlan, Verdict};
pub use parse::{SourceError, TestProgram, parse, parse_tests};
pub use print::print;
