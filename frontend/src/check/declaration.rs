//! What items declare as types.

use super::shared::Shared;
use crate::resolve::ItemId;
use crate::span::Span;
use crate::types::{Event, Field, Form, Ty, Variant};

/// What an item declares as a type.
#[derive(Debug, Default)]
pub(super) struct Declared<'t> {
    pub(super) params: Shared<Ty>,
    pub(super) param_names: Shared<(&'t str, Ty)>,
    pub(super) fields: Vec<Field>,
    pub(super) events: Vec<Event>,
    pub(super) variants: Vec<Variant>,
    pub(super) contracts: Vec<(ItemId, Span)>,
    pub(super) form: Option<Form>,
    /// The type with its own parameters as arguments; of a contract, the contract.
    pub(super) ty: Option<Ty>,
}
