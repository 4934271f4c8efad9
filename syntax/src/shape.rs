//! A tree in a line, for tests and for people who look at trees.

use std::fmt;

use crate::tree::{Node, Tree};

/// Each node in parentheses: its kind, then its tokens and nodes in their order.
/// The nesting of trees is limited, so that of this is.
impl fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({:?}", self.kind())?;
        let mut tokens = self.tokens().peekable();
        for child in self.children() {
            while let Some(token) = tokens.next_if(|token| token.id() < child.first_token().id()) {
                write!(f, " {}", token.text())?;
            }
            write!(f, " {child}")?;
        }
        for token in tokens {
            write!(f, " {}", token.text())?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root().fmt(f)
    }
}
