//! Writing the words of a function's roots.

use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::ir::{Function, InstBuilder, Opcode, Value, ValueDef, types};

use super::super::memory::{ROOTS, flags};
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
        let mut cursor = FuncCursor::new(func).at_inst(*inst);
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
        write_frame(func, context, managed, words);
    }
}

/// Makes a frame of so many words, and gives it back where the function returns.
fn write_frame(func: &mut Function, context: Value, managed: &Managed, words: &Words) {
    let top = open(func, context, managed, words);
    for (number, word) in &by_order(words) {
        let value = managed.values[*number as usize];
        let mut cursor = match func.dfg.value_def(value) {
            ValueDef::Result(inst, _) => FuncCursor::new(func).after_inst(inst),
            ValueDef::Param(block, _) if func.layout.entry_block() != Some(block) => {
                FuncCursor::new(func).at_first_insertion_point(block)
            }
            // The parameters of the function are written where the frame is made.
            _ => continue,
        };
        let offset = *word as i32 * WORD;
        cursor.ins().store(flags(), value, top, offset);
    }
    let blocks = func.layout.blocks().collect::<Vec<_>>();
    for block in blocks {
        let last = func.layout.last_inst(block);
        if let Some(last) = last.filter(|last| func.dfg.insts[*last].opcode() == Opcode::Return) {
            let mut cursor = FuncCursor::new(func).at_inst(last);
            cursor.ins().store(flags(), top, context, ROOTS);
        }
    }
}

/// Makes the frame: its words are zero, or parameters of the function.
fn open(func: &mut Function, context: Value, managed: &Managed, words: &Words) -> Value {
    let entry = match func.layout.entry_block() {
        Some(entry) => entry,
        None => return context,
    };
    let order = by_order(words);
    let params = order.iter().filter_map(|(number, word)| {
        let value = managed.values[*number as usize];
        let def = func.dfg.value_def(value);
        matches!(def, ValueDef::Param(block, _) if block == entry).then_some((value, *word))
    });
    let params = params.collect::<Vec<_>>();
    let mut cursor = match func.dfg.value_def(context) {
        ValueDef::Result(inst, _) => FuncCursor::new(func).after_inst(inst),
        _ => FuncCursor::new(func).at_first_insertion_point(entry),
    };
    let top = cursor.ins().load(types::I64, flags(), context, ROOTS);
    let written = |word: u32| params.iter().any(|(_, known)| *known == word);
    if (0..words.count).any(|word| !written(word)) {
        let zero = cursor.ins().iconst(types::I64, 0);
        for word in (0..words.count).filter(|word| !written(*word)) {
            cursor.ins().store(flags(), zero, top, word as i32 * WORD);
        }
    }
    for (value, word) in &params {
        cursor
            .ins()
            .store(flags(), *value, top, *word as i32 * WORD);
    }
    let size = i64::from(words.count) * i64::from(WORD);
    let above = cursor.ins().iadd_imm_u(top, size);
    cursor.ins().store(flags(), above, context, ROOTS);
    top
}

/// The values and their words, in the order of their numbers.
fn by_order(words: &Words) -> Vec<(u32, u32)> {
    let mut order = Vec::from_iter(words.of.iter().map(|(number, word)| (*number, *word)));
    order.sort_unstable();
    order
}
