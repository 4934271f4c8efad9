//! The syntax of the Beskid language: text to a lossless tree.
//!
//! [`parse`] turns any text into a [`Tree`] that has every byte of it: tokens,
//! nodes over them, and between the tokens the blanks and comments. What does not
//! follow the grammar is in the tree too, under [`NodeKind::Error`], and is told
//! by [`Tree::errors`]. The room knows no names and no types; it depends on
//! nothing of ours, so that a formatter, a documentation tool or an editor can
//! use it alone.
//!
//! A tree is a few flat arrays: tokens and nodes have numbers, nodes lie in the
//! order in which they begin, and each knows how many are in it. It is plain
//! data, to be shared between threads; [`views`] give its nodes names and parts.
//!
//! ```
//! let tree = beskid_syntax::parse("i32 main() { return 6 * 7; }");
//! assert!(tree.errors().is_empty());
//! let function = tree.root().children().next().unwrap();
//! assert_eq!(function.kind(), beskid_syntax::NodeKind::Function);
//! assert_eq!(function.text(), "i32 main() { return 6 * 7; }");
//! ```
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod docs;
mod error;
mod format;
mod kinds;
mod lexer;
pub mod literal;
mod other_words;
mod parser;
mod shape;
mod span;
mod tokens;
mod tree;
mod trivia;
pub mod views;

pub use docs::Docs;
pub use error::{ErrorKind, Hint, SyntaxError};
pub use format::format;
pub use kinds::{NodeKind, TokenKind};
pub use other_words::instead_of;
pub use parser::meant_word;
pub use span::{LineIndex, Span};
pub use tree::{Children, Node, NodeId, Token, TokenId, Tree};
pub use trivia::{Trivia, TriviaKind};

/// Largest text, in bytes: positions have 32 bits, and some are left for trees
/// over several texts.
pub const LARGEST: usize = 1 << 31;

/// Reads a text. Equal texts give equal trees (SYN-8).
///
/// Of a text longer than [`LARGEST`], nothing is read: the tree is empty, and
/// has one error.
pub fn parse(text: &str) -> Tree {
    if text.len() > LARGEST {
        return Tree::too_large();
    }
    let lexed = lexer::lex(text);
    let parsed = parser::parse(text, &lexed);
    if !parsed.errors.is_empty() && lexed.is_over_lines(text) {
        let by_lines = lexer::lex_by_lines(text);
        if !by_lines.cuts.is_empty() {
            let other = parser::parse(text, &by_lines);
            if other.is_better(&parsed, lexed.swallowed) {
                return Tree::new(text, by_lines.tokens, other.nodes, other.errors);
            }
        }
    }
    Tree::new(text, lexed.tokens, parsed.nodes, parsed.errors)
}
