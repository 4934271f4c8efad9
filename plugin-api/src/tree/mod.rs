//! An artifact's functions as trees of typed instructions, for backends.
//!
//! The [instruction stream](crate::artifact::InstructionReader) has every operand of
//! every mnemonic as a number. Here it is read: each [`Instruction`] is an
//! [`Operation`], which has CLIF's mnemonics in groups by what they take, and what they
//! refer to as it is: a callee with its signature, a constant's bytes, a table.
//! `docs/instructions.md` says what each computes. What a newer CLIF has and this list
//! does not is [`Operation::Other`], to be refused by name (E5006).
//!
//! A tree is in CLIF's form: its mnemonics have the operands that they have there, and
//! each block ends with a branch, a return or a trap, and has none before (E5007).
//! Beyond that holds what [verification](crate::artifact#what-verification-guarantees)
//! says. That the operands of an arithmetic instruction have fitting types and that
//! definitions dominate uses is not checked; [`Flow`] has the dominators.
//!
//! ```
//! use beskid_plugin_api::artifact::CodegenArtifact;
//! use beskid_plugin_api::diagnostic::Diagnostic;
//! use beskid_plugin_api::tree::{BinaryOp, Flow, Operation, Trees};
//!
//! /// Counts the multiplications in loops.
//! fn multiplications(artifact: &CodegenArtifact) -> Result<usize, Diagnostic> {
//!     let mut count = 0;
//!     for function in Trees::of(artifact)? {
//!         let flow = Flow::of(&function);
//!         for (number, block) in (0..).zip(&function.blocks) {
//!             // A block is in a loop if something that it dominates goes back to it.
//!             let back = flow.predecessors(number).iter();
//!             if !back.clone().any(|before| flow.dominates(number, *before)) {
//!                 continue;
//!             }
//!             for instruction in &block.instructions {
//!                 if let Operation::Binary(BinaryOp::Imul, [left, _]) = instruction.operation {
//!                     let ty = function.value_type(left);
//!                     count += usize::from(ty.is_some_and(|ty| ty.is_int()));
//!                 }
//!             }
//!         }
//!     }
//!     Ok(count)
//! }
//! # let artifact = beskid_plugin_api::artifact::ArtifactBuilder::new(
//! #     beskid_plugin_api::artifact::Header::new("example", "1")).finish()?;
//! # assert_eq!(multiplications(&artifact)?, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod flow;
mod function;
mod instruction;
mod libcalls;
mod operands;
mod operations;
mod read;
mod shape;

pub use flow::Flow;
pub use function::{BlockTree, FunctionTree};
pub use instruction::{Instruction, Operand, Operation, Value};
pub use libcalls::{LIBCALLS, LibCall, LibCallType, libcall};
pub use operations::{
    AtomicOperation, BinaryOp, CallOp, FloatCondition, IntCondition, LoadOp, NullaryOp, SpecialOp,
    StoreOp, TernaryOp, UnaryOp,
};
pub use read::Trees;
