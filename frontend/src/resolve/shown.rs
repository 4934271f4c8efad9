//! What names a place sees, and where they lead: for editors.

use super::table::{Bound, ItemId, ModuleId, Names, Use, UseId};
use crate::packages::PREDECLARED;
use crate::span::Span;

/// A name, and where what it means is declared.
pub(crate) type Shown<'t> = (&'t str, Span);

impl<'t> Names<'t> {
    /// What a module declares; of those that others see, or of all.
    pub(crate) fn declared_in(&self, module: ModuleId, private: bool) -> Vec<Shown<'t>> {
        let of = self.module(module);
        let items = of.types.iter().chain(&of.values).chain(&of.attributes);
        let items = items.filter(|(_, id)| private || self.item(**id).public);
        let items = items.map(|(name, id)| (*name, self.item(*id).span));
        let modules = of.children.iter();
        let modules = modules.filter_map(|(name, id)| Some((*name, self.module_place(*id)?)));
        let passed = of.bound.iter().filter(|(_, bound)| bound.public);
        let passed = passed.filter_map(|(name, bound)| Some((*name, self.bound_place(bound)?)));
        items.chain(modules).chain(passed).collect()
    }

    /// What can be named in a module without a path.
    pub(crate) fn shown_in(&self, from: ModuleId) -> Vec<Shown<'t>> {
        let mut shown = Vec::new();
        for module in self.outwards(from) {
            let of = self.module(module);
            let bound = of.bound.iter();
            shown.extend(bound.filter_map(|(name, to)| Some((*name, self.bound_place(to)?))));
            shown.extend(self.declared_in(module, true));
            for (opened, _) in &of.opened {
                shown.extend(self.declared_in(*opened, false));
            }
        }
        let root = self.root_of(from);
        shown.extend(self.declared_in(root, false));
        let packages = self.packages.of(self.module(root).package).iter();
        for root in packages.filter_map(|(_, id)| self.roots.get(id)) {
            shown.extend(self.declared_in(*root, false));
        }
        for (name, _) in PREDECLARED {
            let item = self.predeclared(from, name);
            shown.extend(item.map(|item| (name, self.item(item).span)));
        }
        shown
    }

    /// The parts of the paths of imports, and what they mean.
    pub(crate) fn imported(&self) -> Vec<(Span, Span)> {
        let mut found = Vec::new();
        for (import, id) in self.uses.iter().zip(0..) {
            let Some((last, inner)) = import.path.split_last() else {
                continue;
            };
            let (name, place) = import.alias.unwrap_or(*last);
            let bound = self.module(import.module).bound.get(name);
            let Some(bound) = bound.filter(|bound| bound.by == id as UseId) else {
                self.led(import, &mut found);
                continue;
            };
            if let Some(target) = self.bound_place(bound) {
                found.push((last.1, target));
                found.extend(import.alias.map(|_| (place, target)));
            }
            // The parts before are the modules around what was found.
            let item = item_of(bound).map(|item| self.item(item).module);
            let mut around = match bound.module {
                Some(module) => Some(self.module(module).parent),
                None => item,
            };
            for (name, place) in inner.iter().rev() {
                let Some(module) = around.filter(|id| self.module(*id).name == *name) else {
                    break;
                };
                found.extend(self.module_place(module).map(|target| (*place, target)));
                around = Some(self.module(module).parent);
            }
        }
        found
    }

    /// The parts of an import that leads nowhere, as far as they are modules.
    fn led(&self, import: &Use<'t>, found: &mut Vec<(Span, Span)>) {
        let mut parts = import.path.iter();
        let mut next = parts.next().and_then(|(name, place)| {
            let start = self.find_start(import.module, name, None)?;
            Some((start, *place))
        });
        while let Some((module, place)) = next {
            found.extend(self.module_place(module).map(|target| (place, target)));
            next = parts.next().and_then(|(name, place)| {
                let inner = self.module_in(module, name)?;
                Some((inner, *place))
            });
        }
    }

    fn bound_place(&self, bound: &Bound) -> Option<Span> {
        match item_of(bound) {
            Some(item) => Some(self.item(item).span),
            None => self.module_place(bound.module?),
        }
    }

    fn module_place(&self, module: ModuleId) -> Option<Span> {
        let of = self.module(module);
        of.declared.then_some(of.span)
    }
}

fn item_of(bound: &Bound) -> Option<ItemId> {
    bound.ty.or(bound.value).or(bound.attribute)
}
