//! Where values are still wanted.

use cranelift_codegen::entity::SecondaryMap;
use cranelift_codegen::ir::{Block, Function};

use super::moved::Moved;
use super::order::postorder;
use super::values::Managed;

/// A set of small numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn new(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    pub(super) fn insert(&mut self, number: u32) {
        if let Some(word) = self.0.get_mut(number as usize / 64) {
            *word |= 1 << (number % 64);
        }
    }

    pub(super) fn remove(&mut self, number: u32) {
        if let Some(word) = self.0.get_mut(number as usize / 64) {
            *word &= !(1 << (number % 64));
        }
    }

    pub(super) fn contains(&self, number: u32) -> bool {
        let word = self.0.get(number as usize / 64);
        word.is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// Adds another set's; whether any was new.
    pub(super) fn add(&mut self, other: &Self) -> bool {
        let mut changed = false;
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            changed |= *other & !*word != 0;
            *word |= other;
        }
        changed
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        self.0.iter().enumerate().flat_map(|(index, word)| {
            let mut word = *word;
            std::iter::from_fn(move || {
                let bit = word.trailing_zeros();
                word &= word.wrapping_sub(1);
                (bit < 64).then_some(index as u32 * 64 + bit)
            })
        })
    }
}

/// The values that are live at the ends of blocks.
pub(super) struct Liveness {
    pub(super) at_end: SecondaryMap<Block, Bits>,
    /// Every block, successors first as far as there are no loops.
    pub(super) order: Vec<Block>,
}

impl Liveness {
    pub(super) fn find(func: &Function, managed: &Managed, moved: &Moved) -> Self {
        let order = postorder(func);
        let count = managed.values.len();
        let mut at_end = SecondaryMap::<Block, Bits>::new();
        let mut at_start = SecondaryMap::<Block, Bits>::new();
        for block in &order {
            at_end[*block] = Bits::new(count);
            at_start[*block] = Bits::new(count);
        }
        let mut changed = true;
        while changed {
            changed = false;
            for block in &order {
                let mut grew = false;
                for next in func.block_successors(*block) {
                    grew |= at_end[*block].add(&at_start[next]);
                }
                let mut live = at_end[*block].clone();
                for inst in func.layout.block_insts(*block).rev() {
                    for result in func.dfg.inst_results(inst) {
                        if let Some(number) = managed.number(*result) {
                            live.remove(number);
                        }
                    }
                    moved.wanted(func, inst, managed, |number| live.insert(number));
                }
                for param in func.dfg.block_params(*block) {
                    if let Some(number) = managed.number(*param) {
                        live.remove(number);
                    }
                }
                changed |= grew | at_start[*block].add(&live);
            }
        }
        Self { at_end, order }
    }
}
