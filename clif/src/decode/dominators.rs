//! Dominators of a control-flow graph in plain arrays, by the semi-NCA method of
//! Georgiadis, whose buffers are used again for the next function.

/// The dominator tree of the graph that was computed last. Blocks and the places of
/// depth-first order both count from 0.
#[derive(Debug, Default)]
pub(super) struct Dominators {
    /// The place of each block in depth-first order, plus one; 0: no way leads there.
    places: Vec<u32>,
    /// By place.
    nodes: Vec<Node>,
    /// Blocks that lead to each block, one block's after the other's.
    sources: Vec<u32>,
    /// Where each block's begin in `sources`.
    starts: Vec<u32>,
    /// Ways that the search still has to go: block, and the place it is come from.
    ways: Vec<(u32, u32)>,
    path: Vec<u32>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Node {
    block: u32,
    /// In the forest of what is linked so far.
    ancestor: u32,
    /// The place of least `semi` on the path up to `ancestor`.
    label: u32,
    /// The semidominator's place.
    semi: u32,
    dominator: u32,
    /// The places below it in the tree, itself included, are `size` from `begin` on.
    begin: u32,
    size: u32,
    /// Where its next child's places begin.
    next: u32,
}

impl Dominators {
    /// Computes the tree. Block `b` goes to `targets[starts[b]..]`, up to where the
    /// next block's targets begin; block 0 is the entry.
    pub(super) fn compute(&mut self, starts: &[u32], targets: &[u32]) {
        let ways = |block: usize| {
            let begin = starts[block] as usize;
            let end = starts
                .get(block + 1)
                .map_or(targets.len(), |end| *end as usize);
            &targets[begin..end]
        };
        self.search(starts.len(), ways);
        self.reverse(starts.len(), targets, ways);
        self.semidominators();
        self.intervals();
    }

    /// Whether a value of `definition` may be used in `user`.
    pub(super) fn allow(&self, definition: u32, user: u32) -> bool {
        let place = |block: u32| self.places[block as usize].checked_sub(1);
        let Some(user) = place(user) else {
            return true;
        };
        let Some(definition) = place(definition) else {
            return false;
        };
        let Node { begin, size, .. } = self.nodes[definition as usize];
        let user = self.nodes[user as usize].begin;
        begin <= user && user < begin + size
    }

    /// Numbers the blocks in depth-first order.
    fn search<'t>(&mut self, blocks: usize, ways: impl Fn(usize) -> &'t [u32]) {
        self.places.clear();
        self.places.resize(blocks, 0);
        self.nodes.clear();
        self.ways.clear();
        self.ways.push((0, 0));
        while let Some((block, from)) = self.ways.pop() {
            if self.places[block as usize] != 0 {
                continue;
            }
            let place = self.nodes.len() as u32;
            self.places[block as usize] = place + 1;
            self.nodes.push(Node {
                block,
                ancestor: from,
                label: place,
                semi: place,
                dominator: from,
                ..Node::default()
            });
            for target in ways(block as usize).iter().rev() {
                if self.places[*target as usize] == 0 {
                    self.ways.push((*target, place));
                }
            }
        }
    }

    /// Turns the ways round.
    fn reverse<'t>(&mut self, blocks: usize, targets: &[u32], ways: impl Fn(usize) -> &'t [u32]) {
        self.starts.clear();
        self.starts.resize(blocks + 1, 0);
        for target in targets {
            self.starts[*target as usize] += 1;
        }
        let mut sum = 0;
        for start in &mut self.starts {
            sum += *start;
            *start = sum;
        }
        self.sources.clear();
        self.sources.resize(targets.len(), 0);
        for block in 0..blocks {
            for target in ways(block) {
                let start = &mut self.starts[*target as usize];
                *start -= 1;
                self.sources[*start as usize] = block as u32;
            }
        }
    }

    fn semidominators(&mut self) {
        for place in (1..self.nodes.len()).rev() {
            let node = self.nodes[place];
            let mut semi = node.ancestor;
            let block = node.block as usize;
            for at in self.starts[block]..self.starts[block + 1] {
                let source = self.sources[at as usize];
                if let Some(source) = self.places[source as usize].checked_sub(1) {
                    let label = self.least(source, place as u32 + 1);
                    semi = semi.min(self.nodes[label as usize].semi);
                }
            }
            self.nodes[place].semi = semi;
        }
        for place in 1..self.nodes.len() {
            let Node {
                semi,
                mut dominator,
                ..
            } = self.nodes[place];
            while dominator > semi {
                dominator = self.nodes[dominator as usize].dominator;
            }
            self.nodes[place].dominator = dominator;
        }
    }

    /// The place of least `semi` on the way up from `place` through those that are
    /// linked, which are `linked` and above; shortens the way.
    fn least(&mut self, place: u32, linked: u32) -> u32 {
        let mut top = self.nodes[place as usize];
        if top.ancestor < linked {
            return top.label;
        }
        let mut at = place;
        loop {
            self.path.push(at);
            at = top.ancestor;
            top = self.nodes[at as usize];
            if top.ancestor < linked {
                break;
            }
        }
        let ancestor = top.ancestor;
        let mut label = top.label;
        while let Some(at) = self.path.pop() {
            let own = self.nodes[at as usize].label;
            if self.nodes[label as usize].semi >= self.nodes[own as usize].semi {
                label = own;
            }
            let node = &mut self.nodes[at as usize];
            node.ancestor = ancestor;
            node.label = label;
        }
        label
    }

    /// Gives each node an interval that holds those of all nodes below it.
    fn intervals(&mut self) {
        for node in &mut self.nodes {
            node.size = 1;
        }
        // A dominator comes before what it dominates.
        for place in (1..self.nodes.len()).rev() {
            let Node {
                dominator, size, ..
            } = self.nodes[place];
            self.nodes[dominator as usize].size += size;
        }
        if let Some(entry) = self.nodes.first_mut() {
            entry.next = 1;
        }
        for place in 1..self.nodes.len() {
            let Node {
                dominator, size, ..
            } = self.nodes[place];
            let begin = self.nodes[dominator as usize].next;
            self.nodes[dominator as usize].next += size;
            let node = &mut self.nodes[place];
            node.begin = begin;
            node.next = begin + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether each way from the entry to `user` passes `definition`, by taking that
    /// block away.
    fn passes(graph: &[Vec<u32>], definition: u32, user: u32) -> bool {
        let reached = |without: Option<u32>| {
            let mut seen = vec![false; graph.len()];
            let mut open = vec![0_u32];
            while let Some(block) = open.pop() {
                if Some(block) != without && !std::mem::replace(&mut seen[block as usize], true) {
                    open.extend(&graph[block as usize]);
                }
            }
            seen[user as usize]
        };
        !reached(None) || !reached(Some(definition))
    }

    fn computed(graph: &[Vec<u32>], dominators: &mut Dominators) {
        let targets = graph.concat();
        let ends = graph.iter().scan(0, |sum, ways| {
            let start = *sum;
            *sum += ways.len() as u32;
            Some(start)
        });
        dominators.compute(&ends.collect::<Vec<_>>(), &targets);
    }

    proptest! {
        #[test]
        fn any_graph_has_the_dominators_of_the_definition(
            graphs in prop::collection::vec(prop::collection::vec(prop::collection::vec(0_u32..1 << 16, 0..4), 1..16), 1..4)
        ) {
            let mut dominators = Dominators::default();
            for mut graph in graphs {
                let count = graph.len() as u32;
                graph.iter_mut().flatten().for_each(|target| *target %= count);
                computed(&graph, &mut dominators);
                for definition in 0..count {
                    for user in 0..count {
                        let expected = passes(&graph, definition, user);
                        prop_assert_eq!(dominators.allow(definition, user), expected, "{:?} {} {}", &graph, definition, user);
                    }
                }
            }
        }
    }

    #[test]
    fn a_long_chain_with_one_way_out_of_each_link_takes_no_time_to_speak_of() {
        let count = 200_000_u32;
        let mut graph = (0..count - 1)
            .map(|block| vec![block + 1, count - 1])
            .collect::<Vec<_>>();
        graph.push(Vec::new());
        let mut dominators = Dominators::default();
        computed(&graph, &mut dominators);
        assert!(dominators.allow(0, count - 1) && dominators.allow(9, count - 2));
        assert!(!dominators.allow(1, count - 1));
    }
}
