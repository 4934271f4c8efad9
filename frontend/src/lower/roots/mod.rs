//! The roots of a function: what the collector finds its objects by.
//!
//! A value that lives on across a call that may collect is written to a word of the
//! root stack where it is defined, once. Calls in cold blocks write what lives
//! across them just before, on top, and nothing anywhere else. Objects never move,
//! so nothing is read back. What debuggers are shown lives as long as it is shown.

mod frame;
mod liveness;
mod moved;
mod opening;
mod order;
mod shown;
#[cfg(test)]
mod tests;
mod values;
mod words;

use cranelift_codegen::entity::EntitySet;
use cranelift_codegen::ir::{Function, Value};

use super::function::Roots;
use liveness::Liveness;
pub(super) use moved::Moved;
use values::Managed;

/// Most bits with which it is found out where values live. In larger functions each
/// value has a word of its own.
const MOST: usize = 1 << 28;

/// Adds the roots to a finished function that has this context.
pub(super) fn add(func: &mut Function, context: Value, mut roots: Roots, moved: &Moved) {
    if roots.safepoints.is_empty() {
        return;
    }
    // A value may have had other names while the function grew.
    let resolved = |value: Value| func.dfg.resolve_aliases(value);
    let context = resolved(context);
    let mut names = EntitySet::new();
    names.extend(roots.managed.iter().map(resolved));
    roots.managed = names;
    for (_, value) in &mut roots.held {
        *value = resolved(*value);
    }
    for value in &mut roots.kept {
        *value = resolved(*value);
    }
    for shown in &mut roots.shown {
        shown.value = resolved(shown.value);
    }
    func.dfg.resolve_all_aliases();
    let roots = &roots;
    let managed = Managed::find(func, roots);
    if managed.values.is_empty() {
        return;
    }
    let blocks = func.layout.blocks().count();
    let (mut needs, mut words) = if blocks.saturating_mul(managed.values.len()) > MOST {
        words::all(&managed)
    } else {
        let liveness = Liveness::find(func, &managed, moved);
        let needs = words::needs(func, roots, &managed, &liveness, moved);
        let words = words::assign(func, &managed, &liveness, &needs, moved);
        (needs, words)
    };
    shown::assign(func, roots, &managed, &mut needs, &mut words);
    frame::write(func, context, &managed, &needs, &words);
}
