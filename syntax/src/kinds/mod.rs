//! What tokens and nodes there are.

mod node;
mod token;

pub use node::NodeKind;
pub use token::TokenKind;
