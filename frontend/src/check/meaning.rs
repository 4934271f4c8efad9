//! What paths in the places of types lead to.

use beskid_syntax::Node;

use crate::resolve::ItemId;
use crate::span::Span;
use crate::types::Ty;

/// A named type, and the type arguments that are written behind it.
pub(super) struct Named<'t> {
    pub(super) item: ItemId,
    pub(super) arguments: Option<Node<'t>>,
    /// Where its last name stands.
    pub(super) span: Span,
}

/// What a path in a type's place leads to.
pub(super) enum Meaning<'t> {
    Ty(Ty),
    Item(Named<'t>),
}

/// Why a path leads to no type.
pub(super) enum NoType {
    /// It was reported.
    Reported,
    /// Its only name means no type here.
    Unknown,
}

/// The end of a noun that is counted.
pub(super) const fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
