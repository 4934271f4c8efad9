//! Statements that do nothing, and values that nobody should throw away (STM-7).

use beskid_syntax::views::{Chain, Postfix};
use beskid_syntax::{Node, NodeKind, TokenKind};

use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{ExprId, ExprKind};
use crate::types::{Kind, Ty};

impl<'t> Checker<'t> {
    /// Warns of an expression that is a statement, if it does nothing; or else if its
    /// value should not be thrown away.
    pub(super) fn check_statement(&mut self, node: Node<'t>, value: ExprId) {
        let ty = self.type_of(value);
        if matches!(ty, Ty::ERROR | Ty::NEVER) || node.kind() == NodeKind::Unit {
            return;
        }
        if !is_pure(node) {
            self.check_discarded(node, value);
            return;
        }
        let span = self.span(node);
        let message = "this does nothing: its value is thrown away";
        let warning = SourceDiagnostic::new(codes::NO_EFFECT, message, span, "");
        let help = match self.types.kind(ty) {
            _ if is_comparison(node) => "an assignment has one `=`".to_owned(),
            Kind::Function(_) if node.kind() == NodeKind::Name => {
                format!("call it: `{}(…)`", node.text())
            }
            _ => "use the value, or remove it".to_owned(),
        };
        self.report(warning.help(help));
    }

    /// Warns of a value that is thrown away, if there may be an error in it, or if it is
    /// all that a call has done.
    pub(super) fn check_discarded(&mut self, node: Node<'t>, value: ExprId) {
        let ty = self.type_of(value);
        if matches!(ty, Ty::UNIT | Ty::ERROR | Ty::NEVER) || node.kind() != NodeKind::Postfix {
            return;
        }
        let span = self.span(node);
        if self.outcome(ty).is_some() {
            let message = "the error that may be in this is thrown away";
            let warning = SourceDiagnostic::new(codes::DISCARDED, message, span, "");
            self.report(
                warning.help(
                    "pass it on by `?`, look at it by `match`, or keep it: `let ignored = …`",
                ),
            );
            return;
        }
        if !self.is_new_collection(value, ty) {
            return;
        }
        let message = format!("the new {} is thrown away", self.name(ty));
        let warning = SourceDiagnostic::new(codes::DISCARDED, message, span, "");
        let kept = Postfix::cast(node).and_then(|postfix| postfix.base());
        let kept = kept.filter(|base| base.kind() == NodeKind::Name);
        let kept = kept.filter(|base| self.find_local(base.first_token().text()).is_some());
        let help = match kept.map(|base| base.first_token().text()) {
            Some(name) => format!("`{name}` itself stays as it is: keep the value: `{name} = …`"),
            None => "keep the value: what it was made of stays as it is".to_owned(),
        };
        self.report(warning.help(help));
    }

    /// Whether a call makes a collection of the core library of another one: these never
    /// change.
    fn is_new_collection(&mut self, value: ExprId, ty: Ty) -> bool {
        let ExprKind::Call(_, list) = self.frame().body.get(value).kind else {
            return false;
        };
        let Some(first) = self.frame().body.list(list).first().copied() else {
            return false;
        };
        if self.type_of(first) != ty || !matches!(self.types.kind(ty), Kind::Struct(_)) {
            return false;
        }
        let Some(item) = self.item_of(ty) else {
            return false;
        };
        let module = self.names.module(self.names.item(item).module);
        self.names.packages.is_core(module.package)
            && self.names.module(module.parent).name == "Collections"
    }
}

/// Whether an expression has only a value, whatever is in it.
fn is_pure(node: Node<'_>) -> bool {
    match node.kind() {
        NodeKind::Literal
        | NodeKind::Name
        | NodeKind::Lambda
        | NodeKind::Unit
        | NodeKind::Path
        | NodeKind::TypeArguments
        | NodeKind::Member => true,
        NodeKind::Postfix => node.children().all(|part| match part.kind() {
            NodeKind::Arguments | NodeKind::Try => false,
            _ => is_pure(part),
        }),
        NodeKind::Chain
        | NodeKind::Paren
        | NodeKind::Unary
        | NodeKind::Interpolation
        | NodeKind::Array
        | NodeKind::Index
        | NodeKind::Arguments
        | NodeKind::FieldValue
        | NodeKind::StructValue
        | NodeKind::EnumValue => node.children().all(is_pure),
        _ => false,
    }
}

/// `place == value`, which was probably to be an assignment.
fn is_comparison(node: Node<'_>) -> bool {
    let Some(chain) = Chain::cast(node) else {
        return false;
    };
    let is_place = |node: Node<'_>| matches!(node.kind(), NodeKind::Name | NodeKind::Postfix);
    let mut rest = chain.rest();
    let equals = rest
        .next()
        .is_some_and(|(op, _)| op.kind() == TokenKind::EqEq);
    equals && rest.next().is_none() && chain.first().is_some_and(is_place)
}
