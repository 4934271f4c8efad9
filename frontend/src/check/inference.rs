//! Type arguments that are not written (INF-5).

use beskid_plugin_api::codes::Code;
use beskid_syntax::{Node, NodeKind};

use super::bindings::Bindings;
use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::ExprId;
use crate::span::Span;
use crate::types::{Kind, Ty};

impl<'t> Checker<'t> {
    /// A value for something of a declared type, in which parameters may still have
    /// to be found.
    pub(super) fn inferred_value(
        &mut self,
        node: Node<'t>,
        declared: Ty,
        bindings: &mut Bindings,
        span: Span,
        code: Code,
    ) -> ExprId {
        if !self.unfound(declared, bindings) {
            let wanted = self.resolved(declared, bindings);
            // What was found from one argument is exact for the others (INF-6).
            if self.adapts(node) || !self.mentions(declared, &bindings.params.clone()) {
                return self.expect(node, wanted, code);
            }
            let value = self.expr(node, Some(wanted));
            let found = self.type_of(value);
            if found != wanted && !matches!(found, Ty::ERROR | Ty::NEVER) && wanted != Ty::ERROR {
                self.mismatch(wanted, found, span, code);
                return self.broken(span);
            }
            return self.coerce(value, wanted, span, code);
        }
        if let (NodeKind::Lambda, Kind::Function(id)) = (node.kind(), self.types.kind(declared)) {
            let signature = self.types.signature(id).clone();
            let known = signature.params.iter().map(|ty| {
                let open = self.unfound(*ty, bindings);
                let ty = self.resolved(*ty, bindings);
                (!open).then_some(ty)
            });
            let known = known.collect::<Vec<_>>();
            let result = (!self.unfound(signature.result, bindings))
                .then(|| self.resolved(signature.result, bindings));
            let value = self.lambda_with(node, Some(&known), result);
            let found = self.type_of(value);
            self.unify_or_report(declared, found, bindings, span, code);
            return value;
        }
        let value = self.expr(node, None);
        let found = self.type_of(value);
        self.unify_or_report(declared, found, bindings, span, code);
        value
    }

    fn unify_or_report(
        &mut self,
        declared: Ty,
        found: Ty,
        bindings: &mut Bindings,
        span: Span,
        code: Code,
    ) {
        if found == Ty::ERROR || found == Ty::NEVER {
            return;
        }
        if !self.unify(declared, found, bindings) {
            let wanted = self.resolved(declared, bindings);
            self.mismatch(wanted, found, span, code);
        }
    }

    /// Whether a type has a parameter in it that is still to be found.
    pub(super) fn unfound(&self, ty: Ty, bindings: &Bindings) -> bool {
        let params = bindings.params.iter().zip(&bindings.known);
        let unknown = params.filter(|(_, known)| known.is_none());
        let unknown = unknown.map(|(param, _)| *param).collect::<Vec<_>>();
        !unknown.is_empty() && self.mentions(ty, &unknown)
    }

    /// Whether something was reported of one of the values.
    pub(super) fn is_any_broken(&mut self, values: impl IntoIterator<Item = ExprId>) -> bool {
        let mut values = values.into_iter();
        values.any(|value| self.type_of(value) == Ty::ERROR)
    }

    /// Type arguments that nothing determines.
    pub(super) fn undetermined(&mut self, bindings: &Bindings, span: Span) {
        let missing = bindings.params.iter().zip(&bindings.known);
        let missing = missing.filter(|(_, known)| known.is_none());
        let missing = missing.map(|(param, _)| format!("`{}`", self.name(*param)));
        let missing = missing.collect::<Vec<_>>().join(", ");
        let message = format!("nothing says what {missing} is");
        let diagnostic = SourceDiagnostic::new(codes::NEEDS_TYPE_ARGUMENTS, message, span, "");
        self.report(diagnostic.help("write the type arguments, or declare the type of the result"));
    }
}
