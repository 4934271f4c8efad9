//! The one layout of a text (FMT-1 to FMT-3).
//!
//! Nodes become pieces: texts, blanks, ends of lines, and groups that are on one
//! line if they fit. Comments are put between the pieces where they stand between
//! the tokens, so that none is lost; the printer makes lines of it all.

mod bodies;
mod builder;
mod comments;
mod lists;
mod nodes;
mod piece;
mod printer;
mod spacing;

use crate::error::SyntaxError;
use crate::tree::Tree;

/// Lays a text out; one that does not follow the grammar has no layout.
///
/// Only what may be left out is added or taken away: commas after the last of a
/// list, the `;` of an embedding, and the parentheses of a condition. Formatting
/// what was formatted changes nothing.
///
/// ```
/// let tree = beskid_syntax::parse("i32 main(){return 6*7;}");
/// let text = beskid_syntax::format(&tree).unwrap();
/// assert_eq!(text, "i32 main()\n{\n    return 6 * 7;\n}\n");
/// ```
///
/// # Errors
///
/// The errors of the text.
pub fn format(tree: &Tree) -> Result<String, &[SyntaxError]> {
    if !tree.errors().is_empty() {
        return Err(tree.errors());
    }
    let mut builder = builder::Builder::new(tree);
    builder.file(tree.root());
    Ok(printer::print(&builder.finish()))
}
