//! Which values need words of the root stack, and which words.

use std::collections::HashMap;

use cranelift_codegen::ir::{Block, Function, Inst, Value};

use super::super::function::Roots;
use super::liveness::{Bits, Liveness};
use super::moved::Moved;
use super::values::Managed;

/// What the calls that may collect need.
pub(super) struct Needs {
    /// Values that have words of their own while they live.
    pub(super) lasting: Bits,
    /// Blocks with calls across which such values live.
    pub(super) blocks: Vec<Block>,
    /// Calls in cold blocks, with the values that live across them.
    pub(super) cold: Vec<(Inst, Vec<u32>)>,
}

/// Walks through a block's instructions from the last, each with the values that
/// live behind it.
fn backwards(
    func: &Function,
    block: Block,
    managed: &Managed,
    liveness: &Liveness,
    moved: &Moved,
    mut visit: impl FnMut(Inst, &Bits),
) -> Bits {
    let mut live = liveness.at_end[block].clone();
    for inst in func.layout.block_insts(block).rev() {
        for result in func.dfg.inst_results(inst) {
            if let Some(number) = managed.number(*result) {
                live.remove(number);
            }
        }
        visit(inst, &live);
        moved.wanted(func, inst, managed, |number| live.insert(number));
    }
    live
}

/// Finds out what the calls that may collect need.
pub(super) fn needs(
    func: &Function,
    roots: &Roots,
    managed: &Managed,
    liveness: &Liveness,
    moved: &Moved,
) -> Needs {
    let mut held = HashMap::<Inst, Vec<u32>>::new();
    for (inst, value) in &roots.held {
        if let Some(number) = managed.number(*value) {
            held.entry(*inst).or_default().push(number);
        }
    }
    let mut lasting = Bits::new(managed.values.len());
    for number in &managed.kept {
        lasting.insert(*number);
    }
    let mut blocks = Vec::new();
    let mut cold = Vec::<(Inst, Vec<u32>)>::new();
    for block in &liveness.order {
        let is_cold = func.layout.is_cold(*block);
        backwards(func, *block, managed, liveness, moved, |inst, live| {
            if !roots.safepoints.contains(inst) {
                return;
            }
            let held = held.get(&inst).map(Vec::as_slice).unwrap_or_default();
            if is_cold {
                let mut values = live.clone();
                for number in held {
                    values.insert(*number);
                }
                cold.push((inst, values.iter().collect()));
            } else {
                lasting.add(live);
                for number in held {
                    lasting.insert(*number);
                }
                blocks.push(*block);
            }
        });
    }
    for (inst, values) in &mut cold {
        if values.iter().any(|number| lasting.contains(*number)) {
            blocks.extend(func.layout.inst_block(*inst));
        }
        values.retain(|number| !lasting.contains(*number));
    }
    cold.retain(|(_, values)| !values.is_empty());
    Needs {
        lasting,
        blocks,
        cold,
    }
}

/// The words of the values that need them.
pub(super) struct Words {
    /// By the numbers of the values.
    pub(super) of: HashMap<u32, u32>,
    pub(super) count: u32,
    /// What is written behind instructions, because debuggers are shown it.
    pub(super) shown: Vec<(Inst, Value, u32)>,
}

/// A word for each value.
pub(super) fn all(managed: &Managed) -> (Needs, Words) {
    let count = managed.values.len() as u32;
    let mut lasting = Bits::new(managed.values.len());
    (0..count).for_each(|number| lasting.insert(number));
    let needs = Needs {
        lasting,
        blocks: Vec::new(),
        cold: Vec::new(),
    };
    let words = Words {
        of: (0..count).map(|number| (number, number)).collect(),
        count,
        shown: Vec::new(),
    };
    (needs, words)
}

/// Most values for which it is found out which meet. Others do not share.
const MOST_SHARING: usize = 2_000;

/// Gives words to values: two whose lives meet do not share one.
pub(super) fn assign(
    func: &Function,
    managed: &Managed,
    liveness: &Liveness,
    needs: &Needs,
    moved: &Moved,
) -> Words {
    let mut words = Words {
        of: HashMap::new(),
        count: 0,
        shown: Vec::new(),
    };
    // A value that lives as long as the function shares its word with none.
    for number in &managed.kept {
        words.of.insert(*number, words.count);
        words.count += 1;
    }
    let shared = words.count;
    if needs.lasting.iter().count() > MOST_SHARING {
        for number in needs.lasting.iter() {
            if !words.of.contains_key(&number) {
                words.of.insert(number, words.count);
                words.count += 1;
            }
        }
        return words;
    }
    let mut neighbours = HashMap::<u32, Vec<u32>>::new();
    let mut meet = |number: u32, live: &Bits| {
        for other in live.iter().filter(|other| needs.lasting.contains(*other)) {
            if other != number {
                neighbours.entry(number).or_default().push(other);
                neighbours.entry(other).or_default().push(number);
            }
        }
    };
    for block in &liveness.order {
        let live = backwards(func, *block, managed, liveness, moved, |inst, live| {
            for result in func.dfg.inst_results(inst) {
                if let Some(number) = lasting(managed, needs, *result) {
                    meet(number, live);
                }
            }
        });
        for param in func.dfg.block_params(*block) {
            if let Some(number) = lasting(managed, needs, *param) {
                meet(number, &live);
            }
        }
    }
    let order = liveness.order.iter().rev();
    for block in order {
        let params = func.dfg.block_params(*block).iter();
        let insts = func.layout.block_insts(*block);
        let results = insts.flat_map(|inst| func.dfg.inst_results(inst));
        for value in params.chain(results) {
            let Some(number) = lasting(managed, needs, *value) else {
                continue;
            };
            if words.of.contains_key(&number) {
                continue;
            }
            let mut taken = neighbours.get(&number).into_iter().flatten();
            let taken = taken
                .by_ref()
                .filter_map(|other| words.of.get(other).copied())
                .collect::<std::collections::HashSet<_>>();
            let word = (shared..).find(|word| !taken.contains(word));
            let word = word.unwrap_or(words.count);
            words.of.insert(number, word);
            words.count = words.count.max(word + 1);
        }
    }
    words
}

fn lasting(managed: &Managed, needs: &Needs, value: Value) -> Option<u32> {
    let number = managed.number(value)?;
    needs.lasting.contains(number).then_some(number)
}
