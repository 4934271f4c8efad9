//! Takes out blocks that nothing leads to.

use cranelift_codegen::entity::EntitySet;
use cranelift_codegen::ir::{Block, Function};

/// Keeps the blocks that the entry leads to.
pub(super) fn keep(func: &mut Function) {
    let mut reached = EntitySet::<Block>::new();
    let mut found = Vec::from_iter(func.layout.entry_block());
    let mut count = 0;
    while let Some(block) = found.pop() {
        if reached.insert(block) {
            count += 1;
            found.extend(func.block_successors(block));
        }
    }
    let blocks = func.layout.blocks().collect::<Vec<_>>();
    if blocks.len() == count {
        return;
    }
    let others = blocks.into_iter().filter(|block| !reached.contains(*block));
    for block in others {
        while let Some(inst) = func.layout.first_inst(block) {
            func.layout.remove_inst(inst);
        }
        func.layout.remove_block(block);
    }
}
