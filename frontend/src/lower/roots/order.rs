//! The order of blocks.

use cranelift_codegen::ir::{Block, Function};

/// Every block that the entry leads to, successors first as far as there are no loops.
pub(super) fn postorder(func: &Function) -> Vec<Block> {
    let mut order = Vec::new();
    let mut seen = cranelift_codegen::entity::EntitySet::<Block>::new();
    let mut stack = Vec::new();
    if let Some(entry) = func.layout.entry_block() {
        seen.insert(entry);
        stack.push((entry, func.block_successors(entry).collect::<Vec<_>>()));
    }
    while let Some((block, successors)) = stack.last_mut() {
        match successors.pop() {
            Some(next) => {
                if seen.insert(next) {
                    let behind = func.block_successors(next).collect();
                    stack.push((next, behind));
                }
            }
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order
}
