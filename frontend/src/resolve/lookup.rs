//! What a name means at a place (NAM-1, NAM-3).

use crate::packages::{PREDECLARED, PackageId};

use super::table::{Bound, ItemId, ItemKind, ModuleId, Names, UseId};

/// What a name in a type's place means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypeName {
    Item(ItemId),
    /// Two imports bring it (NAM-2).
    Ambiguous(ItemId, ItemId),
}

/// Which of the meanings of a name counts (NAM-9).
#[derive(Clone, Copy)]
enum Space {
    Type,
    Value,
    Attribute,
}

impl<'t> Names<'t> {
    /// The type of a name.
    pub(crate) fn find_type(&self, from: ModuleId, name: &str) -> Option<TypeName> {
        self.find(from, name, Space::Type)
    }

    /// The function or test of a name.
    pub(crate) fn find_value(&self, from: ModuleId, name: &str) -> Option<TypeName> {
        self.find(from, name, Space::Value)
    }

    /// Whether a module, or one around it in the file, declares or imports a type.
    pub(crate) fn has_type(&self, from: ModuleId, name: &str) -> bool {
        self.outwards(from).any(|module| {
            let of = self.module(module);
            let bound = of.bound.get(name).is_some_and(|bound| bound.ty.is_some());
            bound || of.types.contains_key(name)
        })
    }

    /// Whether a type, a module or an import anywhere has a name.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        self.modules.iter().any(|of| {
            of.types.contains_key(name)
                || of.children.contains_key(name)
                || of.bound.contains_key(name)
                || of.lost.contains(name)
        })
    }

    /// Whether a name is that of an import which led nowhere: what is wrong about it was
    /// said there.
    pub(crate) fn is_lost(&self, from: ModuleId, name: &str) -> bool {
        let mut modules = self.outwards(from);
        modules.any(|module| {
            let mut opened = self.module(module).opened.iter();
            self.has_lost(module, name) || opened.any(|(other, _)| self.has_lost(*other, name))
        })
    }

    /// The same of the name of a module's own import, or of what may be declared in what
    /// could not be read.
    pub(crate) fn has_lost(&self, module: ModuleId, name: &str) -> bool {
        self.unread_items.contains(name) || self.module(module).lost.contains(name)
    }

    /// Whether an import led nowhere that may have opened a module (USE-1): an item that is
    /// not known may be one of that module.
    pub(crate) fn lacks_items(&self, from: ModuleId) -> bool {
        let mut modules = self.outwards(from);
        modules.any(|module| self.module(module).lacks_items)
    }

    /// The function that a module, or one around it in the file, imports by its name or
    /// declares. That is no use of it.
    pub(crate) fn named_value(&self, from: ModuleId, name: &str) -> Option<ItemId> {
        let mut modules = self.outwards(from);
        modules.find_map(|module| {
            let of = self.module(module);
            let bound = of.bound.get(name).and_then(|bound| bound.value);
            bound.or_else(|| of.values.get(name).copied())
        })
    }

    /// The attribute of a name.
    pub(crate) fn find_attribute(&self, from: ModuleId, name: &str) -> Option<TypeName> {
        self.find(from, name, Space::Attribute)
    }

    /// The module of a name.
    pub(crate) fn find_module(&self, from: ModuleId, name: &str) -> Option<ModuleId> {
        for module in self.outwards(from) {
            let of = self.module(module);
            if let Some(found) = of.bound.get(name).and_then(|bound| {
                let found = bound.module?;
                self.note_use(bound.by);
                Some(found)
            }) {
                return Some(found);
            }
            if let Some(child) = of.children.get(name) {
                return Some(*child);
            }
        }
        let root = self.root_of(from);
        self.module(root).children.get(name).copied()
    }

    /// The module in which a path begins: of the package itself, a package by its
    /// label, or a module of a direct dependency (NAM-3). `next` is what follows, if
    /// several have such a module.
    pub(crate) fn find_start(
        &self,
        from: ModuleId,
        first: &str,
        next: Option<&str>,
    ) -> Option<ModuleId> {
        if let Some(own) = self.find_module(from, first) {
            return Some(own);
        }
        let mut found = self.elsewhere(from, first).map(|(start, skip)| match skip {
            0 => self.module(start).children.get(first).copied(),
            _ => Some(start),
        });
        let starts = found.by_ref().flatten().collect::<Vec<_>>();
        let leads = |module: &&ModuleId| next.is_some_and(|next| self.has_public(**module, next));
        starts
            .iter()
            .find(leads)
            .or_else(|| starts.first())
            .copied()
    }

    /// Where a path of other packages may begin, and how many of its parts name the
    /// package.
    pub(super) fn elsewhere(
        &self,
        from: ModuleId,
        first: &str,
    ) -> impl Iterator<Item = (ModuleId, usize)> {
        let package = self.module(from).package;
        let labelled = self.packages.labelled(package, first);
        let all = self
            .packages
            .of(package)
            .iter()
            .filter(move |_| labelled.is_none());
        let named = labelled.into_iter().map(|id| (id, 1));
        let starts = named.chain(all.map(|(_, id)| (*id, 0)));
        starts.filter_map(|(id, skip)| Some((*self.roots.get(&id)?, skip)))
    }

    /// The labels of two direct dependencies, if a path that begins so may mean a module of
    /// either (NAM-3): both have what follows.
    pub(crate) fn shared_start(
        &self,
        from: ModuleId,
        first: &str,
        next: Option<&str>,
    ) -> Option<[&str; 2]> {
        let package = self.module(from).package;
        if self.packages.of(package).len() < 2 {
            return None;
        }
        let is_own = self.find_module(from, first).is_some();
        if is_own || self.packages.labelled(package, first).is_some() {
            return None;
        }
        let has = |id: &PackageId| {
            let root = self.roots.get(id);
            let module = root.and_then(|root| self.module(*root).children.get(first));
            module.is_some_and(|module| next.is_none_or(|next| self.has_public(*module, next)))
        };
        let all = self.packages.of(package).iter();
        let mut labels = all.filter(|(_, id)| has(id)).map(|(label, _)| label);
        Some([labels.next()?, labels.next()?])
    }

    fn has_public(&self, module: ModuleId, name: &str) -> bool {
        let of = self.module(module);
        let spaces = [Space::Type, Space::Value, Space::Attribute];
        of.children.contains_key(name)
            || spaces
                .iter()
                .any(|space| self.public(module, name, *space).is_some())
            || self.re_exported(module, name).is_some()
    }

    /// The path of a name that a module has not, and one in it has.
    pub(crate) fn further_in(&self, module: ModuleId, name: &str) -> Option<String> {
        let inner = self.module(module).children.values();
        let has = inner.filter(|inner| self.has_public(**inner, name));
        let path = has.map(|inner| self.module(*inner).path.as_str()).min()?;
        Some(format!("{path}.{name}"))
    }

    /// The path of a name that is nothing in a module, and is something in one inside it or
    /// inside those around it.
    pub(crate) fn further_from(&self, module: ModuleId, name: &str) -> Option<String> {
        let mut around = self.outwards(module);
        around.find_map(|module| self.further_in(module, name))
    }

    /// The type of the core library that needs no import (NAM-7).
    pub(crate) fn predeclared(&self, from: ModuleId, name: &str) -> Option<ItemId> {
        let (_, path) = PREDECLARED.iter().find(|(known, _)| *known == name)?;
        let core = self.packages.core(self.module(from).package)?;
        let mut module = *self.roots.get(&core)?;
        for part in *path {
            module = *self.module(module).children.get(part)?;
        }
        self.public(module, name, Space::Type)
    }

    fn find(&self, from: ModuleId, name: &str, space: Space) -> Option<TypeName> {
        let note = |id: ItemId| {
            self.item(id).used.set(true);
            TypeName::Item(id)
        };
        for module in self.outwards(from) {
            let of = self.module(module);
            let bound = of.bound.get(name).and_then(|bound| {
                let item = space.of(bound)?;
                self.note_use(bound.by);
                Some(item)
            });
            let own = || space.table(self, module).get(name).copied();
            if let Some(found) = bound.or_else(own) {
                return Some(note(found));
            }
        }
        let mut opened = None::<(ItemId, UseId)>;
        for module in self.outwards(from) {
            for (other, by) in &self.module(module).opened {
                let Some(found) = self.public(*other, name, space) else {
                    continue;
                };
                match opened {
                    Some((first, one)) if first != found => {
                        self.note_use(one);
                        self.note_use(*by);
                        return Some(TypeName::Ambiguous(first, found));
                    }
                    _ => opened = Some((found, *by)),
                }
            }
        }
        if let Some((found, by)) = opened {
            self.note_use(by);
            return Some(note(found));
        }
        let outermost = self.outwards(from).last()?;
        let parent = self.module(outermost).parent;
        if self.is_root(parent) {
            return None;
        }
        self.public(parent, name, space).map(note)
    }

    fn note_use(&self, by: UseId) {
        if let Some(import) = self.uses.get(by as usize) {
            import.used.set(true);
        }
    }

    /// What a module shows to others under a name.
    fn public(&self, module: ModuleId, name: &str, space: Space) -> Option<ItemId> {
        let own = space.table(self, module).get(name).copied();
        let own = own.filter(|id| self.item(*id).public);
        own.or_else(|| space.of(&self.re_exported(module, name)?))
    }

    /// The type that a module declares or passes on; whether it may be named from
    /// another module.
    pub(crate) fn type_in(
        &self,
        from: ModuleId,
        module: ModuleId,
        name: &str,
    ) -> Option<(ItemId, bool)> {
        self.within(from, module, name, Space::Type)
    }

    /// The function that a module declares or passes on; whether it may be named
    /// from another module.
    pub(crate) fn value_in(
        &self,
        from: ModuleId,
        module: ModuleId,
        name: &str,
    ) -> Option<(ItemId, bool)> {
        self.within(from, module, name, Space::Value)
    }

    /// The attribute that a module declares or passes on.
    pub(crate) fn attribute_in(
        &self,
        from: ModuleId,
        module: ModuleId,
        name: &str,
    ) -> Option<(ItemId, bool)> {
        self.within(from, module, name, Space::Attribute)
    }

    fn within(
        &self,
        from: ModuleId,
        module: ModuleId,
        name: &str,
        space: Space,
    ) -> Option<(ItemId, bool)> {
        if let Some(id) = space.table(self, module).get(name) {
            let item = self.item(*id);
            item.used.set(true);
            return Some((*id, item.public || self.sees_private(from, module)));
        }
        let passed = space.of(&self.re_exported(module, name)?)?;
        Some((passed, true))
    }

    /// The module that a module declares or passes on.
    pub(crate) fn module_in(&self, module: ModuleId, name: &str) -> Option<ModuleId> {
        let child = self.module(module).children.get(name).copied();
        child.or_else(|| self.re_exported(module, name)?.module)
    }

    /// The type that a module of the same name stands for (MOD-8).
    pub(crate) fn collapsed_type(&self, module: ModuleId) -> Option<ItemId> {
        let of = self.module(module);
        let id = of.types.get(of.name).copied()?;
        self.item(id).used.set(true);
        Some(id)
    }

    /// Every name of a type, a function or a module that is visible from a module,
    /// for the name that was probably meant.
    pub(crate) fn visible(&self, from: ModuleId, types: bool) -> Vec<&'t str> {
        let mut names = Vec::new();
        for module in self.outwards(from) {
            let of = self.module(module);
            names.extend(if types { &of.types } else { &of.values }.keys());
            names.extend(of.bound.keys());
            names.extend(of.children.keys());
            for (other, _) in &of.opened {
                let of = self.module(*other);
                let table = if types { &of.types } else { &of.values };
                let shown = table.iter().filter(|(_, id)| self.item(**id).public);
                names.extend(shown.map(|(name, _)| *name));
            }
        }
        let root = self.root_of(from);
        names.extend(self.module(root).children.keys());
        let labels = self.packages.of(self.module(root).package).iter();
        names.extend(labels.map(|(label, _)| label.as_str()));
        names.retain(|name| !name.is_empty());
        names
    }

    /// Whether an item is a namespace of foreign functions.
    pub(crate) fn is_foreign(&self, id: ItemId) -> bool {
        self.item(id).kind == ItemKind::Foreign
    }
}

impl Space {
    fn of(self, bound: &Bound) -> Option<ItemId> {
        match self {
            Self::Type => bound.ty,
            Self::Value => bound.value,
            Self::Attribute => bound.attribute,
        }
    }

    fn table<'a, 't>(
        self,
        names: &'a Names<'t>,
        module: ModuleId,
    ) -> &'a rustc_hash::FxHashMap<&'t str, ItemId> {
        let module = names.module(module);
        match self {
            Self::Type => &module.types,
            Self::Value => &module.values,
            Self::Attribute => &module.attributes,
        }
    }
}
