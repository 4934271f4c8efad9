//! What is found of the type that a lambda returns.

use super::bindings::Bindings;
use super::few::Few;
use crate::resolve::ItemId;
use crate::types::Ty;

/// What the values that a lambda returns say of its result.
#[derive(Debug, Default)]
pub(super) struct SoughtResult {
    /// Their types, and whether they give way to those of other values.
    pub(super) types: Few<(bool, Ty)>,
    /// Values of enums that say some of the type arguments, likewise.
    pub(super) parts: Few<(bool, Partly)>,
    /// The last value of an enum that did not say all.
    pub(super) last: Option<Partly>,
}

/// An enum, and some of its type arguments.
#[derive(Debug)]
pub(super) struct Partly {
    pub(super) item: ItemId,
    pub(super) known: Bindings,
}
