//! Where a function makes the frame of its roots: as late as it can, so that ways on
//! which it is not needed go without.

use cranelift_codegen::dominator_tree::DominatorTree;
use cranelift_codegen::entity::EntitySet;
use cranelift_codegen::flowgraph::ControlFlowGraph;
use cranelift_codegen::ir::{Block, Function, Opcode, ValueDef};

use super::values::Managed;
use super::words::{Needs, Words};

/// The block at whose begin the frame is made, and the blocks behind it that return.
pub(super) struct Opening {
    pub(super) block: Block,
    pub(super) returns: Vec<Block>,
}

impl Opening {
    /// The last block that comes before everything that needs the frame, is passed
    /// once, and behind which no way goes on that has not passed it.
    pub(super) fn find(
        func: &Function,
        managed: &Managed,
        needs: &Needs,
        words: &Words,
    ) -> Option<Self> {
        let entry = func.layout.entry_block()?;
        let graph = ControlFlowGraph::with_function(func);
        let tree = DominatorTree::with_function(func, &graph);
        let values = words
            .of
            .keys()
            .map(|number| managed.values[*number as usize]);
        let defined = values.filter_map(|value| match func.dfg.value_def(value) {
            ValueDef::Result(inst, _) => func.layout.inst_block(inst),
            ValueDef::Param(block, _) => (block != entry).then_some(block),
            ValueDef::Union(..) => None,
        });
        // Values that live as long as the function need it from the begin.
        let kept = managed.kept.iter().map(|_| entry);
        let wanted = defined.chain(kept).chain(needs.blocks.iter().copied());
        let mut block = wanted
            .filter(|block| tree.is_reachable(*block))
            .reduce(|left, right| common(&tree, left, right))
            .unwrap_or(entry);
        loop {
            let behind = behind(func, block);
            let returns = func.layout.blocks().filter(|found| {
                let last = func.layout.last_inst(*found);
                let returns = |inst| func.dfg.insts[inst].opcode() == Opcode::Return;
                (behind.contains(*found) || *found == block) && last.is_some_and(returns)
            });
            let returns = returns.collect::<Vec<_>>();
            let passes = |found: &Block| tree.block_dominates(block, *found);
            if block == entry || (!behind.contains(block) && returns.iter().all(passes)) {
                return Some(Self { block, returns });
            }
            block = tree.idom(block).unwrap_or(entry);
        }
    }
}

/// The last block that comes before two others.
fn common(tree: &DominatorTree, left: Block, right: Block) -> Block {
    let mut found = left;
    while !tree.block_dominates(found, right) {
        match tree.idom(found) {
            Some(before) => found = before,
            None => return found,
        }
    }
    found
}

/// The blocks that a block leads to.
fn behind(func: &Function, block: Block) -> EntitySet<Block> {
    let mut behind = EntitySet::new();
    let mut next = func.block_successors(block).collect::<Vec<_>>();
    while let Some(block) = next.pop() {
        if behind.insert(block) {
            next.extend(func.block_successors(block));
        }
    }
    behind
}
