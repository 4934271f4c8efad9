//! What debuggers are told of a function while it is lowered.

use std::collections::HashMap;

use beskid_plugin_api::artifact::debug::{self, NO_POSITION};
use cranelift_codegen::entity::SecondaryMap;
use cranelift_codegen::ir::StackSlot;
use cranelift_frontend::Variable;

/// A function that debuggers see.
pub(in crate::lower) struct Shown {
    /// The scopes around, outermost first.
    pub(super) scopes: Vec<u32>,
    /// The position of the instructions that come now.
    pub(super) here: u32,
    /// Positions by the begin of what they stand for, and its scope.
    pub(super) positions: HashMap<(u32, u32), u32>,
    /// Where the values of variables are stored too, and by which keys.
    pub(super) slots: SecondaryMap<Variable, Option<(StackSlot, u64)>>,
    /// Where a jump that the source has stores something; see
    /// [`stop_at_jump`](crate::lower::function::Lowering::stop_at_jump).
    pub(super) jumps: Option<StackSlot>,
    /// The locals that have no value yet, as debuggers will see them.
    pub(super) hidden: Vec<Option<debug::Variable>>,
}

impl Shown {
    /// A function of this scope.
    pub(super) fn new(scope: u32) -> Self {
        Self {
            scopes: vec![scope],
            here: NO_POSITION,
            positions: HashMap::new(),
            slots: SecondaryMap::new(),
            jumps: None,
            hidden: Vec::new(),
        }
    }

    /// The innermost scope.
    pub(super) fn scope(&self) -> u32 {
        self.scopes.last().copied().unwrap_or_default()
    }
}
