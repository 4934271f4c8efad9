//! Type parameters: what becomes of them, and what they must be.

use super::bindings::Bindings;
use super::shared::Shared;
use super::state::Checker;
use crate::types::{Kind, Ty};

impl Checker<'_> {
    /// A type with arguments in place of parameters.
    pub(super) fn substituted(&mut self, ty: Ty, params: &[Ty], args: &[Ty]) -> Ty {
        if params.is_empty() || !self.types.is_open(ty) {
            return ty;
        }
        match self.types.kind(ty) {
            Kind::Param(_) => {
                let index = params.iter().position(|param| *param == ty);
                index
                    .and_then(|index| args.get(index).copied())
                    .unwrap_or(ty)
            }
            Kind::Array(of) => {
                let of = self.substituted(of, params, args);
                self.types.array(of)
            }
            Kind::Cell(of) => {
                let of = self.substituted(of, params, args);
                self.types.of(Kind::Cell(of))
            }
            Kind::Out(of) => {
                let of = self.substituted(of, params, args);
                self.types.of(Kind::Out(of))
            }
            Kind::Function(id) => {
                let signature = self.types.signature(id).clone();
                let inner = signature.params.iter();
                let inner = inner.map(|ty| self.substituted(*ty, params, args));
                let inner = inner.collect::<Vec<_>>();
                let result = self.substituted(signature.result, params, args);
                self.types.function(&inner, result)
            }
            Kind::Struct(_) | Kind::Enum(_) => {
                let own = self.args_of(ty);
                if own.is_empty() {
                    return ty;
                }
                let Some(super::owner::Owner::Item(item)) = self.owner_of(ty) else {
                    return ty;
                };
                let new = own.iter().map(|ty| self.substituted(*ty, params, args));
                let new = new.collect::<Shared<_>>();
                self.applied(item, new)
            }
            _ => ty,
        }
    }

    /// Learns from a value of type `found` what the parameters in `wanted` must be.
    /// Whether the two can be the same type; what was known stays.
    pub(super) fn unify(&mut self, wanted: Ty, found: Ty, bindings: &mut Bindings) -> bool {
        if let Some(index) = bindings.index(wanted) {
            return match bindings.known[index] {
                None if found == Ty::ERROR || found == Ty::NEVER => true,
                None => {
                    bindings.known[index] = Some(found);
                    true
                }
                Some(known) => known == found,
            };
        }
        if !self.types.is_open(wanted) {
            return wanted == found;
        }
        match (self.types.kind(wanted), self.types.kind(found)) {
            (Kind::Array(wanted), Kind::Array(found))
            | (Kind::Cell(wanted), Kind::Cell(found))
            | (Kind::Out(wanted), Kind::Out(found)) => self.unify(wanted, found, bindings),
            (Kind::Function(wanted), Kind::Function(found)) => {
                let wanted = self.types.signature(wanted).clone();
                let found = self.types.signature(found).clone();
                let mut same = wanted.params.len() == found.params.len();
                for (wanted, found) in wanted.params.iter().zip(&found.params) {
                    same &= self.unify(*wanted, *found, bindings);
                }
                same & self.unify(wanted.result, found.result, bindings)
            }
            (Kind::Struct(_), Kind::Struct(_)) | (Kind::Enum(_), Kind::Enum(_)) => {
                if self.owner_of(wanted) != self.owner_of(found) {
                    return false;
                }
                let (wanted, found) = (self.args_of(wanted), self.args_of(found));
                let mut same = true;
                for (wanted, found) in wanted.iter().zip(found.iter()) {
                    same &= self.unify(*wanted, *found, bindings);
                }
                same
            }
            _ => wanted == found,
        }
    }

    /// A type with what is known put in.
    pub(super) fn resolved(&mut self, ty: Ty, bindings: &Bindings) -> Ty {
        if bindings.params.is_empty() {
            return ty;
        }
        let args = bindings.args();
        let params = bindings.params.clone();
        self.substituted(ty, &params, &args)
    }

    /// Whether a type has one of these parameters in it.
    pub(super) fn mentions(&self, ty: Ty, params: &[Ty]) -> bool {
        if !self.types.is_open(ty) {
            return false;
        }
        match self.types.kind(ty) {
            Kind::Param(_) => params.contains(&ty),
            Kind::Array(of) | Kind::Cell(of) | Kind::Out(of) => self.mentions(of, params),
            Kind::Function(id) => {
                let signature = self.types.signature(id);
                let mut all = signature.params.iter().chain([&signature.result]);
                all.any(|ty| self.mentions(*ty, params))
            }
            Kind::Struct(id) => {
                let args = &self.types.structure(id).args;
                args.iter().any(|ty| self.mentions(*ty, params))
            }
            Kind::Enum(id) => {
                let args = &self.types.enumeration(id).args;
                args.iter().any(|ty| self.mentions(*ty, params))
            }
            _ => false,
        }
    }

    /// Whether a type depends on parameters, so that what can be done with its
    /// values is not known yet.
    pub(super) fn is_param(&self, ty: Ty) -> bool {
        matches!(self.types.kind(ty), Kind::Param(_))
    }

    /// Whether a type has any parameter in it: it is of a body that is looked at
    /// without type arguments.
    pub(super) fn is_open(&self, ty: Ty) -> bool {
        self.types.is_open(ty)
    }
}
