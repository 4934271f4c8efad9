//! What debuggers are told: the place and the scope of each instruction, and where
//! the locals are.
//!
//! A local that debuggers are to see has a slot in the frame, in which each of its
//! values is stored too: so it is there at every line, whatever a backend does with
//! values. The collector does not look at these slots, and moves nothing.

mod scopes;
pub(super) mod shown;
pub(super) mod tables;
#[cfg(test)]
mod tests;
mod types;
mod variables;
