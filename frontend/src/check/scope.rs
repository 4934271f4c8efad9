//! Which local a name means.

use std::collections::HashMap;

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
pub(super) struct Scopes {
    names: HashMap<String, Vec<Local>>,
    /// Names in order of declaration, with a mark where each scope starts.
    declared: Vec<String>,
    marks: Vec<usize>,
}

impl Scopes {
    pub(super) fn enter(&mut self) {
        self.marks.push(self.declared.len());
    }

    pub(super) fn leave(&mut self) {
        let mark = self.marks.pop().unwrap_or(0);
        for name in self.declared.drain(mark..) {
            if let Some(locals) = self.names.get_mut(&name) {
                locals.pop();
            }
        }
    }

    /// A later declaration of the same name hides the earlier ones.
    pub(super) fn declare(&mut self, name: &str, local: Local) {
        self.declared.push(name.to_owned());
        self.names.entry(name.to_owned()).or_default().push(local);
    }

    pub(super) fn find(&self, name: &str) -> Option<Local> {
        self.names.get(name)?.last().copied()
    }

    pub(super) fn in_innermost(&self, name: &str) -> Option<Local> {
        let mark = self.marks.last().copied().unwrap_or(0);
        let here = self.declared[mark..]
            .iter()
            .any(|declared| declared == name);
        self.find(name).filter(|_| here)
    }

    pub(super) fn visible(&self) -> impl Iterator<Item = &str> {
        self.declared.iter().map(String::as_str)
    }
}
