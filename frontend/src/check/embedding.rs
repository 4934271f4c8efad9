//! What contracts ask for, with what those ask for that they embed (CTR-1).

use std::rc::Rc;

use beskid_syntax::views::{self, ContractMethod, Embedding};
use rustc_hash::{FxHashMap, FxHashSet};

use super::contract::{ContractInfo, Required};
use super::contracts::same;
use super::state::{At, Checker};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::resolve::{ItemId, ItemKind};
use crate::span::Span;
use crate::types::{Kind, Signature, Ty};

/// What stands in a contract.
enum Asks<'t> {
    Method(Required<'t>),
    Embeds(ItemId, Span),
}

/// What stands in each contract.
type Members<'t> = FxHashMap<ItemId, Vec<Asks<'t>>>;

impl<'t> Checker<'t> {
    /// The methods of every contract.
    pub(super) fn declare_contracts(&mut self) {
        let mut members = Members::default();
        let mut ids = Vec::new();
        for id in 0..self.names.items.len() as ItemId {
            if self.names.item(id).kind == ItemKind::Contract {
                ids.push(id);
                members.insert(id, self.members_of(id));
            }
        }
        for id in self.innermost_first(&ids, &members) {
            let asks = members.remove(&id).unwrap_or_default();
            self.contract(id, asks);
        }
    }

    /// What stands in a contract.
    fn members_of(&mut self, id: ItemId) -> Vec<Asks<'t>> {
        let item = self.names.item(id);
        self.at = At {
            module: item.module,
            base: item.base,
            ..At::default()
        };
        let mut found = Vec::new();
        let mut own = FxHashMap::<&str, Span>::default();
        let view = views::Contract::cast(item.node);
        for member in view.into_iter().flat_map(views::Contract::members) {
            if let Some(method) = ContractMethod::cast(member) {
                let Some(required) = self.required(method) else {
                    continue;
                };
                if let Some(first) = own.insert(required.name, required.span) {
                    let message = format!("a second method `{}`", required.name);
                    let again = SourceDiagnostic::new(
                        codes::DUPLICATE_METHOD,
                        message,
                        required.span,
                        "again here",
                    );
                    self.report(again.related(first, "first here"));
                    continue;
                }
                found.push(Asks::Method(required));
            } else if let Some(path) = Embedding::cast(member).and_then(Embedding::path) {
                let span = self.span(path.node());
                let embedded = self.conformance(path);
                found.extend(embedded.map(|(embedded, _)| Asks::Embeds(embedded, span)));
            }
        }
        found
    }

    /// Contracts in an order in which each comes behind those that it embeds. One that
    /// embeds itself, by way of others or not, is told.
    fn innermost_first(&mut self, ids: &[ItemId], members: &Members<'t>) -> Vec<ItemId> {
        let mut order = Vec::with_capacity(ids.len());
        let mut begun = FxHashSet::default();
        let mut open = FxHashSet::default();
        // Chains of contracts may be as long as a program: their depth is no depth here.
        let mut around = Vec::new();
        for first in ids {
            if begun.insert(*first) {
                open.insert(*first);
                around.push((*first, 0));
            }
            while let Some((id, at)) = around.last_mut() {
                let next = members.get(id).and_then(|asks| asks.get(*at));
                *at += 1;
                match next {
                    None => {
                        open.remove(id);
                        order.push(*id);
                        around.pop();
                    }
                    Some(Asks::Embeds(inner, span)) if open.contains(inner) => {
                        let message = "contracts embed one another in a circle";
                        self.report(SourceDiagnostic::new(codes::EMBEDDING, message, *span, ""));
                    }
                    Some(Asks::Embeds(inner, _)) if begun.insert(*inner) => {
                        open.insert(*inner);
                        around.push((*inner, 0));
                    }
                    Some(_) => {}
                }
            }
        }
        order
    }

    /// Puts together what a contract asks for, behind those that it embeds.
    fn contract(&mut self, id: ItemId, asks: Vec<Asks<'t>>) {
        let mut info = ContractInfo::default();
        for asks in asks {
            match asks {
                Asks::Method(required) => self.merge(&mut info, required),
                Asks::Embeds(embedded, span) => {
                    // One that is not known is in a circle, which was told.
                    let Some(inner) = self.contracts.get(&embedded).cloned() else {
                        continue;
                    };
                    if info.is_empty() {
                        // There is nothing that its methods could differ from.
                        info = ContractInfo::clone(&inner);
                        info.embedded.clear();
                        info.embedded.push(embedded);
                        continue;
                    }
                    info.embedded.push(embedded);
                    for required in &inner.methods {
                        let mut required = required.clone();
                        if let Some(known) = info.find(required.name)
                            && known.number != required.number
                            && !same(known, &required)
                        {
                            required.span = span;
                        }
                        self.merge(&mut info, required);
                    }
                }
            }
        }
        let ty = self.declared[id as usize].ty;
        if let Some(Kind::Contract(contract)) = ty.map(|ty| self.types.kind(ty)) {
            let methods = info.methods.iter().map(|required| required.number);
            self.types.contracts[contract as usize].methods = methods.collect();
        }
        self.contracts.insert(id, Rc::new(info));
    }

    /// Adds a method. One of the same name must be equal; both stay, since values of
    /// either contract call their own number.
    fn merge(&mut self, info: &mut ContractInfo<'t>, required: Required<'t>) {
        if let Some(known) = info.find(required.name)
            && known.number != required.number
            && !same(known, &required)
        {
            let message = format!("two contracts have different methods `{}`", required.name);
            let diagnostic = SourceDiagnostic::new(codes::EMBEDDING, message, required.span, "");
            self.report(diagnostic.related(known.span, "another one here"));
            return;
        }
        info.add(required);
    }

    fn required(&mut self, method: ContractMethod<'t>) -> Option<Required<'t>> {
        let name = method.name()?;
        let result = method.ty().map_or(Ty::ERROR, |ty| self.ty(ty));
        let takes = method.params().map(|params| self.params(params));
        let takes = takes.unwrap_or_default();
        self.check_reserved(name.text(), self.placed(name.span()));
        self.check_param_names(&takes);
        let number = self.contract_methods.len() as u32;
        let params = takes.iter().map(|param| self.passed(param));
        let params = params.collect();
        self.contract_methods.push(Signature { params, result });
        self.types.method_names.push(name.text().to_owned());
        Some(Required {
            name: name.text(),
            span: self.placed(name.span()),
            number,
            takes: takes.as_slice().into(),
            result,
        })
    }

    /// Whether a contract embeds another, directly or by way of others.
    pub(super) fn embeds(&self, contract: ItemId, other: ItemId) -> bool {
        let mut seen = FxHashSet::default();
        let mut left = vec![contract];
        while let Some(info) = left.pop().and_then(|one| self.contracts.get(&one)) {
            if info.embedded.contains(&other) {
                return true;
            }
            left.extend(info.embedded.iter().filter(|inner| seen.insert(**inner)));
        }
        false
    }
}
