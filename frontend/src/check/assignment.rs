//! Assignments.

use beskid_plugin_api::codes::Code;
use beskid_syntax::views::{Assign, Member};
use beskid_syntax::{Node, NodeKind, TokenKind};

use super::frame::{FrameKind, LocalInfo, LocalKind};
use super::part::{Part, split};
use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{BinaryOp, ExprId, ExprKind, LocalId, Step};
use crate::span::Span;
use crate::types::{Kind, Ty};

/// What an assignment writes to.
enum Target {
    Local(LocalId),
    /// The object, and the index of its field.
    Field(ExprId, u32),
    Element(ExprId, ExprId),
    /// A byte, by its reference.
    Byte(ExprId),
    /// What a parameter refers to, by its cell.
    Cell(ExprId),
}

impl<'t> Checker<'t> {
    /// An assignment; `used` as a value has that of the target after it (EXP-6).
    pub(super) fn assignment(&mut self, node: Node<'t>, used: bool) -> ExprId {
        let span = self.span(node);
        let Some(assign) = Assign::cast(node) else {
            return self.broken(span);
        };
        let (Some(target), Some(operator), Some(value)) =
            (assign.target(), assign.operator(), assign.value())
        else {
            return self.broken(span);
        };
        let Some(target) = inside(target) else {
            return self.broken(span);
        };
        let op = match operator.kind() {
            TokenKind::PlusEq => Some(BinaryOp::Add),
            TokenKind::MinusEq => Some(BinaryOp::Subtract),
            _ => None,
        };
        let mut before = Vec::new();
        let twice = used || op.is_some();
        let (place, ty) = match self.target(target, (op, twice), value, &mut before) {
            Ok(found) => found,
            Err(whole) => {
                return whole.unwrap_or_else(|| {
                    self.expr(value, Some(Ty::ERROR));
                    self.broken(span)
                });
            }
        };
        let value = match op {
            None => self.expect(value, ty, codes::TYPE_MISMATCH),
            Some(op) => self.compound(&place, ty, op, target, value),
        };
        let value = if used {
            let kept = self.kept(value, ty, span);
            before.push(kept.0);
            kept.1
        } else {
            value
        };
        let kind = match place {
            Target::Local(local) => ExprKind::SetLocal(local, value),
            Target::Field(object, field) => ExprKind::SetField(object, field, value),
            Target::Element(array, index) => ExprKind::SetElement(array, index, value),
            Target::Byte(reference) => ExprKind::Store(reference, value),
            Target::Cell(cell) => ExprKind::StoreCell(cell, value),
        };
        let set = self.add(kind, Ty::UNIT, span);
        if before.is_empty() && !used {
            return set;
        }
        before.push(set);
        let result = if used {
            before.push(value);
            ty
        } else {
            Ty::UNIT
        };
        let list = self.frame().body.add_list(&before);
        self.add(ExprKind::Block(list), result, span)
    }

    /// Evaluates a value once, for several uses: the expression that does, and the
    /// value.
    pub(super) fn kept(&mut self, value: ExprId, ty: Ty, span: Span) -> (ExprId, ExprId) {
        let local = self.frame().temporary(ty, span);
        let set = self.add(ExprKind::SetLocal(local, value), Ty::UNIT, span);
        let read = self.add(ExprKind::Local(local), ty, span);
        (set, read)
    }

    fn compound(
        &mut self,
        place: &Target,
        ty: Ty,
        op: BinaryOp,
        target: Node<'t>,
        value: Node<'t>,
    ) -> ExprId {
        let left_span = self.span(target);
        let span = left_span.to(self.span(value));
        let left = match *place {
            Target::Local(local) => self.add(ExprKind::Local(local), ty, left_span),
            Target::Field(object, field) => self.add(ExprKind::Field(object, field), ty, left_span),
            Target::Element(array, index) => {
                self.add(ExprKind::Element(array, index), ty, left_span)
            }
            Target::Byte(reference) => self.add(ExprKind::Load(reference), ty, left_span),
            Target::Cell(cell) => self.add(ExprKind::LoadCell(cell), ty, left_span),
        };
        let right = self.expr(value, Some(ty));
        let right_ty = self.type_of(right);
        let function = |ty| matches!(self.types.kind(ty), Kind::Function(_));
        if ty != Ty::ERROR && (function(ty) || function(right_ty)) {
            let message = format!("{} is no event", self.with_article(ty));
            self.report(SourceDiagnostic::new(
                codes::NOT_AN_EVENT,
                message,
                span,
                "",
            ));
            return self.broken(span);
        }
        let Ok((operands, result)) = self.operation(op, ty, right_ty, span) else {
            return self.broken(span);
        };
        let right = self.coerce_of(value, right, operands, codes::TYPE_MISMATCH);
        let step = Step {
            op,
            right,
            operands,
            span,
        };
        let steps = self.frame().body.add_steps(&[step]);
        let sum = self.add(ExprKind::Chain(left, steps), result, span);
        self.coerce(sum, ty, span, codes::TYPE_MISMATCH)
    }

    /// The place that an expression names, and the type of what fits there. What it
    /// evaluates first goes to `before`, if it is used twice. `Err` with the whole
    /// assignment, if it is one of a handler to an event.
    fn target(
        &mut self,
        target: Node<'t>,
        (op, twice): (Option<BinaryOp>, bool),
        value: Node<'t>,
        before: &mut Vec<ExprId>,
    ) -> Result<(Target, Ty), Option<ExprId>> {
        let span = self.span(target);
        let (base, suffixes) = split(target);
        if !matches!(target.kind(), NodeKind::Name | NodeKind::Postfix) {
            return self.refused_target(target);
        }
        let Some((last, inner)) = suffixes.split_last() else {
            return self.name_target(target, op, value);
        };
        match last.kind() {
            NodeKind::Index => {
                let array = self.part(base, inner, None);
                let array_span = base.map_or(span, |base| self.span(base));
                let array = self.part_value_of(array, array_span, None);
                let ty = self.type_of(array);
                let index = last.children().next().map(|index| self.index_value(index));
                let Some(index) = index else { return Err(None) };
                match self.types.kind(ty) {
                    Kind::Array(of) if twice => {
                        let (set, array) = self.kept(array, ty, span);
                        before.push(set);
                        let (set, index) = self.kept(index, Ty::I64, span);
                        before.push(set);
                        Ok((Target::Element(array, index), of))
                    }
                    Kind::Array(of) => Ok((Target::Element(array, index), of)),
                    Kind::Error | Kind::Never | Kind::Param(_) => Err(None),
                    _ => {
                        let of = self.with_article(ty);
                        let message = format!("an element of {of} cannot change");
                        let code = codes::NOT_A_PLACE;
                        let mut diagnostic = SourceDiagnostic::new(code, message, span, "");
                        diagnostic.set_help(self.changed_element_instead(ty));
                        self.report(diagnostic);
                        Err(None)
                    }
                }
            }
            NodeKind::Member => {
                let part = self.part(base, inner, None);
                let object_span = base.map_or(span, |base| self.span(base));
                // A path of modules ends in no place.
                let object = match part {
                    Part::Value(object) => object,
                    other => self.part_value_of(other, object_span, None),
                };
                let Some(member) = Member::cast(*last) else {
                    return Err(None);
                };
                match self.field(object, member.name(), span) {
                    Part::Value(read) => {
                        self.require_mutable_root(base, span, codes::NOT_MUTABLE);
                        let ExprKind::Field(object, field) = self.frame().body.get(read).kind
                        else {
                            return self.no_place(span);
                        };
                        let ty = self.type_of(read);
                        let object = self.twice(object, twice, before, span);
                        Ok((Target::Field(object, field), ty))
                    }
                    Part::Event(object, event) => {
                        self.require_mutable_root(base, span, codes::NOT_MUTABLE);
                        Err(Some(self.subscription(object, event, op, value, span)))
                    }
                    _ => Err(None),
                }
            }
            _ => self.refused_target(target),
        }
    }

    /// An expression that is no place: it is told, unless something else is wrong with it.
    fn refused_target<T>(&mut self, target: Node<'t>) -> Result<T, Option<ExprId>> {
        let value = self.expr(target, None);
        match self.type_of(value) {
            Ty::ERROR => Err(None),
            _ => self.no_place(self.span(target)),
        }
    }

    fn twice(
        &mut self,
        object: ExprId,
        twice: bool,
        before: &mut Vec<ExprId>,
        span: Span,
    ) -> ExprId {
        if !twice {
            return object;
        }
        let ty = self.type_of(object);
        let (set, object) = self.kept(object, ty, span);
        before.push(set);
        object
    }

    fn name_target(
        &mut self,
        target: Node<'t>,
        op: Option<BinaryOp>,
        value: Node<'t>,
    ) -> Result<(Target, Ty), Option<ExprId>> {
        let span = self.span(target);
        let name = target.first_token();
        if let Some(local) = self.find_local(name.text()) {
            self.means_local(name, local);
            let ty = self.frame().locals[local as usize].ty;
            let info = self.frame().infos[local as usize];
            if ty == Ty::REF_U8 {
                self.check_captured(local, span);
                let reference = self.add(ExprKind::Local(local), ty, span);
                return Ok((Target::Byte(reference), Ty::U8));
            }
            if info.kind == LocalKind::OutParam
                && let Kind::Cell(of) = self.types.kind(ty)
            {
                self.check_captured(local, span);
                let cell = self.add(ExprKind::Local(local), ty, span);
                return Ok((Target::Cell(cell), of));
            }
            if info.kind == LocalKind::This {
                let message = "`this` cannot change";
                let diagnostic = SourceDiagnostic::new(codes::NOT_MUTABLE, message, span, "");
                self.report(diagnostic.help("its fields can: `this.field = …`"));
                return Err(None);
            }
            self.require_mutable(local, span);
            if info.kind == LocalKind::RefParam {
                return Err(None);
            }
            return Ok((Target::Local(local), ty));
        }
        let part = self.part(Some(target), &[], None);
        match part {
            Part::Value(read) => {
                let ty = self.type_of(read);
                match self.frame().body.get(read).kind {
                    ExprKind::Field(object, field) => Ok((Target::Field(object, field), ty)),
                    _ => self.no_place(span),
                }
            }
            Part::Event(object, event) => {
                Err(Some(self.subscription(object, event, op, value, span)))
            }
            Part::Broken => Err(None),
            _ => self.no_place(span),
        }
    }

    fn no_place<T>(&mut self, span: Span) -> Result<T, Option<ExprId>> {
        let message = "only a local, a field or an element can be assigned to";
        self.report(SourceDiagnostic::new(codes::NOT_A_PLACE, message, span, ""));
        Err(None)
    }

    /// STM-2: a field changes through a local that may change, or through `this`.
    pub(super) fn require_mutable_root(&mut self, base: Option<Node<'t>>, span: Span, code: Code) {
        let Some(mut base) = base.and_then(inside) else {
            return;
        };
        // `(a.b).c` is `a.b.c`.
        while base.kind() == NodeKind::Postfix {
            let Some(inner) = split(base).0.and_then(inside) else {
                return;
            };
            base = inner;
        }
        if base.kind() != NodeKind::Name {
            let _: Result<(), _> = self.no_place(span);
            return;
        }
        let name = base.first_token();
        if let Some(local) = self.find_local(name.text()) {
            let place = self.placed(name.span());
            self.require_mutable_for(local, place, code);
        } else if !self.is_own_field(name.text()) {
            let _: Result<(), _> = self.no_place(span);
        }
    }

    /// Whether a name is a field of `this`.
    fn is_own_field(&self, name: &str) -> bool {
        let field = self.this_type().map(|ty| match self.types.kind(ty) {
            Kind::Struct(id) => self.types.structure(id).field(name).is_some(),
            _ => false,
        });
        field.unwrap_or_default()
    }

    pub(super) fn require_mutable(&mut self, local: LocalId, span: Span) {
        self.require_mutable_for(local, span, codes::NOT_MUTABLE);
    }

    fn require_mutable_for(&mut self, local: LocalId, span: Span, code: Code) {
        let LocalInfo {
            name,
            span: declared,
            kind,
        } = self.frame().infos[local as usize];
        let help = match kind {
            LocalKind::Mutable | LocalKind::This | LocalKind::OutParam => return,
            LocalKind::Param if self.frame().kind != FrameKind::Lambda => {
                "`mut` before the parameter makes it one that may change".to_owned()
            }
            LocalKind::Captured => format!(
                "a lambda has its own copies of what it captures: return the new value, or \
                 capture an array or an object, and change what is in it: `{name}[0] = …`"
            ),
            LocalKind::RefParam => "a `ref` parameter is only read".to_owned(),
            LocalKind::Immutable => format!("declare it as `mut {name}`"),
            LocalKind::Param | LocalKind::Bound => {
                format!("copy it into a local that may: `mut T other = {name};`")
            }
        };
        let message = format!("`{name}` cannot change");
        let diagnostic = SourceDiagnostic::new(code, message, span, "");
        let diagnostic = diagnostic.related(declared, kind.origin());
        self.report(diagnostic.help(help));
    }
}

/// What is in parentheses, however many: a place in them is that place.
pub(super) fn inside(mut node: Node<'_>) -> Option<Node<'_>> {
    while node.kind() == NodeKind::Paren {
        node = node.children().next()?;
    }
    Some(node)
}
