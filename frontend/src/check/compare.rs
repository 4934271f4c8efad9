//! Which values `==` compares (EQ-1).

use rustc_hash::FxHashSet;

use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::span::Span;
use crate::types::{Kind, Ty};

/// Whether values of a type can be compared by structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Structural,
    /// A part of it is a function or a contract's value: that, and the type around it.
    Not(Ty, Option<Ty>),
    /// A part of it is the same type of other arguments, and so on: the first two.
    Endless(Ty, Ty),
}

/// The types that were looked at, and those around the one at hand.
#[derive(Default)]
struct Walk {
    seen: FxHashSet<Ty>,
    around: Vec<Ty>,
}

impl Checker<'_> {
    /// Whether values of a type can be compared; puts in the parts of every type on the
    /// way.
    pub(super) fn comparison(&mut self, ty: Ty) -> Comparison {
        self.compared(ty, &mut Walk::default())
    }

    fn compared(&mut self, ty: Ty, walk: &mut Walk) -> Comparison {
        if !walk.seen.insert(ty) {
            return Comparison::Structural;
        }
        if walk.seen.len() > MOST {
            return self.endless(ty, walk);
        }
        self.fill(ty);
        let parts = match self.types.kind(ty) {
            Kind::Function(_)
            | Kind::Code(_)
            | Kind::Contract(_)
            | Kind::Cell(_)
            | Kind::Out(_) => return Comparison::Not(ty, walk.around.last().copied()),
            Kind::Array(of) => vec![of],
            Kind::Struct(id) => {
                let fields = self.types.structure(id).fields.iter();
                fields.map(|field| field.ty).collect()
            }
            Kind::Enum(id) => {
                let variants = self.types.enumeration(id).variants.iter();
                variants
                    .flat_map(|variant| variant.payload.iter().copied())
                    .collect()
            }
            _ => return Comparison::Structural,
        };
        walk.around.push(ty);
        let mut parts = parts.into_iter().map(|part| self.compared(part, walk));
        let found = parts.find(|found| *found != Comparison::Structural);
        walk.around.pop();
        found.unwrap_or(Comparison::Structural)
    }

    /// The first two types around the one at hand that differ from the innermost in their
    /// arguments alone.
    fn endless(&self, ty: Ty, walk: &Walk) -> Comparison {
        let mut around = walk.around.iter().copied();
        let innermost = around.clone().rev().find_map(|ty| self.owner_of(ty));
        let mut alike = around.by_ref().filter(|ty| self.owner_of(*ty) == innermost);
        let first = alike.next().unwrap_or(ty);
        Comparison::Endless(first, alike.next().unwrap_or(ty))
    }

    /// GEN-3: there would be a comparison for each of the types.
    pub(super) fn endless_comparison(&mut self, first: Ty, next: Ty, span: Span) {
        let (outer, inner) = (self.name(first), self.name(next));
        let message = format!("the type arguments never end: a part of {outer} is {inner}");
        let mut diagnostic = SourceDiagnostic::new(codes::ENDLESS, message, span, "");
        if let Some(super::owner::Owner::Item(item)) = self.owner_of(first) {
            let declared = self.names.item(item).span;
            diagnostic = diagnostic.related(declared, "declared here");
        }
        self.report(diagnostic.help("compare the parts that are meant"));
    }

    /// Which part of values of a type forbids to compare them.
    pub(super) fn not_compared(&mut self, ty: Ty) -> Option<String> {
        let Comparison::Not(part, around) = self.comparison(ty) else {
            return None;
        };
        let what = match self.types.kind(part) {
            Kind::Contract(_) => "values of contracts are not compared",
            _ => "functions are not compared",
        };
        Some(match around {
            Some(around) => {
                let [around, part] = self.names_of(around, part);
                format!("a part of {around} is {part}: {what}")
            }
            None => what.to_owned(),
        })
    }

    /// Whether values of a type are objects, with an identity.
    pub(super) fn has_identity(&self, ty: Ty) -> bool {
        self.types.is_managed(ty)
    }
}

/// Most types inside a type that is compared: with every type argument deeper is another
/// type.
const MOST: usize = 4096;
