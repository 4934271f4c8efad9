//! A function as its blocks and their instructions.

use std::ops::Range;

use super::instruction::{Instruction, Value};
use crate::artifact::{Body, Function, Type};

/// A function. What its instructions name by index is in its [`body`](Self::body).
#[derive(Debug, Clone)]
pub struct FunctionTree<'a> {
    pub(super) function: &'a Function,
    /// Its blocks, in layout order; the first is the entry.
    pub blocks: Vec<BlockTree<'a>>,
}

/// A basic block.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockTree<'a> {
    /// Its parameters; those of the entry are the function's.
    pub params: Range<Value>,
    /// Rarely executed.
    pub cold: bool,
    /// Its instructions; at least one. The last one ends the block.
    pub instructions: Vec<Instruction<'a>>,
}

impl<'a> FunctionTree<'a> {
    /// What belongs to it beside its instructions.
    pub const fn body(&self) -> &'a Body {
        &self.function.body
    }

    /// The type of a value; `None` if there is no such value.
    pub fn value_type(&self, value: Value) -> Option<Type> {
        self.function.value_types().get(value as usize).copied()
    }
}

impl BlockTree<'_> {
    /// The blocks where it may go on, each once, ascending.
    pub fn successors(&self) -> Vec<u32> {
        let end = self.instructions.last();
        let targets = end.map(|end| end.operation.targets()).unwrap_or_default();
        let mut blocks = targets
            .iter()
            .map(|target| target.block)
            .collect::<Vec<_>>();
        blocks.sort_unstable();
        blocks.dedup();
        blocks
    }
}
