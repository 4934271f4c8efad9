//! Objects in slots that debuggers read: each such slot has a word too, so that what a
//! local shows lives as long as the local has it.

use std::collections::HashMap;

use cranelift_codegen::ir::{Function, StackSlot};

use super::super::function::Roots;
use super::values::Managed;
use super::words::{Needs, Words};

/// Gives words to the slots that have objects, and notes what is written to them.
pub(super) fn assign(
    func: &Function,
    roots: &Roots,
    managed: &Managed,
    needs: &mut Needs,
    words: &mut Words,
) {
    // Stores that nothing reaches are no more.
    let shown = roots.shown.iter().filter_map(|shown| {
        let block = func.layout.inst_block(shown.store)?;
        Some((shown, block))
    });
    let shown = shown.collect::<Vec<_>>();
    let mut of = HashMap::<StackSlot, u32>::new();
    for (shown, _) in &shown {
        if managed.number(shown.value).is_some() {
            of.entry(shown.slot).or_insert_with(|| {
                words.count += 1;
                words.count - 1
            });
        }
    }
    for (shown, block) in shown {
        // A constant takes the place of an object too.
        if let Some(word) = of.get(&shown.slot) {
            words.shown.push((shown.store, shown.value, *word));
            needs.blocks.push(block);
        }
    }
}
