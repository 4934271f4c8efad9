//! Which local a name means.

use rustc_hash::FxHashMap;

use crate::hir::LocalId;

/// The names of a function's locals, with those that they hide.
#[derive(Debug, Default)]
pub(super) struct Scopes<'t> {
    bindings: Vec<Binding<'t>>,
    /// The innermost binding of each name.
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
        let index = self.innermost.get(name)?;
        Some(self.bindings[*index as usize].local)
    }

    pub(super) fn open(&mut self) -> Mark {
        self.depth += 1;
        Mark(self.bindings.len())
    }

    /// Forgets the names since the scope began.
    pub(super) fn close(&mut self, mark: Mark) {
        while self.bindings.len() > mark.0 {
            let Some(binding) = self.bindings.pop() else {
                break;
            };
            match binding.hidden {
                Some(hidden) => self.innermost.insert(binding.name, hidden),
                None => self.innermost.remove(binding.name),
            };
        }
        self.depth = self.depth.saturating_sub(1);
    }

    /// Forgets all names, but keeps the room.
    pub(super) fn clear(&mut self) {
        self.close(Mark(0));
        self.depth = 0;
    }

    /// Binds a name. The local that it hides, and whether that is of the same scope.
    pub(super) fn bind(&mut self, name: &'t str, local: LocalId) -> Option<(LocalId, bool)> {
        let index = self.bindings.len() as u32;
        let hidden = self.innermost.insert(name, index);
        self.bindings.push(Binding {
            name,
            local,
            depth: self.depth,
            hidden,
        });
        let hidden = &self.bindings[hidden? as usize];
        Some((hidden.local, hidden.depth == self.depth))
    }

    /// Every name, for the one that was probably meant.
    pub(super) fn names(&self) -> impl Iterator<Item = &'t str> {
        self.innermost.keys().copied()
    }
}
