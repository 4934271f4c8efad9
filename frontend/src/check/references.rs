//! Arguments of `ref` and `out` parameters, and addresses (FUN-4, FUN-5, TYP-6).

use beskid_syntax::{Node, NodeKind};

use super::bindings::Bindings;
use super::callable::{Mode, Param};
use super::frame::LocalKind;
use super::part::split;
use super::state::Checker;
use super::values::is_reference;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{ExprId, ExprKind, LocalId};
use crate::span::Span;
use crate::types::{Kind, Ty};

impl<'t> Checker<'t> {
    /// The argument of a `ref` or `out` parameter: a cell, and the type of what is in
    /// it (FUN-4, FUN-5).
    pub(super) fn referred(&mut self, node: Node<'t>, param: &Param<'t>) -> (ExprId, Ty) {
        let span = self.span(node);
        let word = word(param.mode);
        let is_marked = reference_word(node) == Some(word);
        let place = node.children().next().filter(|_| is_marked);
        let Some(place) = place else {
            let other = reference_word(node);
            let inner = node.children().next().filter(|_| other.is_some());
            let value = self.expr(inner.unwrap_or(node), None);
            let ty = self.type_of(value);
            if ty != Ty::ERROR {
                let message = format!("the argument is passed as `{word}`");
                let diagnostic = SourceDiagnostic::new(codes::OUT_NOT_A_PLACE, message, span, "");
                let help = match other {
                    Some(other) => format!("write `{word}` instead of `{other}`"),
                    None => format!("write `{word}` before it"),
                };
                self.report(diagnostic.help(help));
            }
            return (self.broken(span), ty);
        };
        if place.kind() == NodeKind::Name
            && let Some(local) = self.find_local(place.first_token().text())
        {
            self.means_local(place.first_token(), local);
            return self.referred_local(local, param, span);
        }
        if param.mode == Mode::Out {
            return self.referred_field(place, param, span);
        }
        let value = self.expr(place, Some(param.ty));
        let found = self.type_of(value);
        self.cell(value, found, param, span)
    }

    fn cell(&mut self, value: ExprId, found: Ty, param: &Param<'t>, span: Span) -> (ExprId, Ty) {
        if found != param.ty && found != Ty::ERROR && !self.is_open(param.ty) {
            self.other_place(word(param.mode), param.ty, found, span);
            return (self.broken(span), found);
        }
        let ty = self.types.of(Kind::Cell(found));
        // A field or an element is seen where it is, other values in a new place.
        let kind = match self.frame().body.get(value).kind {
            ExprKind::Field(object, field) => ExprKind::CellOfField(object, field),
            ExprKind::Element(array, index) => ExprKind::CellOfElement(array, index),
            _ => ExprKind::NewCell(value),
        };
        (self.add(kind, ty, span), found)
    }

    fn referred_local(&mut self, local: LocalId, param: &Param<'t>, span: Span) -> (ExprId, Ty) {
        let ty = self.frame().locals[local as usize].ty;
        let info = self.frame().infos[local as usize];
        if let (LocalKind::RefParam | LocalKind::OutParam, Kind::Cell(of)) =
            (info.kind, self.types.kind(ty))
        {
            self.check_captured(local, span);
            if param.mode == Mode::Out && info.kind == LocalKind::RefParam {
                let message = format!("`{}` is only read", info.name);
                self.report(SourceDiagnostic::new(
                    codes::OUT_NOT_MUTABLE,
                    message,
                    span,
                    "",
                ));
            }
            // Its type says whether it is written, for who asks when it is assigned.
            let passed = match param.mode {
                Mode::Out => self.types.of(Kind::Out(of)),
                _ => ty,
            };
            return (self.add(ExprKind::Local(local), passed, span), of);
        }
        if param.mode == Mode::Out && info.kind != LocalKind::Mutable {
            let message = format!("`{}` cannot change", info.name);
            let diagnostic = SourceDiagnostic::new(codes::OUT_NOT_MUTABLE, message, span, "");
            let diagnostic = diagnostic.related(info.span, "declared here without `mut`");
            self.report(diagnostic.help(format!("declare it as `mut {}`", info.name)));
        }
        if ty != param.ty && ty != Ty::ERROR && !self.is_open(param.ty) {
            self.other_place(word(param.mode), param.ty, ty, span);
            return (self.broken(span), ty);
        }
        if info.kind != LocalKind::Mutable {
            let value = self.add(ExprKind::Local(local), ty, span);
            return self.cell(value, ty, param, span);
        }
        self.frame().locals[local as usize].boxed = true;
        let cell = self.types.of(Kind::Cell(ty));
        (self.add(ExprKind::CellOf(local), cell, span), ty)
    }

    /// `out object.field`: the function writes into the field.
    fn referred_field(&mut self, place: Node<'t>, param: &Param<'t>, span: Span) -> (ExprId, Ty) {
        let value = self.expr(place, Some(param.ty));
        let ty = self.type_of(value);
        if !matches!(self.frame().body.get(value).kind, ExprKind::Field(..)) {
            if ty != Ty::ERROR {
                let message = "only a local or a field is written by `out`";
                self.report(SourceDiagnostic::new(
                    codes::OUT_NOT_A_PLACE,
                    message,
                    span,
                    "",
                ));
            }
            return (self.broken(span), ty);
        }
        let (base, _) = split(place);
        self.require_mutable_root(base, span, codes::OUT_NOT_MUTABLE);
        self.cell(value, ty, param, span)
    }

    /// `ref place`, where a `ref u8` is wanted.
    pub(super) fn reference_argument(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let Some(place) = node.children().next() else {
            return self.broken(span);
        };
        let place_span = self.span(place);
        let local = match place.kind() {
            NodeKind::Name => self.find_local(place.first_token().text()),
            _ => None,
        };
        let Some(local) = local else {
            return self.address_in(place, span);
        };
        self.means_local(place.first_token(), local);
        match self.frame().locals[local as usize].ty {
            Ty::REF_U8 | Ty::ERROR => self.expr(place, None),
            Ty::U8 => {
                self.require_mutable(local, place_span);
                self.frame().locals[local as usize].addressed = true;
                self.add(ExprKind::Address(local), Ty::REF_U8, span)
            }
            ty => {
                let name = place.first_token().text();
                let message = format!("a reference is to a u8, `{name}` is {}", self.name(ty));
                self.bad_reference(&message, place_span)
            }
        }
    }

    /// The address of a byte in an object or an array. Through it the byte may change.
    fn address_in(&mut self, place: Node<'t>, span: Span) -> ExprId {
        let place_span = self.span(place);
        let value = self.expr(place, None);
        let ty = self.type_of(value);
        let kind = match (ty, self.frame().body.get(value).kind) {
            (Ty::REF_U8 | Ty::ERROR, _) => return value,
            (Ty::U8, ExprKind::Field(object, field)) => {
                if let Some(local) = self.local_around(object) {
                    self.require_mutable(local, place_span);
                }
                ExprKind::AddressOfField(object, field)
            }
            (Ty::U8, ExprKind::Element(array, index)) => ExprKind::AddressOfElement(array, index),
            (Ty::U8, _) => return self.bad_reference("this has no address", place_span),
            _ => {
                let message = format!("a reference is to a u8, this is {}", self.name(ty));
                return self.bad_reference(&message, place_span);
            }
        };
        self.add(kind, Ty::REF_U8, span)
    }

    /// The local in whose parts an object is; one that was just made is in none.
    fn local_around(&mut self, object: ExprId) -> Option<LocalId> {
        let body = &self.frame().body;
        let mut around = object;
        loop {
            match body.get(around).kind {
                ExprKind::Field(inner, _) | ExprKind::Element(inner, _) => around = inner,
                ExprKind::Local(local) => return Some(local),
                _ => return None,
            }
        }
    }

    /// `ref place` or `out place` for a parameter that takes a value, in whose type there may be
    /// parameters to be found.
    pub(super) fn inferred_reference(
        &mut self,
        node: Node<'t>,
        param: &Param<'t>,
        bindings: &mut Bindings,
    ) -> ExprId {
        if !self.unfound(param.ty, bindings) {
            let ty = self.resolved(param.ty, bindings);
            return self.argument(node, &Param { ty, ..*param });
        }
        let span = self.span(node);
        match node.children().next() {
            Some(inner) if is_reference(node) && self.types.is_managed(param.ty) => {
                let code = codes::BAD_ARGUMENT_TYPE;
                self.inferred_value(inner, param.ty, bindings, span, code)
            }
            _ => self.needless_reference(node),
        }
    }

    /// `ref place` or `out place` for a parameter that takes a value.
    pub(super) fn needless_reference(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        if let Some(place) = node.children().next() {
            self.expr(place, None);
        }
        let word = reference_word(node).unwrap_or_default();
        let message = format!("`{word}` stands before the argument of a parameter without it");
        let diagnostic = SourceDiagnostic::new(codes::OUT_NOT_A_PLACE, message, span, "");
        self.report(diagnostic.help("leave it out"));
        self.broken(span)
    }

    /// `ref place` or `out place` where nothing takes a reference.
    pub(super) fn misplaced_reference(&mut self, node: Node<'t>, span: Span) -> ExprId {
        if let Some(place) = node.children().next() {
            self.expr(place, None);
        }
        if reference_word(node) == Some("out") {
            let message = "`out` stands before the argument of an `out` parameter";
            let diagnostic = SourceDiagnostic::new(codes::BAD_REF, message, span, "");
            self.report(diagnostic.help("leave it out"));
            return self.broken(span);
        }
        self.bad_reference("a reference is made for a call", span)
    }

    fn bad_reference(&mut self, message: &str, span: Span) -> ExprId {
        let diagnostic = SourceDiagnostic::new(codes::BAD_REF, message, span, "");
        let help =
            "write `ref x` as an argument, for a `u8 mut x` or a u8 in an object or an array";
        self.report(diagnostic.help(help));
        self.broken(span)
    }
}

/// The word before the arguments of such a parameter.
const fn word(mode: Mode) -> &'static str {
    match mode {
        Mode::Out => "out",
        _ => "ref",
    }
}

/// The word of `ref x` and `out x`.
pub(super) fn reference_word(node: Node<'_>) -> Option<&'static str> {
    let word = node.first_token().text();
    let known = ["ref", "out"].into_iter().find(|known| *known == word);
    known.filter(|_| node.kind() == NodeKind::Unary)
}
