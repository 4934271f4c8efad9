//! What `use` binds (USE-1…USE-4).

use rustc_hash::FxHashSet;

use super::suggest::did_you_mean;
use super::table::{Bound, ItemKind, ModuleId, Names, Use, UseId};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::span::Span;

/// Resolves every import. They may lead through one another's `pub use`, so it goes
/// on until nothing new is found.
pub(super) fn resolve(names: &mut Names<'_>, diagnostics: &mut Vec<SourceDiagnostic>) {
    let shared = names.uses.iter().filter_map(|import| names.shared(import));
    diagnostics.extend(shared);
    let mut open = (0..names.uses.len() as UseId).collect::<Vec<_>>();
    loop {
        let before = open.len();
        open.retain(|id| match names.target(*id) {
            Ok(target) => {
                names.bind(*id, target, diagnostics);
                false
            }
            Err(_) => true,
        });
        if open.is_empty() || open.len() == before {
            break;
        }
        // A chain of them is followed at once from one of its ends.
        open.reverse();
    }
    open.sort_unstable();
    let unread = unread(diagnostics);
    for id in open {
        if let Err(failed) = names.target(id) {
            let told = names.whole(id).is_some_and(|span| unread.contains(&span));
            if !told && !names.may_be_in_unread(id, &failed) {
                let diagnostic = names.failure(id, failed, diagnostics);
                diagnostics.push(diagnostic);
            }
            names.lose(id);
        }
    }
}

/// The paths of the imports of which it was said that their files cannot be read.
fn unread(reported: &[SourceDiagnostic]) -> FxHashSet<Span> {
    let unread = |found: &&SourceDiagnostic| found.diagnostic.code == codes::NO_FILE;
    reported
        .iter()
        .filter(unread)
        .map(SourceDiagnostic::span)
        .collect()
}

/// What is wrong with an import: the part of its path that is.
enum Failed {
    Unknown(usize),
    Private(usize),
}

impl Failed {
    /// The one that came further.
    const fn or(self, other: Self) -> Self {
        let (Self::Unknown(own) | Self::Private(own)) = self;
        let (Self::Unknown(others) | Self::Private(others)) = other;
        if others > own { other } else { self }
    }
}

impl<'t> Names<'t> {
    /// What the path of an import means.
    fn target(&self, id: UseId) -> Result<Bound, Failed> {
        let import = &self.uses[id as usize];
        let path = import.path.as_slice();
        let Some((first, _)) = path.first() else {
            return Err(Failed::Unknown(0));
        };
        let root = self.root_of(import.module);
        let mut failed = Failed::Unknown(0);
        for start in [root].into_iter().chain(self.outwards(import.module)) {
            let child = self.module(start).children.get(first);
            if start == root && path.len() == 1 {
                // A name of one part is a module, never an item of no module.
                let Some(module) = child else { continue };
                return Ok(self.collapsed(*module, id));
            }
            if child.is_none() && (path.len() > 1 || start == root) {
                continue;
            }
            match self.follow(start, path, 0, id) {
                Ok(bound) => return Ok(bound),
                Err(found) => failed = found,
            }
        }
        if self.module(root).children.contains_key(first) {
            return Err(failed);
        }
        for (start, skip) in self.elsewhere(import.module, first) {
            match self.target_in(start, path, skip, id) {
                Ok(bound) => return Ok(bound),
                Err(found) => failed = failed.or(found),
            }
        }
        Err(failed)
    }

    /// An import whose path may begin in two packages.
    fn shared(&self, import: &Use<'t>) -> Option<SourceDiagnostic> {
        let (first, span) = *import.path.first()?;
        let next = import.path.get(1).map(|(next, _)| *next);
        let [one, other] = self.shared_start(import.module, first, next)?;
        let message =
            format!("the dependencies `{one}` and `{other}` both have a module `{first}`");
        let diagnostic = SourceDiagnostic::new(codes::AMBIGUOUS, message, span, "");
        Some(diagnostic.help(format!("write `{one}.{first}` or `{other}.{first}`")))
    }

    /// What the path of an import means in another package (NAM-3).
    fn target_in(
        &self,
        start: ModuleId,
        path: &[(&'t str, Span)],
        skip: usize,
        id: UseId,
    ) -> Result<Bound, Failed> {
        let child = |name| self.module(start).children.get(name).copied();
        match &path[skip..] {
            [] => Ok(self.collapsed(start, id)),
            [(only, _)] => {
                let module = child(*only).ok_or(Failed::Unknown(skip))?;
                Ok(self.collapsed(module, id))
            }
            _ => self.follow(start, path, skip, id),
        }
    }

    /// A module and those around it in its file.
    pub(super) fn outwards(&self, from: ModuleId) -> impl Iterator<Item = ModuleId> {
        let mut next = Some(from);
        std::iter::from_fn(move || {
            let module = next?;
            next = self
                .module(module)
                .inline
                .then(|| self.module(module).parent);
            Some(module)
        })
    }

    fn follow(
        &self,
        start: ModuleId,
        path: &[(&'t str, Span)],
        skip: usize,
        id: UseId,
    ) -> Result<Bound, Failed> {
        let from = self.uses[id as usize].module;
        let Some(((last, _), inner)) = path.split_last() else {
            return Err(Failed::Unknown(0));
        };
        let mut module = start;
        for (index, (name, _)) in inner.iter().enumerate().skip(skip) {
            let next = self.module(module).children.get(name).copied();
            let next = next.or_else(|| self.re_exported(module, name)?.module);
            module = next.ok_or(Failed::Unknown(index))?;
            if !self.reachable(from, module) {
                return Err(Failed::Private(index));
            }
        }
        let of = self.module(module);
        let mut bound = self.re_exported(module, last).unwrap_or_default();
        let child = of
            .children
            .get(last)
            .filter(|id| self.module(**id).declared);
        if let Some(child) = child.filter(|id| self.reachable(from, **id)) {
            bound = self.collapsed(*child, id);
        }
        let mut private = child.is_some() && bound.module.is_none();
        let mut visible = |table: &rustc_hash::FxHashMap<&str, u32>| {
            let found = table.get(*last).copied()?;
            let seen = self.item(found).public || self.sees_private(from, module);
            private |= !seen;
            seen.then_some(found)
        };
        bound.ty = visible(&of.types).or(bound.ty);
        bound.value = visible(&of.values).or(bound.value);
        bound.attribute = visible(&of.attributes).or(bound.attribute);
        bound.by = id;
        if (bound.ty, bound.value, bound.attribute, bound.module) == (None, None, None, None) {
            let at = inner.len();
            return Err(if private {
                Failed::Private(at)
            } else {
                Failed::Unknown(at)
            });
        }
        Ok(bound)
    }

    /// A module, and the type of its name in it (MOD-8).
    fn collapsed(&self, module: ModuleId, by: UseId) -> Bound {
        let of = self.module(module);
        let ty = of.types.get(of.name).copied();
        Bound {
            ty: ty.filter(|ty| self.item(*ty).public),
            module: Some(module),
            by,
            ..Bound::default()
        }
    }

    /// What a module passes on by `pub use`.
    pub(super) fn re_exported(&self, module: ModuleId, name: &str) -> Option<Bound> {
        let bound = self.module(module).bound.get(name).copied();
        bound.filter(|bound| bound.public)
    }

    /// Whether a module may be named from another one.
    pub(crate) fn reachable(&self, from: ModuleId, module: ModuleId) -> bool {
        let of = self.module(module);
        !of.inline || of.public || self.sees_private(from, of.parent)
    }

    fn bind(&mut self, id: UseId, target: Bound, diagnostics: &mut Vec<SourceDiagnostic>) {
        let import = &mut self.uses[id as usize];
        import.good = true;
        let Some(last) = import.path.last() else {
            return;
        };
        let (name, span) = import.alias.unwrap_or(*last);
        let bound = Bound {
            by: id,
            public: import.public,
            ..target
        };
        let module = import.module;
        let into = &mut self.modules[module as usize];
        if let Some(first) = into.bound.insert(name, bound) {
            into.bound.insert(name, first);
            self.uses[id as usize].used.set(true);
            let message = format!("a second import of the name `{name}`");
            let again = SourceDiagnostic::new(codes::AMBIGUOUS, message, span, "again here");
            let first = self.uses[first.by as usize].span;
            let again = again.related(first, "first here");
            diagnostics.push(again.help(format!("rename one: `as Other{name}`")));
            return;
        }
        if let Some(opened) = bound.module {
            into.opened.push((opened, id));
        }
    }

    /// Where the path of an import stands.
    fn whole(&self, id: UseId) -> Option<Span> {
        let path = &self.uses[id as usize].path;
        let (_, first) = path.first()?;
        let (_, last) = path.last()?;
        Some(first.to(*last))
    }

    /// Whether the part of an import's path that is unknown may be declared in what could
    /// not be read of a module.
    fn may_be_in_unread(&self, id: UseId, failed: &Failed) -> bool {
        let path = &self.uses[id as usize].path;
        match failed {
            Failed::Unknown(at) if *at > 0 => path
                .get(*at)
                .is_some_and(|(name, _)| self.unread_items.contains(name)),
            _ => false,
        }
    }

    /// Notes that the name of an import means nothing.
    fn lose(&mut self, id: UseId) {
        let import = &self.uses[id as usize];
        let module = &mut self.modules[import.module as usize];
        if let Some((name, _)) = import.alias.or_else(|| import.path.last().copied()) {
            module.lost.insert(name);
            module.lacks_items |= import.alias.is_none();
        }
    }

    fn failure(
        &self,
        id: UseId,
        failed: Failed,
        reported: &[SourceDiagnostic],
    ) -> SourceDiagnostic {
        let import = &self.uses[id as usize];
        let texts = import
            .path
            .iter()
            .map(|(text, _)| *text)
            .collect::<Vec<_>>();
        let (Failed::Unknown(at) | Failed::Private(at)) = failed;
        let (name, span) = import.path[at.min(import.path.len() - 1)];
        let root = self.root_of(import.module);
        if matches!(failed, Failed::Private(_)) {
            let message = format!("`{}` is private", texts[..=at].join("."));
            let diagnostic = SourceDiagnostic::new(codes::PRIVATE_IMPORT, message, span, "");
            return diagnostic.help(format!("write `pub` before `{name}` where it is declared"));
        }
        if at == 0 {
            let message = format!("there is no module `{name}`");
            let mut diagnostic = SourceDiagnostic::new(codes::UNKNOWN_IMPORT, message, span, "");
            let known = self.module(root).children.keys().copied();
            let labels = self.packages.of(self.module(root).package).iter();
            let known = known.chain(labels.map(|(label, _)| label.as_str()));
            diagnostic.set_help(did_you_mean(name, known, reported));
            let last = texts.last().copied().unwrap_or(name);
            let path = import.path.iter().copied();
            return diagnostic.seeking_name(last).at_path("", path);
        }
        let own = self.module(root).children.contains_key(texts[0]);
        let mut others = self.elsewhere(import.module, texts[0]).filter(|_| !own);
        let (mut module, skip) = others.next().unwrap_or((root, 0));
        for text in texts[..at].iter().skip(skip) {
            if let Some(next) = self.module(module).children.get(text) {
                module = *next;
            }
        }
        let of = self.module(module);
        let before = texts[..at].join(".");
        if let Some(item) = of.types.get(name).or_else(|| of.values.get(name)) {
            let noun = self.item(*item).kind.noun();
            let message = format!("`{before}.{name}` is a {noun}, and no module");
            let diagnostic = SourceDiagnostic::new(codes::UNKNOWN_MODULE, message, span, "");
            return diagnostic.help(format!(
                "import `{before}.{name}`, and name what it has by it"
            ));
        }
        let message = format!("the module `{before}` has no `{name}`");
        let mut diagnostic = SourceDiagnostic::new(codes::UNKNOWN_MODULE, message, span, "");
        let items = of.types.iter().chain(&of.values);
        let items = items
            .filter(|(_, id)| self.item(**id).public && self.item(**id).kind != ItemKind::Test);
        let known = items
            .map(|(name, _)| *name)
            .chain(of.children.keys().copied());
        let further = self.further_in(module, name);
        diagnostic.set_help(match further {
            Some(path) => Some(format!("write `{path}`")),
            None => did_you_mean(name, known, reported),
        });
        match diagnostic.diagnostic.help.is_none() {
            true => {
                let last = texts.last().copied().unwrap_or(name);
                let rest = import.path[at..].iter().copied();
                diagnostic.seeking_name(last).at_path(&before, rest)
            }
            false => diagnostic,
        }
    }
}
