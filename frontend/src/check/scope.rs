//! Which local a name means.

use rustc_hash::FxHashMap;

use crate::hir::LocalId;
use crate::span::Span;

/// A local in scope.
#[derive(Debug, Clone, Copy)]
pub(super) struct Local {
    pub(super) id: LocalId,
    pub(super) mutable: bool,
    pub(super) span: Span,
}

/// The scopes around a place, outermost first.
#[derive(Debug, Default)]
pub(super) struct Scopes<'a> {
    names: FxHashMap<&'a str, Local>,
    /// Names in order of declaration, each with the local that it hides.
    declared: Vec<(&'a str, Option<Local>)>,
    /// Where each scope starts.
    marks: Vec<usize>,
}

impl<'a> Scopes<'a> {
    /// Forgets everything but the memory.
    pub(super) fn clear(&mut self) {
        self.names.clear();
        self.declared.clear();
        self.marks.clear();
    }

    pub(super) fn enter(&mut self) {
        self.marks.push(self.declared.len());
    }

    pub(super) fn leave(&mut self) {
        let mark = self.marks.pop().unwrap_or(0);
        for (name, hidden) in self.declared.drain(mark..).rev() {
            match hidden {
                Some(local) => self.names.insert(name, local),
                None => self.names.remove(name),
            };
        }
    }

    /// A later declaration of the same name hides the earlier ones.
    pub(super) fn declare(&mut self, name: &'a str, local: Local) {
        let hidden = self.names.insert(name, local);
        self.declared.push((name, hidden));
    }

    pub(super) fn find(&self, name: &str) -> Option<Local> {
        self.names.get(name).copied()
    }

    pub(super) fn in_innermost(&self, name: &str) -> Option<Local> {
        let mark = self.marks.last().copied().unwrap_or(0);
        let mut here = self.declared[mark..].iter();
        let here = here.any(|(declared, _)| *declared == name);
        self.find(name).filter(|_| here)
    }

    pub(super) fn visible(&self) -> impl Iterator<Item = &'a str> {
        self.declared.iter().map(|(name, _)| *name)
    }
}
