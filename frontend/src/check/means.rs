//! What names mean, told to who keeps it for editors.

use beskid_syntax::views::{Event, Field, Variant};
use beskid_syntax::{Node, Token};

use super::callable::CallableId;
use super::frame::{Frame, LocalKind};
use super::owner::Owner;
use super::state::Checker;
use crate::hir::LocalId;
use crate::resolve::{ItemId, ModuleId};
use crate::source::shifted;
use crate::span::Span;
use crate::types::{Kind, Ty};

impl<'t> Checker<'t> {
    /// A name means what is declared at a place. Bodies that are checked again for type
    /// arguments say nothing new.
    pub(super) fn means(&mut self, name: Token<'t>, declared: Span) {
        let base = self.at.base;
        if let Some(seen) = self
            .seen
            .as_mut()
            .filter(|_| self.instance.is_none() && !self.trying)
        {
            seen.uses.push((shifted(name.span(), base), declared));
        }
    }

    pub(super) fn means_item(&mut self, name: Token<'t>, item: ItemId) {
        self.means(name, self.names.item(item).span);
    }

    pub(super) fn means_callable(&mut self, name: Token<'t>, callable: CallableId) {
        self.means(name, self.callables[callable as usize].span);
    }

    pub(super) fn means_module(&mut self, name: Token<'t>, module: ModuleId) {
        let of = self.names.module(module);
        if of.declared {
            self.means(name, of.span);
        }
    }

    /// A local of the innermost function.
    pub(super) fn means_local(&mut self, name: Token<'t>, local: LocalId) {
        if self.seen.is_none() {
            return;
        }
        let info = self.frame().infos[local as usize];
        if info.name != "this" {
            self.means(name, info.span);
        }
    }

    /// A field, an event or a variant of a type, by the name of it.
    pub(super) fn means_part(&mut self, name: Token<'t>, ty: Ty) {
        if self.seen.is_none() {
            return;
        }
        if let Some(Owner::Item(item)) = self.owner_of(ty) {
            let item = self.names.item(item);
            let (node, base) = (item.node, item.base);
            let mut parts = node.parts().filter_map(part_name);
            if let Some(part) = parts.find(|part| part.text() == name.text()) {
                self.means(name, shifted(part.span(), base));
            }
        }
    }

    /// The enum that is expected where its name means nothing else (NAM-5).
    pub(super) fn means_enum(&mut self, name: Token<'t>, ty: Ty) {
        if let Kind::Enum(id) = self.types.kind(ty) {
            self.means_item(name, self.types.enumeration(id).item);
        }
    }

    pub(super) fn means_type(&mut self, name: Token<'t>, ty: Ty) {
        let Kind::Param(number) = self.types.kind(ty) else {
            return;
        };
        let seen = self.seen.as_ref();
        if let Some(place) = seen.and_then(|seen| seen.params.get(&number)) {
            self.means(name, *place);
        }
    }

    /// The name of a type parameter.
    pub(super) fn saw_param(&mut self, number: u32, place: Span) {
        if let Some(seen) = &mut self.seen {
            seen.params.insert(number, place);
        }
    }

    /// What a function leaves behind that was checked.
    pub(super) fn saw_frame(&mut self, frame: &Frame<'t>) {
        let Some(seen) = self
            .seen
            .as_mut()
            .filter(|_| self.instance.is_none() && !self.trying)
        else {
            return;
        };
        for (local, info) in frame.locals.iter().zip(&frame.infos) {
            let is_own = !matches!(info.kind, LocalKind::Captured | LocalKind::This);
            if is_own && !info.name.is_empty() {
                seen.locals.push((info.span, local.ty));
            }
        }
        let values = frame.body.exprs.iter();
        seen.values
            .extend(values.map(|value| (value.span, value.ty)));
    }
}

/// The name of a field, an event or a variant.
fn part_name(node: Node<'_>) -> Option<Token<'_>> {
    let field = || Field::cast(node).and_then(Field::name);
    let event = || Event::cast(node).and_then(Event::name);
    let variant = || Variant::cast(node).map(Variant::name);
    field().or_else(event).or_else(variant)
}
