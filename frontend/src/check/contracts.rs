//! Contracts: their methods, and which types conform to them (CTR).

use std::rc::Rc;

use super::callable::{CallableId, Mode, Param};
use super::contract::{ContractInfo, Required};
use super::owner::Owner;
use super::shared::Shared;
use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::resolve::{ItemId, nearest};
use crate::span::Span;
use crate::types::{Kind, Ty};

impl<'t> Checker<'t> {
    /// The type as which a parameter is passed.
    pub(super) fn passed(&mut self, param: &Param<'t>) -> Ty {
        match param.mode {
            Mode::Value | Mode::Mutable => param.ty,
            Mode::Ref | Mode::Out => self.types.of(Kind::Cell(param.ty)),
        }
    }

    /// What a contract asks for.
    pub(super) fn asked(&self, contract: ItemId) -> Rc<ContractInfo<'t>> {
        self.contracts.get(&contract).cloned().unwrap_or_default()
    }

    /// Checks that every type has the methods of its contracts (CTR-3).
    pub(super) fn check_conformance(&mut self) {
        for id in 0..self.declared.len() as ItemId {
            let contracts = self.declared[id as usize].contracts.clone();
            for (contract, span) in contracts {
                for required in self.asked(contract).named() {
                    self.check_required(id, contract, required, span);
                }
            }
        }
    }

    fn check_required(
        &mut self,
        id: ItemId,
        contract: ItemId,
        required: &Required<'t>,
        span: Span,
    ) {
        if let Some(found) = self.fulfilling(id, required) {
            if let Some(item) = self.callables[found as usize].item {
                self.names.item(item).used.set(true);
            }
            return;
        }
        let mut types = required.takes.iter().map(|param| param.ty);
        if required.result == Ty::ERROR || types.any(|ty| ty == Ty::ERROR) {
            return;
        }
        let ty = self.names.item(id).name;
        let contract = self.names.item(contract).name;
        let named = self.named_like(id, required.name);
        let asked = || required.takes.iter().map(|param| param.ty);
        let mut wanted = self.asked_for(required.name, required.result, asked(), false);
        if let Some(found) = named.map(|found| &self.callables[found as usize]) {
            let takes = found.takes.iter().map(|param| param.ty);
            if wanted == self.asked_for(found.name, found.result, takes, false) {
                wanted = self.asked_for(required.name, required.result, asked(), true);
            }
        }
        let diagnostic = match named {
            None if self.names.unread.contains(required.name) || self.is_partly_unread(id) => {
                return;
            }
            None => {
                let message = format!(
                    "`{ty}` lacks the method `{}` of `{contract}`",
                    required.name
                );
                let missing = SourceDiagnostic::new(codes::MISSING_METHOD, message, span, "");
                missing.related(required.span, "asked for here")
            }
            Some(found) => {
                let found = self.callables[found as usize].span;
                let message = format!(
                    "`{}` is another method than `{contract}` asks for",
                    required.name
                );
                let other = SourceDiagnostic::new(codes::DIFFERENT_METHOD, message, found, "");
                other.related(required.span, "asked for here")
            }
        };
        let own = self.methods.keys();
        let own = own.filter(|(owner, _)| *owner == Owner::Item(id));
        let own = own.map(|(_, name)| *name);
        let near = match named {
            None => nearest(required.name, own, self.diagnostics),
            Some(_) => None,
        };
        self.report(diagnostic.help(match near {
            Some(near) => format!("write `pub {wanted}`; did you mean it by `{near}`?"),
            None => format!("write `pub {wanted}`"),
        }));
    }

    /// How a method is declared that takes and returns this; with the modules of types, if
    /// they are `qualified`.
    fn asked_for(
        &self,
        name: &str,
        result: Ty,
        takes: impl Iterator<Item = Ty>,
        qualified: bool,
    ) -> String {
        let called = |ty| match qualified {
            true => self.name_qualified(ty),
            false => self.name(ty),
        };
        let takes = takes.map(called).collect::<Vec<_>>().join(", ");
        format!("{} {name}({takes})", called(result))
    }

    /// A method, or a function of the module, with the name of a required one.
    fn named_like(&self, id: ItemId, name: &str) -> Option<CallableId> {
        if let Some(methods) = self.methods.get(&(Owner::Item(id), name)) {
            return methods.first().copied();
        }
        self.module_function(id, name)
    }

    /// A function of the type's module whose first parameter has the type (METH-5), and
    /// is not a reference to a variable.
    pub(super) fn module_function(&self, id: ItemId, name: &str) -> Option<CallableId> {
        let module = self.names.module(self.names.item(id).module);
        let item = *module.values.get(name)?;
        let callable = self.of_item[item as usize]?;
        let first = self.callables[callable as usize].takes.first()?;
        let value = matches!(first.mode, Mode::Value | Mode::Mutable);
        (value && self.item_of(first.ty) == Some(id)).then_some(callable)
    }

    /// The item of a type that a program declares.
    pub(super) fn item_of(&self, ty: Ty) -> Option<ItemId> {
        match self.types.kind(ty) {
            Kind::Contract(id) => Some(self.types.contract(id).item),
            _ => match self.owner_of(ty)? {
                Owner::Item(item) => Some(item),
                Owner::Primitive(_) => None,
            },
        }
    }

    /// What a type has for a required method.
    fn fulfilling(&self, id: ItemId, required: &Required<'t>) -> Option<CallableId> {
        let methods = self.methods.get(&(Owner::Item(id), required.name));
        for method in methods.into_iter().flatten() {
            let callable = &self.callables[*method as usize];
            // Contracts ask for no methods with type parameters of their own.
            let plain = callable.params.len() == callable.owners;
            if plain
                && equal(&callable.takes, &required.takes)
                && callable.result == required.result
            {
                return Some(*method);
            }
        }
        let function = self.module_function(id, required.name)?;
        let callable = &self.callables[function as usize];
        let (first, rest) = callable.takes.split_first()?;
        let good = self.is_receiver(first, &callable.params)
            && equal(rest, &required.takes)
            && callable.result == required.result;
        good.then_some(function)
    }

    /// Whether a function with these type parameters takes any value of the type of its
    /// first parameter, whatever its arguments, and nothing else says what they are.
    fn is_receiver(&self, first: &Param<'t>, params: &[Ty]) -> bool {
        let args = self.args_of(first.ty);
        let each = params.iter().all(|param| args.contains(param));
        each && args.len() == params.len()
    }

    /// Whether a struct declares a contract, directly or by embedding (CTR-5).
    pub(super) fn conforms(&self, item: ItemId, contract: ItemId) -> bool {
        let mut declared = self.declared[item as usize].contracts.iter();
        declared.any(|(known, _)| *known == contract || self.embeds(*known, contract))
    }

    /// Finds the functions behind the methods of a struct's contracts: values of the
    /// type become values of contracts.
    pub(super) fn find_methods(&mut self, ty: Ty, span: Span) {
        if !self.conforming.insert(ty) || self.is_open(ty) {
            return;
        }
        let Kind::Struct(id) = self.types.kind(ty) else {
            return;
        };
        let Some(item) = self.types.structure(id).item else {
            return;
        };
        let args = self.args_of(ty);
        let mut methods = Vec::new();
        for (contract, _) in self.declared[item as usize].contracts.clone() {
            for required in &self.asked(contract).methods {
                let Some(callable) = self.fulfilling(item, required) else {
                    continue;
                };
                let args = self.args_for(callable, &args);
                let function = self.instance(callable, args, span);
                methods.push((required.number, function as usize));
            }
        }
        methods.sort_unstable();
        methods.dedup();
        self.types.structs[id as usize].methods = methods;
    }

    /// The arguments of a callable, of which those of its receiver's type are given.
    fn args_for(&mut self, callable: CallableId, args: &Shared<Ty>) -> Shared<Ty> {
        let callable = &self.callables[callable as usize];
        if callable.owner.is_some() {
            return args.clone();
        }
        // A function of the module has parameters of its own.
        let params = callable.params.clone();
        let Some(first) = callable.takes.first().map(|first| first.ty) else {
            return params;
        };
        let mut bindings = super::bindings::Bindings::new(params.clone());
        let Some(Owner::Item(item)) = self.owner_of(first) else {
            return params;
        };
        let receiver = self.applied(item, args.clone());
        self.unify(first, receiver, &mut bindings);
        bindings.args().into()
    }
}

pub(super) fn same(left: &Required<'_>, right: &Required<'_>) -> bool {
    equal(&left.takes, &right.takes) && left.result == right.result
}

fn equal(left: &[Param<'_>], right: &[Param<'_>]) -> bool {
    let modes = |param: &Param<'_>| match param.mode {
        Mode::Mutable => Mode::Value,
        mode => mode,
    };
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .all(|(left, right)| left.ty == right.ty && modes(left) == modes(right))
}
