//! Leaving out what computes a value that nothing needs, and jumps that lead to a
//! block to which nothing else does.

use cranelift_codegen::entity::SecondaryMap;
use cranelift_codegen::ir::{Block, BlockArg, Function, Inst, InstructionData, Opcode, Value};

/// Leaves out every instruction that does nothing but compute what nothing needs.
pub(super) fn sweep(func: &mut Function) {
    let mut uses: SecondaryMap<Value, u32> = SecondaryMap::new();
    let insts = all(func);
    for inst in &insts {
        for value in func.dfg.inst_values(*inst) {
            uses[func.dfg.resolve_aliases(value)] += 1;
        }
    }
    // Operands come before what needs them, in almost every order of blocks.
    for inst in insts.into_iter().rev() {
        let is_needed = |value: &Value| uses[*value] > 0;
        if !computes_only(func.dfg.insts[inst].opcode())
            || func.dfg.inst_results(inst).iter().any(is_needed)
        {
            continue;
        }
        for value in func.dfg.inst_values(inst) {
            uses[func.dfg.resolve_aliases(value)] -= 1;
        }
        func.layout.remove_inst(inst);
    }
}

/// Puts each block that only one jump leads to behind that jump's block, in its place.
pub(super) fn straighten(func: &mut Function) {
    let mut entered: SecondaryMap<Block, u32> = SecondaryMap::new();
    let blocks = func.layout.blocks().collect::<Vec<_>>();
    if let Some(entry) = blocks.first() {
        entered[*entry] += 1;
    }
    for inst in all(func) {
        let tables = &func.dfg.jump_tables;
        let exceptions = &func.dfg.exception_tables;
        for call in func.dfg.insts[inst].branch_destination(tables, exceptions) {
            entered[call.block(&func.dfg.value_lists)] += 1;
        }
    }
    for block in blocks {
        while func.layout.is_block_inserted(block) {
            let Some((jump, next, args)) = jump(func, block) else {
                break;
            };
            if entered[next] != 1 || next == block {
                break;
            }
            func.layout.remove_inst(jump);
            let params = func.dfg.block_params(next).to_vec();
            func.dfg.detach_block_params(next);
            for (param, arg) in params.into_iter().zip(args) {
                func.dfg.change_to_alias(param, arg);
            }
            for inst in func.layout.block_insts(next).collect::<Vec<_>>() {
                func.layout.remove_inst(inst);
                func.layout.append_inst(inst, block);
            }
            func.layout.remove_block(next);
        }
    }
}

/// The jump at the end of a block, where it leads, and its arguments.
fn jump(func: &Function, block: Block) -> Option<(Inst, Block, Vec<Value>)> {
    let last = func.layout.last_inst(block)?;
    let InstructionData::Jump { destination, .. } = func.dfg.insts[last] else {
        return None;
    };
    let lists = &func.dfg.value_lists;
    let args = destination.args(lists).map(|arg| match arg {
        BlockArg::Value(value) => Some(value),
        _ => None,
    });
    let args = args.collect::<Option<Vec<_>>>()?;
    Some((last, destination.block(lists), args))
}

fn all(func: &Function) -> Vec<Inst> {
    let blocks = func.layout.blocks();
    let insts = blocks.flat_map(|block| func.layout.block_insts(block));
    insts.collect()
}

fn computes_only(opcode: Opcode) -> bool {
    !opcode.is_terminator()
        && !opcode.is_call()
        && !opcode.can_store()
        && !opcode.can_trap()
        && !opcode.other_side_effects()
}
