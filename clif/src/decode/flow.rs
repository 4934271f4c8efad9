//! Where values are defined and used, and where control goes: whether every use
//! comes after its definition on each way to it.
//!
//! Values are numbered in the order of the stream, so a use in the block of its
//! definition only compares numbers, and what the entry block defines is always
//! there. The other uses wait, one for each pair of blocks, until all ways are
//! known.

use cranelift_codegen::ir;

use super::dominators::Dominators;

/// A value that is defined.
#[derive(Debug, Clone, Copy)]
struct Known {
    block: u32,
    ty: ir::Type,
}

/// What a walk through a body has seen.
#[derive(Debug, Default)]
pub(super) struct Flow {
    /// The values that are defined.
    values: Vec<Known>,
    /// The block that is walked through.
    block: u32,
    /// Number of the first value of that block.
    first: u32,
    /// Number of values of the entry block.
    of_entry: u32,
    /// For each block the last one that used a value of it, plus one.
    users: Vec<u32>,
    /// Uses of one block's values in another one: definition, use.
    uses: Vec<(u32, u32)>,
    /// Where control may go from each block, one block's ways after the other's.
    targets: Vec<u32>,
    /// Where each block's ways begin in `targets`.
    starts: Vec<u32>,
    dominators: Dominators,
}

impl Flow {
    /// Begins a body.
    pub(super) fn begin(&mut self, blocks: usize) {
        self.values.clear();
        self.users.clear();
        self.users.resize(blocks, 0);
        self.uses.clear();
        self.of_entry = 0;
        self.targets.clear();
        self.starts.clear();
    }

    /// Begins the next block.
    pub(super) fn enter(&mut self) {
        self.block = self.starts.len() as u32;
        self.first = self.values.len() as u32;
        if self.block == 1 {
            self.of_entry = self.first;
        }
        self.starts.push(self.targets.len() as u32);
    }

    /// Values that the block's parameters or its next instruction define.
    #[inline]
    pub(super) fn define(&mut self, types: &[ir::Type]) {
        let block = self.block;
        let values = types.iter().map(|ty| Known { block, ty: *ty });
        self.values.extend(values);
    }

    /// The type of a value that is used here; `None` if it is not defined yet.
    #[inline]
    pub(super) fn uses(&mut self, value: u32) -> Option<ir::Type> {
        let Known { block, ty } = *self.values.get(value as usize)?;
        if value < self.first && value >= self.of_entry {
            let user = &mut self.users[block as usize];
            if *user != self.block + 1 {
                *user = self.block + 1;
                self.uses.push((block, self.block));
            }
        }
        Some(ty)
    }

    /// Control may go from here to another block.
    #[inline]
    pub(super) fn goes_to(&mut self, block: u32) {
        self.targets.push(block);
    }

    /// Whether on each way to a use there is its definition; in blocks that no way
    /// leads to, all is well.
    pub(super) fn is_sound(&mut self) -> bool {
        if self.uses.is_empty() {
            return true;
        }
        self.dominators.compute(&self.starts, &self.targets);
        let dominators = &self.dominators;
        let mut uses = self.uses.iter();
        uses.all(|(definition, user)| dominators.allow(*definition, *user))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks that define one value each, with the values that they use and the
    /// blocks that they go to.
    fn is_sound(blocks: &[(&[u32], &[u32])]) -> bool {
        let mut flow = Flow::default();
        flow.begin(blocks.len());
        for (uses, targets) in blocks {
            flow.enter();
            flow.define(&[ir::types::I64]);
            let defined = uses.iter().all(|value| flow.uses(*value).is_some());
            assert!(defined, "a use of what is not defined yet");
            targets.iter().for_each(|block| flow.goes_to(*block));
        }
        flow.is_sound()
    }

    #[test]
    fn a_use_needs_its_definition_on_every_way() {
        // A diamond: neither arm's value reaches the join.
        assert!(is_sound(&[
            (&[], &[1, 2]),
            (&[0], &[3]),
            (&[0], &[3]),
            (&[0, 3], &[])
        ]));
        assert!(!is_sound(&[
            (&[], &[1, 2]),
            (&[], &[3]),
            (&[], &[3]),
            (&[1], &[])
        ]));
        assert!(!is_sound(&[(&[], &[1, 2]), (&[], &[2]), (&[1], &[])]));
        // A loop: its header's value reaches the body and what follows.
        assert!(is_sound(&[
            (&[], &[1]),
            (&[], &[2, 3]),
            (&[1], &[1]),
            (&[1], &[])
        ]));
        assert!(!is_sound(&[
            (&[], &[1]),
            (&[], &[2, 3]),
            (&[], &[1]),
            (&[2], &[])
        ]));
    }

    #[test]
    fn where_no_way_leads_all_is_well() {
        assert!(is_sound(&[(&[], &[]), (&[], &[2]), (&[1, 0], &[])]));
        // A block that no way leads to passes nothing on to one that has another.
        assert!(!is_sound(&[(&[], &[2]), (&[], &[2]), (&[1], &[])]));
    }

    #[test]
    fn what_is_not_defined_yet_is_known() {
        let mut flow = Flow::default();
        flow.begin(1);
        flow.enter();
        flow.define(&[ir::types::I8, ir::types::F64]);
        assert_eq!(flow.uses(1), Some(ir::types::F64));
        assert_eq!(flow.uses(2), None);
    }
}
