//! Which local a name means.

use rustc_hash::FxHashMap;

use crate::hir::LocalId;

/// Most bindings among which a name is sought by looking at each, as in nearly every
/// function.
const FEW: usize = 16;

/// The names of a function's locals, with those that they hide.
#[derive(Debug, Default)]
pub(super) struct Scopes<'t> {
    bindings: Vec<Binding<'t>>,
    /// The innermost binding of each name, if there are more than a few.
    innermost: FxHashMap<&'t str, u32>,
    depth: u32,
}

#[derive(Debug)]
struct Binding<'t> {
    name: &'t str,
    local: LocalId,
    depth: u32,
    /// The binding that this one hides.
    hidden: Option<u32>,
}

/// Where a scope began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark(usize);

impl<'t> Scopes<'t> {
    pub(super) fn find(&self, name: &str) -> Option<LocalId> {
        let index = self.binding(name)?;
        Some(self.bindings[index as usize].local)
    }

    /// The innermost binding of a name.
    fn binding(&self, name: &str) -> Option<u32> {
        if self.bindings.len() > FEW {
            return self.innermost.get(name).copied();
        }
        let mut bindings = self.bindings.iter();
        let index = bindings.rposition(|binding| binding.name == name)?;
        Some(index as u32)
    }

    pub(super) fn open(&mut self) -> Mark {
        self.depth += 1;
        Mark(self.bindings.len())
    }

    /// Forgets the names since the scope began.
    pub(super) fn close(&mut self, mark: Mark) {
        while self.bindings.len() > mark.0.max(FEW) {
            let Some(binding) = self.bindings.pop() else {
                break;
            };
            match binding.hidden {
                Some(hidden) => self.innermost.insert(binding.name, hidden),
                None => self.innermost.remove(binding.name),
            };
        }
        if self.bindings.len() <= FEW {
            self.innermost.clear();
        }
        self.bindings.truncate(mark.0);
        self.depth = self.depth.saturating_sub(1);
    }

    /// Forgets all names, but keeps the room.
    pub(super) fn clear(&mut self) {
        self.close(Mark(0));
        self.depth = 0;
    }

    /// Binds a name. The local that it hides, and whether that is of the same scope.
    pub(super) fn bind(&mut self, name: &'t str, local: LocalId) -> Option<(LocalId, bool)> {
        let hidden = self.binding(name);
        self.bindings.push(Binding {
            name,
            local,
            depth: self.depth,
            hidden,
        });
        // The first beyond a few brings the others into the map.
        let new = match self.bindings.len() {
            0..=FEW => &[],
            count if count == FEW + 1 => self.bindings.as_slice(),
            count => &self.bindings[count - 1..],
        };
        let first = self.bindings.len() - new.len();
        let indexed = new.iter().zip(first as u32..);
        self.innermost
            .extend(indexed.map(|(binding, index)| (binding.name, index)));
        let hidden = &self.bindings[hidden? as usize];
        Some((hidden.local, hidden.depth == self.depth))
    }

    /// Every name, for the one that was probably meant.
    pub(super) fn names(&self) -> impl Iterator<Item = &'t str> {
        self.bindings.iter().map(|binding| binding.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nam_6_a_name_means_its_innermost_binding_however_many_there_are() {
        for many in [0, 1, FEW - 3, FEW, FEW + 1, 4 * FEW] {
            let names = (0..many).map(|n| format!("n{n}")).collect::<Vec<_>>();
            let mut scopes = Scopes::default();
            let function = scopes.open();
            assert_eq!(scopes.bind("a", 1000), None);
            for (local, name) in (0..).zip(&names) {
                assert_eq!(scopes.bind(name, local), None);
            }
            assert_eq!(scopes.bind("a", 1001), Some((1000, true)));
            let block = scopes.open();
            assert_eq!(scopes.bind("a", 1002), Some((1001, false)));
            assert_eq!(scopes.bind("b", 1003), None);
            assert_eq!(scopes.find("a"), Some(1002));
            scopes.close(block);
            assert_eq!(scopes.find("a"), Some(1001));
            assert_eq!(scopes.find("b"), None);
            for (local, name) in (0..).zip(&names) {
                assert_eq!(scopes.find(name), Some(local));
            }
            scopes.close(function);
            assert_eq!(scopes.find("a"), None);
            assert!(scopes.innermost.is_empty());
        }
    }
}
