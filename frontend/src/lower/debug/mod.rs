//! What debuggers are told: the place and the scope of each instruction, and where
//! the locals are.
//!
//! A local that debuggers are to see has a slot in the frame, in which each of its
//! values is stored too: so it is there at every line, whatever a backend does with
//! values. The collector, which moves nothing, does not look at these slots: what is
//! stored in them it is told too.

mod scopes;
pub(super) mod shown;
pub(super) mod tables;
#[cfg(test)]
mod tests;
mod types;
mod variables;
