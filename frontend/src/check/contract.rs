//! What contracts ask for.

use rustc_hash::FxHashSet;

use super::callable::Param;
use super::shared::Shared;
use crate::resolve::ItemId;
use crate::span::Span;
use crate::types::Ty;

/// What a contract asks for.
#[derive(Debug, Default)]
pub(super) struct ContractInfo<'t> {
    /// Its methods, those of embedded contracts too.
    pub(super) methods: Vec<Required<'t>>,
    /// The contracts that are embedded, and what those embed.
    pub(super) embedded: FxHashSet<ItemId>,
}

/// A method of a contract.
#[derive(Debug, Clone)]
pub(super) struct Required<'t> {
    pub(super) name: &'t str,
    pub(super) span: Span,
    /// Its number among the methods of all contracts.
    pub(super) number: u32,
    pub(super) takes: Shared<Param<'t>>,
    pub(super) result: Ty,
}
