//! Divisions of 64 bits whose operands often fit into 32: x86-64's processors divide
//! those in a fraction of the time, so it pays to look first.

use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{Function, Inst, InstBuilder, Opcode, Value, types};
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::settings::OptLevel;
use target_lexicon::Architecture;

/// Gives each division of 64 bits a shorter one beside it, where the function is
/// optimized for speed. One by a constant is no division any more when it becomes
/// machine code.
pub(super) fn shorten(func: &mut Function, isa: &dyn TargetIsa) {
    if isa.triple().architecture != Architecture::X86_64
        || isa.flags().opt_level() != OptLevel::Speed
    {
        return;
    }
    let blocks = func.layout.blocks();
    let insts = blocks.flat_map(|block| func.layout.block_insts(block));
    let long = insts.filter(|inst| is_long(func, *inst));
    for inst in long.collect::<Vec<_>>() {
        split(func, inst);
    }
}

fn is_long(func: &Function, inst: Inst) -> bool {
    let opcode = func.dfg.insts[inst].opcode();
    if short(opcode).is_none() || func.dfg.ctrl_typevar(inst) != types::I64 {
        return false;
    }
    !is_constant(func, func.dfg.inst_args(inst)[1])
}

fn is_constant(func: &Function, value: Value) -> bool {
    let value = func.dfg.resolve_aliases(value);
    let Some(made) = func.dfg.value_def(value).inst() else {
        return false;
    };
    match func.dfg.insts[made].opcode() {
        Opcode::Iconst => true,
        Opcode::Sextend | Opcode::Uextend => is_constant(func, func.dfg.inst_args(made)[0]),
        _ => false,
    }
}

/// What divides numbers without a sign as the instruction does: below 2³² no number
/// of 64 bits has one.
const fn short(opcode: Opcode) -> Option<Opcode> {
    match opcode {
        Opcode::Sdiv | Opcode::Udiv => Some(Opcode::Udiv),
        Opcode::Srem | Opcode::Urem => Some(Opcode::Urem),
        _ => None,
    }
}

fn split(func: &mut Function, inst: Inst) {
    let args = func.dfg.inst_args(inst);
    let (dividend, divisor) = (args[0], args[1]);
    let opcode = func.dfg.insts[inst].opcode();
    let place = func.layout.inst_block(inst);
    let Some((before, next)) = place.zip(func.layout.next_inst(inst)) else {
        return;
    };
    let [fast, slow, after] = [0; 3].map(|_| func.dfg.make_block());
    func.layout.split_block(after, next);
    func.layout.insert_block_after(fast, before);
    func.layout.insert_block_after(slow, fast);
    let result = func.dfg.first_result(inst);
    let location = func.srcloc(inst);
    func.layout.remove_inst(inst);
    func.dfg.detach_inst_results(inst);
    let joined = func.dfg.append_block_param(after, types::I64);
    func.dfg.change_to_alias(result, joined);

    let mut cursor = FuncCursor::new(func)
        .at_bottom(before)
        .with_srcloc(location);
    let both = cursor.ins().bor(dividend, divisor);
    let high = cursor.ins().ushr_imm_u(both, 32);
    cursor.ins().brif(high, slow, &[], fast, &[]);

    cursor.goto_bottom(fast);
    let dividend = cursor.ins().ireduce(types::I32, dividend);
    let divisor = cursor.ins().ireduce(types::I32, divisor);
    let short = match short(opcode) {
        Some(Opcode::Urem) => cursor.ins().urem(dividend, divisor),
        _ => cursor.ins().udiv(dividend, divisor),
    };
    let short = cursor.ins().uextend(types::I64, short);
    cursor.ins().jump(after, &[short.into()]);

    cursor.goto_bottom(slow);
    cursor.func.dfg.make_inst_results(inst, types::I64);
    let long = cursor.func.dfg.first_result(inst);
    cursor.insert_inst(inst);
    cursor.ins().jump(after, &[long.into()]);
}
