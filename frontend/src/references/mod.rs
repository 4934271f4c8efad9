//! What the names of a program refer to, for editors.
//!
//! While a program is checked, the checker keeps what each name means and what types its
//! expressions have, if it is asked to ([`explore`](crate::explore)); compiling does not ask. Everything is
//! known by its place among all texts: a declaration by where its name stands.

mod declarations;
mod documentation;

pub use crate::check::{described, mended};
pub use declarations::{Declaration, DeclarationKind, outline};

use rustc_hash::FxHashMap;

use crate::check::{Has, Observed};
use crate::packages::{PREDECLARED, PackageId};
use crate::resolve::ModuleId;
use crate::source::Sources;
use crate::span::Span;
use crate::types::{Kind, Ty, Types};
use declarations::Declarations;

/// Whether the language has a type of this name (TYP-1).
pub fn is_type_name(name: &str) -> bool {
    Ty::named(name).is_some()
}

/// What the names of a program refer to.
#[derive(Debug, Default)]
pub struct References {
    /// Names and what they mean, in the order of the texts, each once.
    uses: Vec<(Span, Span)>,
    declarations: Declarations,
    locals: FxHashMap<Span, Ty>,
    /// Expressions and their types, in the order of the texts; of two at one place the inner
    /// one first.
    values: Vec<(Span, Ty)>,
    types: Types,
    /// The members of items and primitive types that are methods.
    methods: FxHashMap<Has, Vec<Span>>,
    /// Where the names of items stand, by their numbers.
    items: Vec<Span>,
    modules: FxHashMap<Span, ModuleNames>,
}

/// The names of the types that are no items.
pub fn primitives() -> impl Iterator<Item = &'static str> {
    Ty::NAMED.iter().map(|(name, _)| *name)
}

/// The names of the types of the core library that need no import (NAM-7).
pub fn predeclared() -> impl Iterator<Item = &'static str> {
    PREDECLARED.iter().map(|(name, _)| *name)
}

/// The names that a module has.
#[derive(Debug, Default)]
struct ModuleNames {
    /// What others see of it.
    public: Vec<(String, Span)>,
    /// What can be named in it without a path; of modules of the first file.
    shown: Vec<(String, Span)>,
}

impl References {
    pub(crate) fn of(sources: &Sources, observed: Observed<'_>) -> Self {
        let Observed {
            names,
            types,
            seen,
            methods,
        } = observed;
        let mut uses = seen.uses;
        uses.extend(names.imported());
        uses.sort_unstable();
        uses.dedup();
        let mut values = seen.values;
        values.retain(|(span, ty)| !span.is_empty() && ![Ty::ERROR, Ty::NEVER].contains(ty));
        values.sort_by_key(|(span, _)| (span.start, span.end));
        let mut of = FxHashMap::<Has, Vec<Span>>::default();
        for (has, place) in methods {
            of.entry(has).or_default().push(place);
        }
        of.values_mut().for_each(|places| places.sort_unstable());
        let first = sources.files.get(1).map_or(u32::MAX, |file| file.base);
        let owned = |(name, place): (&str, Span)| (name.to_owned(), place);
        let modules = (0..names.modules.len() as ModuleId).filter_map(|id| {
            let module = names.module(id);
            let shown = match module.package == PackageId::ENTRY && module.span.start < first {
                true => names.shown_in(id),
                false => Vec::new(),
            };
            let names = ModuleNames {
                public: names
                    .declared_in(id, false)
                    .into_iter()
                    .map(owned)
                    .collect(),
                shown: shown.into_iter().map(owned).collect(),
            };
            module.declared.then_some((module.span, names))
        });
        Self {
            uses,
            declarations: Declarations::of(sources),
            locals: seen.locals.into_iter().collect(),
            values,
            types,
            methods: of,
            items: names.items.iter().map(|item| item.span).collect(),
            modules: modules.collect(),
        }
    }

    /// The name at an offset, or that ends there, and the name of what it means.
    pub fn meaning(&self, offset: u32) -> Option<(Span, Span)> {
        let around = |span: &Span| span.start <= offset && offset <= span.end;
        let end = self.uses.partition_point(|(name, _)| name.start <= offset);
        let near = self.uses[..end].iter().rev().take_while(|(name, _)| {
            // Names are short and do not overlap: no more than two touch an offset.
            name.end + 1 >= offset
        });
        let found = near.copied().find(|(name, _)| around(name));
        found.or_else(|| {
            let mut all = self.declarations.all.iter();
            let named = all.find(|of| !of.name.is_empty() && around(&of.name))?;
            Some((named.name, named.name))
        })
    }

    /// Where the names stand that mean what is declared at a place, in the order of the
    /// texts.
    pub fn uses_of(&self, declared: Span) -> impl Iterator<Item = Span> {
        let uses = self.uses.iter();
        uses.filter_map(move |(name, meant)| (*meant == declared).then_some(*name))
    }

    /// Names and what they mean, in the order of the texts.
    pub fn uses(&self) -> &[(Span, Span)] {
        &self.uses
    }

    /// The declaration whose name stands at a place.
    pub fn declaration(&self, name: Span) -> Option<&Declaration> {
        self.declarations.named(name)
    }

    /// All declarations, those of a file in the order in which they begin.
    pub fn declarations(&self) -> &[Declaration] {
        &self.declarations.all
    }

    /// The type of a local or a parameter, by its name's place.
    pub fn local_type(&self, name: Span) -> Option<String> {
        let ty = self.locals.get(&name).filter(|ty| **ty != Ty::ERROR)?;
        Some(self.types.name(*ty))
    }

    /// The innermost expression around an offset, and its type.
    pub fn value_at(&self, offset: u32) -> Option<(Span, String)> {
        let around = self.values.iter();
        let around = around.filter(|(span, _)| span.start <= offset && offset < span.end);
        let (span, ty) = around.min_by_key(|(span, _)| span.len())?;
        Some((*span, self.types.name(*ty)))
    }

    /// The name of the type of an expression, and the names of its members.
    pub fn members(&self, value: Span) -> Option<(String, Vec<Span>)> {
        let mut of = self.values.iter().filter(|(span, _)| *span == value);
        let (_, ty) = of.next_back()?;
        let has = match self.types.kind(*ty) {
            Kind::Struct(id) => Has::Item(self.types.structure(id).item?),
            Kind::Enum(id) => Has::Item(self.types.enumeration(id).item),
            Kind::Contract(id) => Has::Item(self.types.contract(id).item),
            _ => Has::Primitive(*ty),
        };
        let found = match has {
            Has::Item(item) => self.members_of(*self.items.get(item as usize)?),
            Has::Primitive(_) => self.methods.get(&has).cloned().unwrap_or_default(),
        };
        Some((self.types.name(*ty), found))
    }

    /// What an item declares in itself.
    pub fn parts(&self, item: Span) -> impl Iterator<Item = &Declaration> {
        let all = self.declarations.all.iter();
        all.filter(move |of| of.container == Some(item))
    }

    /// The methods of an item, by where its name stands; of a foreign contract its functions.
    pub fn methods_of(&self, item: Span) -> &[Span] {
        let item = self.items.iter().position(|known| *known == item);
        let has = item.map(|item| Has::Item(item as u32));
        has.and_then(|has| self.methods.get(&has))
            .map_or(&[], Vec::as_slice)
    }

    /// The fields, events and methods of an item, by where its name stands.
    pub fn members_of(&self, item: Span) -> Vec<Span> {
        use DeclarationKind::{Event, Field};
        let parts = self.parts(item);
        let parts = parts.filter(|part| matches!(part.kind, Field | Event));
        let parts = parts.map(|part| part.name);
        let methods = self.methods_of(item).iter().copied();
        let mut found = parts.chain(methods).collect::<Vec<_>>();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What others see of a module, by where it is declared.
    pub fn module_names(&self, module: Span) -> &[(String, Span)] {
        self.modules.get(&module).map_or(&[], |names| &names.public)
    }

    /// What can be named without a path in a module of the file that the program begins
    /// with.
    pub fn shown_in(&self, module: Span) -> &[(String, Span)] {
        self.modules.get(&module).map_or(&[], |names| &names.shown)
    }
}
