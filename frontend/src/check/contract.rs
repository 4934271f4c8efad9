//! What contracts ask for.

use rustc_hash::{FxHashMap, FxHashSet};

use super::callable::Param;
use super::shared::Shared;
use crate::resolve::ItemId;
use crate::span::Span;
use crate::types::Ty;

/// What a contract asks for.
#[derive(Debug, Clone, Default)]
pub(super) struct ContractInfo<'t> {
    /// Its methods, those of embedded contracts too.
    pub(super) methods: Vec<Required<'t>>,
    /// The places of the first methods of each name: others of the name are equal.
    first: FxHashMap<&'t str, usize>,
    numbers: FxHashSet<u32>,
    /// The contracts that it embeds itself.
    pub(super) embedded: Vec<ItemId>,
}

impl<'t> ContractInfo<'t> {
    /// Whether nothing was added, and nothing is embedded.
    pub(super) fn is_empty(&self) -> bool {
        self.methods.is_empty() && self.embedded.is_empty()
    }

    /// The first method of a name.
    pub(super) fn find(&self, name: &str) -> Option<&Required<'t>> {
        self.methods.get(*self.first.get(name)?)
    }

    /// Adds a method, once: it may be embedded in many ways.
    pub(super) fn add(&mut self, required: Required<'t>) {
        if self.numbers.insert(required.number) {
            self.first
                .entry(required.name)
                .or_insert(self.methods.len());
            self.methods.push(required);
        }
    }

    /// The methods of which each has another name.
    pub(super) fn named(&self) -> impl Iterator<Item = &Required<'t>> {
        let methods = self.methods.iter().enumerate();
        let named = methods.filter(|(at, known)| self.first.get(known.name) == Some(at));
        named.map(|(_, known)| known)
    }
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
