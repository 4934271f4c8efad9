//! Control flow: who comes before whom, and who must.

use super::function::FunctionTree;

/// The control flow graph of a function, and its dominator tree.
///
/// Blocks are numbered as in the body. What the entry does not reach has neither an
/// order nor a dominator.
#[derive(Debug, Clone)]
pub struct Flow {
    successors: Vec<Vec<u32>>,
    predecessors: Vec<Vec<u32>>,
    order: Vec<u32>,
    /// The place of each block in `order`.
    places: Vec<Option<u32>>,
    /// The immediate dominator of each block that is reached; the entry's is itself.
    dominators: Vec<Option<u32>>,
}

impl Flow {
    /// The flow of a function. Takes time in proportion to its branches, but for the
    /// dominators of graphs that no structured program has.
    pub fn of(function: &FunctionTree<'_>) -> Self {
        let blocks = function.blocks.iter();
        Self::between(blocks.map(|block| block.successors()).collect())
    }

    fn between(successors: Vec<Vec<u32>>) -> Self {
        let mut predecessors = vec![Vec::new(); successors.len()];
        for (block, after) in (0_u32..).zip(&successors) {
            for next in after {
                if let Some(before) = predecessors.get_mut(*next as usize) {
                    before.push(block);
                }
            }
        }
        let order = reverse_postorder(&successors);
        let mut places = vec![None; successors.len()];
        for (place, block) in (0_u32..).zip(&order) {
            if let Some(slot) = places.get_mut(*block as usize) {
                *slot = Some(place);
            }
        }
        let mut flow = Self {
            dominators: vec![None; successors.len()],
            successors,
            predecessors,
            order,
            places,
        };
        flow.find_dominators();
        flow
    }

    /// Where a block may go on, each block once.
    pub fn successors(&self, block: u32) -> &[u32] {
        self.successors
            .get(block as usize)
            .map_or(&[], Vec::as_slice)
    }

    /// From where a block is reached, each block once, also those that are not reached
    /// themselves.
    pub fn predecessors(&self, block: u32) -> &[u32] {
        self.predecessors
            .get(block as usize)
            .map_or(&[], Vec::as_slice)
    }

    /// The blocks that the entry reaches, it first; each stands behind its dominators.
    pub fn reverse_postorder(&self) -> &[u32] {
        &self.order
    }

    /// Whether the entry reaches a block.
    pub fn is_reached(&self, block: u32) -> bool {
        self.place(block).is_some()
    }

    /// The last block before this one that every way from the entry to it passes; `None`
    /// for the entry, and for what is not reached.
    pub fn immediate_dominator(&self, block: u32) -> Option<u32> {
        self.parent(block).filter(|parent| *parent != block)
    }

    /// Whether every way from the entry to `below` passes `above`; each block that is
    /// reached dominates itself.
    pub fn dominates(&self, above: u32, below: u32) -> bool {
        let Some(place) = self.place(above) else {
            return false;
        };
        let mut block = below;
        while self.place(block).is_some_and(|below| below > place) {
            match self.parent(block) {
                Some(parent) => block = parent,
                None => return false,
            }
        }
        block == above
    }

    fn place(&self, block: u32) -> Option<u32> {
        self.places.get(block as usize).copied().flatten()
    }

    fn parent(&self, block: u32) -> Option<u32> {
        self.dominators.get(block as usize).copied().flatten()
    }

    /// Takes for each block the common dominator of its predecessors, until nothing
    /// changes; the order makes that two rounds for most functions.
    fn find_dominators(&mut self) {
        let Some((&entry, others)) = self.order.split_first() else {
            return;
        };
        let others = others.to_vec();
        self.set_parent(entry, entry);
        let mut is_changed = true;
        while is_changed {
            is_changed = false;
            for block in &others {
                let known = self.predecessors(*block).iter().copied();
                let known = known.filter(|before| self.parent(*before).is_some());
                let common = known.reduce(|a, b| self.common(a, b));
                if common.is_some() && common != self.parent(*block) {
                    common
                        .into_iter()
                        .for_each(|parent| self.set_parent(*block, parent));
                    is_changed = true;
                }
            }
        }
    }

    fn set_parent(&mut self, block: u32, parent: u32) {
        if let Some(slot) = self.dominators.get_mut(block as usize) {
            *slot = Some(parent);
        }
    }

    /// The last block that dominates both, of what is known so far.
    fn common(&self, mut a: u32, mut b: u32) -> u32 {
        while a != b {
            let later = if self.place(a) > self.place(b) {
                &mut a
            } else {
                &mut b
            };
            match self.parent(*later) {
                Some(parent) if parent != *later => *later = parent,
                _ => return *later,
            }
        }
        a
    }
}

/// The blocks that block 0 reaches, each before what it leads to but for loops. Keeps a
/// stack of its own: a function may have as many blocks as memory holds.
fn reverse_postorder(successors: &[Vec<u32>]) -> Vec<u32> {
    let mut is_seen = vec![false; successors.len()];
    let mut order = Vec::with_capacity(successors.len());
    let mut stack = Vec::new();
    let mut enter = |block: u32, stack: &mut Vec<(u32, usize)>| {
        if let Some(seen @ false) = is_seen.get_mut(block as usize) {
            *seen = true;
            stack.push((block, 0));
        }
    };
    enter(0, &mut stack);
    while let Some((block, next)) = stack.last_mut() {
        let after = successors.get(*block as usize);
        match after.and_then(|after| after.get(*next)) {
            Some(&successor) => {
                *next += 1;
                enter(successor, &mut stack);
            }
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order.reverse();
    order
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn flow(edges: &[&[u32]]) -> Flow {
        Flow::between(edges.iter().map(|after| after.to_vec()).collect())
    }

    #[test]
    fn a_diamond_in_a_loop_has_the_dominators_that_it_should() {
        let flow = flow(&[&[1], &[2, 3], &[4], &[4], &[1, 5], &[], &[5]]);
        let parents = (0..7).map(|block| flow.immediate_dominator(block));
        let expected = [None, Some(0), Some(1), Some(1), Some(1), Some(4), None];
        assert!(parents.eq(expected));
        assert_eq!(flow.predecessors(1), [0, 4]);
        assert_eq!(
            flow.predecessors(5),
            [4, 6],
            "6 is not reached, but goes there"
        );
        assert!(!flow.is_reached(6) && !flow.dominates(6, 5) && !flow.dominates(0, 6));
        assert!(flow.dominates(1, 5) && flow.dominates(5, 5) && !flow.dominates(2, 4));
        assert_eq!(flow.reverse_postorder().first(), Some(&0));
    }

    #[test]
    fn a_million_blocks_need_no_deep_stack() {
        let count = 1_000_000;
        let line = (1..=count).map(|next| vec![next]).chain([Vec::new()]);
        let flow = Flow::between(line.collect());
        assert_eq!(flow.immediate_dominator(count), Some(count - 1));
        assert!(flow.dominates(0, count));
    }

    /// Whether `block` is reached without passing `without`.
    fn reaches(successors: &[Vec<u32>], block: u32, without: u32) -> bool {
        let mut seen = vec![false; successors.len()];
        let mut stack = vec![0];
        while let Some(next) = stack.pop() {
            if next == without || std::mem::replace(&mut seen[next as usize], true) {
                continue;
            }
            stack.extend(&successors[next as usize]);
        }
        seen[block as usize]
    }

    proptest! {
        #[test]
        fn dominance_is_what_its_definition_says(
            successors in prop::collection::vec(prop::collection::vec(0..12_u32, 0..3), 12)
        ) {
            let flow = Flow::between(successors.clone());
            let nobody = u32::MAX;
            for below in 0..12 {
                let is_reached = reaches(&successors, below, nobody);
                prop_assert_eq!(flow.is_reached(below), is_reached);
                for above in 0..12 {
                    let passes = is_reached && !reaches(&successors, below, above);
                    prop_assert_eq!(flow.dominates(above, below), passes, "{} {}", above, below);
                }
            }
        }
    }
}
