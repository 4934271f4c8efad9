//! The foreign interfaces of a program, as a table.

use rustc_hash::FxHashMap;

use crate::hir::{Callback, ForeignFunction, ForeignId};
use crate::resolve::ItemId;
use crate::span::Span;
use crate::types::Signature;

/// The foreign interfaces of a program.
#[derive(Debug, Default)]
pub(super) struct Foreign<'t> {
    pub(super) functions: Vec<ForeignFunction>,
    /// The functions that the host registers, in the order of their table.
    pub(super) callbacks: Vec<Callback>,
    /// Where each symbol was declared.
    pub(super) declared: FxHashMap<String, (ForeignId, Span)>,
    pub(super) contracts: FxHashMap<ItemId, FxHashMap<&'t str, (Target, Span)>>,
    /// Where the contract of the callbacks was declared.
    pub(super) callback_contract: Option<Span>,
}

/// What a method of a foreign contract calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Foreign(ForeignId),
    /// Index into the callbacks.
    Callback(u32),
}

impl<'t> Foreign<'t> {
    /// What a method of a contract calls.
    pub(super) fn target(&self, contract: ItemId, name: &str) -> Option<Target> {
        let methods = self.contracts.get(&contract)?;
        methods.get(name).map(|(target, _)| *target)
    }

    /// Where a method of a contract is declared.
    pub(super) fn place(&self, contract: ItemId, name: &str) -> Option<Span> {
        let methods = self.contracts.get(&contract)?;
        methods.get(name).map(|(_, place)| *place)
    }

    pub(super) fn names(&self, contract: ItemId) -> Vec<&'t str> {
        let methods = self.contracts.get(&contract);
        methods
            .map(|methods| methods.keys().copied().collect())
            .unwrap_or_default()
    }

    pub(super) fn signature(&self, target: Target) -> Signature {
        match target {
            Target::Foreign(id) => self.functions[id as usize].signature.clone(),
            Target::Callback(index) => self.callbacks[index as usize].signature.clone(),
        }
    }

    /// Where a foreign symbol is declared.
    pub(super) fn declared(&self, symbol: &str) -> Option<Span> {
        self.declared.get(symbol).map(|(_, span)| *span)
    }
}
