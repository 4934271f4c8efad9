//! Writing the words of a function's roots.

use std::collections::HashSet;

use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{Block, Function, InstBuilder, Value, ValueDef, types};

use super::super::memory::{ROOTS, flags};
use super::opening::Opening;
use super::values::Managed;
use super::words::{Needs, Words};

/// Size of a word in bytes.
const WORD: i32 = 8;

/// Writes the roots of a function.
pub(super) fn write(
    func: &mut Function,
    context: Value,
    managed: &Managed,
    needs: &Needs,
    words: &Words,
) {
    for (inst, values) in &needs.cold {
        let values = values.iter().map(|number| managed.values[*number as usize]);
        let at = func.srcloc(*inst);
        let mut cursor = FuncCursor::new(func).at_inst(*inst).with_srcloc(at);
        let top = cursor.ins().load(types::I64, flags(), context, ROOTS);
        let mut end = 0;
        for value in values {
            cursor.ins().store(flags(), value, top, end);
            end += WORD;
        }
        let above = cursor.ins().iadd_imm_u(top, i64::from(end));
        cursor.ins().store(flags(), above, context, ROOTS);
        let mut cursor = cursor.after_inst(*inst);
        cursor.ins().store(flags(), top, context, ROOTS);
    }
    if words.count > 0 {
        write_frame(func, context, managed, needs, words);
    }
}

/// Makes a frame of so many words, and gives it back where the function returns.
fn write_frame(
    func: &mut Function,
    context: Value,
    managed: &Managed,
    needs: &Needs,
    words: &Words,
) {
    let Some(opening) = Opening::find(func, managed, needs, words) else {
        return;
    };
    let mut order = words.of.iter().map(|(number, word)| {
        let value = managed.values[*number as usize];
        (value, *word as i32 * WORD)
    });
    let mut order = order.by_ref().collect::<Vec<_>>();
    order.sort_unstable();
    // What is there when the frame is made, and what comes later.
    let entry = func.layout.entry_block();
    let early = |value: Value| match func.dfg.value_def(value) {
        ValueDef::Param(block, _) => block == opening.block || Some(block) == entry,
        _ => false,
    };
    let (early, late): (Vec<_>, Vec<_>) = order.into_iter().partition(|(value, _)| early(*value));
    let top = open(func, context, opening.block, &early, words.count);
    for (value, offset) in late {
        let mut cursor = match func.dfg.value_def(value) {
            ValueDef::Result(inst, _) => {
                let at = func.srcloc(inst);
                FuncCursor::new(func).after_inst(inst).with_srcloc(at)
            }
            ValueDef::Param(block, _) => FuncCursor::new(func).at_first_insertion_point(block),
            ValueDef::Union(..) => continue,
        };
        cursor.ins().store(flags(), value, top, offset);
    }
    for (store, value, word) in &words.shown {
        let at = func.srcloc(*store);
        let mut cursor = FuncCursor::new(func).after_inst(*store).with_srcloc(at);
        cursor
            .ins()
            .store(flags(), *value, top, *word as i32 * WORD);
    }
    for block in opening.returns {
        if let Some(last) = func.layout.last_inst(block) {
            let at = func.srcloc(last);
            let mut cursor = FuncCursor::new(func).at_inst(last).with_srcloc(at);
            cursor.ins().store(flags(), top, context, ROOTS);
        }
    }
}

/// Makes the frame at the begin of a block: its words are zero, or values that are
/// there.
fn open(
    func: &mut Function,
    context: Value,
    block: Block,
    early: &[(Value, i32)],
    count: u32,
) -> Value {
    let mut cursor = match func.dfg.value_def(context) {
        ValueDef::Result(inst, _) if func.layout.inst_block(inst) == Some(block) => {
            FuncCursor::new(func).after_inst(inst)
        }
        _ => FuncCursor::new(func).at_first_insertion_point(block),
    };
    let top = cursor.ins().load(types::I64, flags(), context, ROOTS);
    let end = count as i32 * WORD;
    let written = early.iter().map(|(_, offset)| *offset);
    let written = written.collect::<HashSet<_>>();
    let others = (0..end).step_by(WORD as usize);
    let others = others.filter(|offset| !written.contains(offset));
    let others = others.collect::<Vec<_>>();
    if !others.is_empty() {
        let zero = cursor.ins().iconst(types::I64, 0);
        for offset in others {
            cursor.ins().store(flags(), zero, top, offset);
        }
    }
    for (value, offset) in early {
        cursor.ins().store(flags(), *value, top, *offset);
    }
    let above = cursor.ins().iadd_imm_u(top, i64::from(end));
    cursor.ins().store(flags(), above, context, ROOTS);
    top
}
