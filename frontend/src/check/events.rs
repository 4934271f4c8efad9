//! Events (EVT).

use beskid_syntax::Node;

use super::frame::LocalKind;
use super::part::Part;
use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{BinaryOp, ExprId, ExprKind};
use crate::span::Span;
use crate::types::{Kind, Ty};

impl<'t> Checker<'t> {
    /// `x.Name += handler` and `-=` (EVT-2).
    pub(super) fn subscription(
        &mut self,
        object: ExprId,
        event: u32,
        op: Option<BinaryOp>,
        value: Node<'t>,
        span: Span,
    ) -> ExprId {
        let handler = self.handler_type(object, event);
        let Some(op) = op else {
            self.expr(value, Some(handler));
            let message = "an event is not assigned to";
            let diagnostic = SourceDiagnostic::new(codes::NOT_AN_EVENT, message, span, "");
            self.report(diagnostic.help("add a handler by `+=`, remove it by `-=`"));
            return self.broken(span);
        };
        let value = self.expect(value, handler, codes::TYPE_MISMATCH);
        let kind = match op {
            BinaryOp::Add => ExprKind::Subscribe(object, event, value),
            _ => ExprKind::Unsubscribe(object, event, value),
        };
        self.add(kind, Ty::UNIT, span)
    }

    /// Whether a value is `this`, of the method or around the lambda.
    fn is_this(&mut self, value: ExprId) -> bool {
        let frame = self.frame();
        let ExprKind::Local(local) = frame.body.exprs[value.0 as usize].kind else {
            return false;
        };
        frame.infos[local as usize].kind == LocalKind::This
    }

    fn handler_type(&mut self, object: ExprId, event: u32) -> Ty {
        let ty = self.type_of(object);
        match self.types.kind(ty) {
            Kind::Struct(id) => self.types.structure(id).events[event as usize].handler,
            _ => Ty::ERROR,
        }
    }

    /// Raises an event (EVT-4).
    pub(super) fn raise(
        &mut self,
        object: ExprId,
        event: u32,
        nodes: &[Node<'t>],
        call: Node<'t>,
        span: Span,
    ) -> Part<'t> {
        let ty = self.type_of(object);
        let is_own = self.is_this(object);
        if !is_own {
            let inside = self.at.owner.is_some() && self.at.owner == self.owner_of(ty);
            let (message, help) = match inside {
                true => (
                    "an event of another value is not raised",
                    "give its type a method that raises it, and call that",
                ),
                false => (
                    "an event is raised in the methods of its type only",
                    "call a method of its type that raises it",
                ),
            };
            let diagnostic = SourceDiagnostic::new(codes::RAISED_OUTSIDE, message, span, "");
            self.report(diagnostic.help(help));
        }
        let handler = self.handler_type(object, event);
        let Kind::Function(id) = self.types.kind(handler) else {
            return self.unknown_call(call);
        };
        let params = self.types.signature(id).params.clone();
        if params.len() != nodes.len() {
            self.arity("the event", params.len(), nodes.len(), call);
            return self.unknown_call(call);
        }
        let args = nodes.iter().zip(&params).map(|(node, ty)| {
            let param = self.param_of(*ty, span);
            self.argument(*node, &param)
        });
        let args = args.collect::<Vec<_>>();
        if !is_own {
            return Part::Broken;
        }
        let list = self.frame().body.add_list(&args);
        Part::Value(self.add(ExprKind::Raise(object, event, list), Ty::UNIT, span))
    }
}
