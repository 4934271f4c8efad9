//! Fields, elements, and calls of methods.

use beskid_syntax::{Node, Token};

use super::callable::CallableId;
use super::contract::Required;
use super::few::Few;
use super::part::Part;
use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{ExprId, ExprKind};
use crate::span::Span;
use crate::types::{Kind, Ty};

impl<'t> Checker<'t> {
    /// `value.name` without a call (EXP-1).
    pub(super) fn field(&mut self, value: ExprId, name: Token<'t>, span: Span) -> Part<'t> {
        let ty = self.type_of(value);
        if ty == Ty::ERROR || ty == Ty::NEVER || self.is_param(ty) {
            return Part::Broken;
        }
        self.fill(ty);
        let text = name.text();
        let place = self.placed(name.span());
        if let Kind::Struct(id) = self.types.kind(ty) {
            let of = self.types.structure(id);
            if let Some(index) = of.field(text) {
                self.means_part(name, ty);
                return Part::Value(self.field_value(value, ty, index, span));
            }
            if let Some(index) = of.event(text) {
                self.means_part(name, ty);
                return Part::Event(value, index as u32);
            }
        }
        let method = self.has_method(ty, text);
        let length = matches!(self.types.kind(ty), Kind::Str | Kind::Array(_)) && text == "len";
        if method || length {
            let message = format!("the method `{text}` is no value");
            let diagnostic = SourceDiagnostic::new(codes::UNKNOWN_TYPE, message, place, "");
            self.report(diagnostic.help(format!("call it: `{text}()`")));
            return Part::Broken;
        }
        if let Kind::Struct(_) = self.types.kind(ty) {
            self.unknown_field(ty, name);
        } else {
            let message = format!("{} has no fields", self.name(ty));
            let mut diagnostic = SourceDiagnostic::new(codes::NO_MEMBERS, message, place, "");
            diagnostic.set_help(self.field_instead(ty, text));
            self.report(diagnostic);
        }
        Part::Broken
    }

    pub(super) fn field_value(
        &mut self,
        object: ExprId,
        ty: Ty,
        index: usize,
        span: Span,
    ) -> ExprId {
        let field = self.field_type(ty, index);
        self.add(ExprKind::Field(object, index as u32), field, span)
    }

    /// `a[i]` (EXP-2).
    pub(super) fn index(&mut self, part: Part<'t>, suffix: Node<'t>, span: Span) -> Part<'t> {
        let value = self.part_value_of(part, span, None);
        let index = suffix.children().next();
        let index = index.map(|index| self.index_value(index));
        let ty = self.type_of(value);
        let Some(index) = index else {
            return Part::Broken;
        };
        match self.types.kind(ty) {
            Kind::Array(of) => Part::Value(self.add(ExprKind::Element(value, index), of, span)),
            Kind::Str => Part::Value(self.add(ExprKind::Byte(value, index), Ty::U8, span)),
            Kind::Error | Kind::Never | Kind::Param(_) => Part::Broken,
            _ => {
                let message = format!("{} has no elements", self.name(ty));
                let mut diagnostic = SourceDiagnostic::new(codes::NO_MEMBERS, message, span, "");
                diagnostic.set_help(self.element_instead(ty));
                self.report(diagnostic);
                Part::Broken
            }
        }
    }

    /// An index: any integer, as an i64.
    pub(super) fn index_value(&mut self, node: Node<'t>) -> ExprId {
        let value = self.expr(node, Some(Ty::I64));
        let ty = self.type_of(value);
        if self.is_param(ty) {
            let span = self.span(node);
            return self.broken(span);
        }
        self.coerce_of(node, value, Ty::I64, codes::TYPE_MISMATCH)
    }

    /// `value.name(args)` (METH-5).
    pub(super) fn call_member(
        &mut self,
        value: ExprId,
        name: Token<'t>,
        arguments: Option<Node<'t>>,
        call: Node<'t>,
        wanted: Option<Ty>,
        span: Span,
    ) -> Part<'t> {
        let ty = self.type_of(value);
        let text = name.text();
        let place = self.placed(name.span());
        if ty == Ty::ERROR || self.is_param(ty) {
            return self.unknown_call(call);
        }
        self.fill(ty);
        let owner = self.owner_of(ty);
        let methods = owner.and_then(|owner| self.methods.get(&(owner, text)).cloned());
        if let Some(methods) = methods {
            let method = self.chosen(&methods, ty, arguments, call, name);
            self.means_callable(name, method);
            self.check_visible(method, place);
            return self.call_method(method, value, ty, arguments, call, wanted, span);
        }
        match self.types.kind(ty) {
            Kind::Contract(id) => {
                let asked = self.asked(self.types.contract(id).item);
                if let Some(required) = asked.find(text) {
                    return self.call_contract(value, required, name, call, span);
                }
            }
            Kind::Struct(id) => {
                let of = self.types.structure(id);
                if let Some(index) = of.field(text) {
                    self.means_part(name, ty);
                    let field = self.field_value(value, ty, index, span);
                    return self.call_part(Part::Value(field), call, wanted, span);
                }
                if let Some(index) = of.event(text) {
                    self.means_part(name, ty);
                    return self.call_part(Part::Event(value, index as u32), call, wanted, span);
                }
            }
            Kind::Str | Kind::Array(_) if text == "len" => {
                if call.children().next().is_some() {
                    self.arity("`len`", 0, call.children().count(), call);
                }
                return Part::Value(self.add(ExprKind::Length(value), Ty::I64, span));
            }
            _ => {}
        }
        if let Some(item) = self.item_of(ty)
            && let Some(function) = self.module_function(item, text)
        {
            self.note_used(function);
            self.check_visible(function, place);
            self.means_callable(name, function);
            let nodes = call.children().collect::<Few<_>>();
            let receiver = Some((value, ty));
            return self.call_function(function, receiver, arguments, &nodes, call, wanted, span);
        }
        self.unknown_method(ty, name);
        self.unknown_call(call)
    }

    fn note_used(&self, callable: CallableId) {
        if let Some(item) = self.callables[callable as usize].item {
            self.names.item(item).used.set(true);
        }
    }

    fn unknown_method(&mut self, ty: Ty, name: Token<'t>) {
        if self.may_have(ty, name.text()) {
            return;
        }
        let span = self.placed(name.span());
        let text = name.text();
        let message = match self.types.kind(ty) {
            Kind::Contract(_) => format!("`{}` has no method `{text}`", self.name(ty)),
            _ => format!("{} has no method `{text}`", self.name(ty)),
        };
        let diagnostic = SourceDiagnostic::new(codes::NOT_CALLABLE, message, span, "");
        let diagnostic = self.method_instead(diagnostic, ty, name);
        self.report(diagnostic);
    }

    /// Calls a method of a value.
    #[expect(clippy::too_many_arguments, reason = "the parts of a call")]
    pub(super) fn call_method(
        &mut self,
        method: CallableId,
        value: ExprId,
        ty: Ty,
        arguments: Option<Node<'t>>,
        call: Node<'t>,
        wanted: Option<Ty>,
        span: Span,
    ) -> Part<'t> {
        let nodes = call.children().collect::<Few<_>>();
        let receiver = Some((value, ty));
        self.call_function(method, receiver, arguments, &nodes, call, wanted, span)
    }

    /// Reports a method that is private to another module.
    pub(super) fn check_visible(&mut self, method: CallableId, span: Span) {
        let callable = &self.callables[method as usize];
        if !callable.public && !self.names.sees_private(self.at.module, callable.module) {
            let message = format!("the method `{}` is private", callable.name);
            let diagnostic = SourceDiagnostic::new(codes::PRIVATE, message, span, "");
            let diagnostic = diagnostic.related(callable.span, "declared here");
            self.report(diagnostic.help("write `pub` before it"));
        }
    }

    /// A call of a chain over several lines is where its name is, for debuggers and
    /// backtraces.
    pub(super) fn go_to_name(&mut self, part: &Part<'t>, name: Token<'t>, span: Span) {
        let Part::Value(value) = part else { return };
        let start = self.placed(name.span()).start;
        let expr = &mut self.frame().body.exprs[value.0 as usize];
        if matches!(
            expr.kind,
            ExprKind::Call(..) | ExprKind::CallContract(..) | ExprKind::CallClosure(..)
        ) {
            expr.span = Span::new(start, span.end);
        }
    }

    /// Calls a method of a contract's value (CTR-4).
    fn call_contract(
        &mut self,
        value: ExprId,
        required: &Required<'t>,
        name: Token<'t>,
        call: Node<'t>,
        span: Span,
    ) -> Part<'t> {
        self.means(name, required.span);
        let nodes = call.children().collect::<Few<_>>();
        if nodes.len() != required.takes.len() {
            let name = format!("`{}`", required.name);
            self.arity(&name, required.takes.len(), nodes.len(), call);
            return self.unknown_call(call);
        }
        let args = nodes
            .iter()
            .zip(required.takes.iter())
            .map(|(node, param)| self.argument(*node, param));
        let args = args.collect::<Few<_>>();
        let list = self.frame().body.add_list(&args);
        let kind = ExprKind::CallContract(value, required.number, list);
        Part::Value(self.add(kind, required.result, span))
    }
}
