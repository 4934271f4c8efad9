//! What can be assigned to, read by field, and referred to.

use super::expressions::{error, typed};
use super::{Checker, suggest};
use crate::ast::{self, AssignOp, BinaryOp, ExprKind};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{self, Expr, Statement};
use crate::span::Span;
use crate::types::{StructId, Type};

/// Most fields that a message names.
const MOST_NAMED: usize = 5;

/// What an assignment writes to.
enum Target {
    Local(hir::LocalId),
    /// The object, and the index of its field.
    Field(Expr, usize),
    /// The reference.
    Byte(Expr),
}

impl Checker<'_, '_> {
    pub(super) fn assignment(
        &mut self,
        target: &ast::Expr,
        op: AssignOp,
        value: &ast::Expr,
    ) -> Option<Statement> {
        let Some((place, ty)) = self.target(target) else {
            self.expr(value, None);
            return None;
        };
        let op = match op {
            AssignOp::Set => None,
            AssignOp::Add => Some(BinaryOp::Add),
            AssignOp::Sub => Some(BinaryOp::Subtract),
        };
        let value = match op {
            None => self.expect(value, ty),
            Some(op) => {
                let left = self.value(target, None);
                let span = target.span.to(value.span);
                let steps = [(op, value)];
                let sum = self.chain(left, target.span, steps.into_iter(), Some(ty));
                self.coerce(sum, ty, span)
            }
        };
        Some(match place {
            Target::Local(id) => Statement::Set(id, value),
            Target::Field(object, field) => Statement::SetField(object, field, value),
            Target::Byte(reference) => Statement::Store(reference, value),
        })
    }

    /// The place that an expression names, and the type of what fits there.
    fn target(&mut self, target: &ast::Expr) -> Option<(Target, Type)> {
        match &target.kind {
            ExprKind::Name(name) => {
                let Some(local) = self.scopes.find(name) else {
                    self.unknown_local(name, target.span);
                    return None;
                };
                let ty = self.locals[local.id].ty;
                if ty == Type::RefU8 {
                    let reference = typed(hir::ExprKind::Local(local.id), ty);
                    return Some((Target::Byte(reference), Type::U8));
                }
                self.require_mutable(name, target.span);
                Some((Target::Local(local.id), ty))
            }
            ExprKind::Field(object, path) => match &object.kind {
                ExprKind::Name(name) => {
                    self.require_mutable(name, target.span);
                    self.field_target(object, path)
                }
                _ => self.no_place(target),
            },
            _ => self.no_place(target),
        }
    }

    fn field_target(&mut self, object: &ast::Expr, path: &[ast::Name]) -> Option<(Target, Type)> {
        let (last, inner) = path.split_last()?;
        let object = self.fields(object, inner);
        let (id, field) = self.field(object.ty, last)?;
        let ty = self.program.types.get(id).fields[field].ty;
        Some((Target::Field(object, field), ty))
    }

    fn no_place(&mut self, target: &ast::Expr) -> Option<(Target, Type)> {
        self.expr(target, None);
        let message = "only a local, or a field of one, can be assigned to";
        let span = target.span;
        self.report(SourceDiagnostic::new(codes::NOT_A_PLACE, message, span, ""));
        None
    }

    fn require_mutable(&mut self, name: &str, span: Span) {
        let Some(local) = self.scopes.find(name).filter(|local| !local.mutable) else {
            return;
        };
        let message = format!("`{name}` cannot change");
        let diagnostic = SourceDiagnostic::new(codes::NOT_MUTABLE, message, span, "");
        let diagnostic = diagnostic.related(local.span, "declared here without `mut`");
        self.report(diagnostic.help(if local.id < self.params {
            format!("`let mut {name} = {name};` makes one that may change")
        } else {
            format!("declare it as `mut {name}`")
        }));
    }

    /// The fields of a value, each of the one before.
    pub(super) fn fields(&mut self, value: &ast::Expr, path: &[ast::Name]) -> Expr {
        let value = self.expr(value, None);
        let mut ty = value.ty;
        let mut indices = Vec::with_capacity(path.len());
        for name in path {
            let Some((id, index)) = self.field(ty, name) else {
                return error();
            };
            indices.push(index);
            ty = self.program.types.get(id).fields[index].ty;
        }
        if indices.is_empty() {
            return value;
        }
        typed(hir::ExprKind::Field(Box::new(value), indices), ty)
    }

    /// The struct and the index of a field.
    fn field(&mut self, ty: Type, name: &ast::Name) -> Option<(StructId, usize)> {
        let Type::Struct(id) = ty else {
            if ty != Type::Error {
                let message = format!("a {} has no fields", self.name(ty));
                self.report(SourceDiagnostic::new(
                    codes::UNKNOWN_NAME,
                    message,
                    name.span,
                    "",
                ));
            }
            return None;
        };
        let program = self.program;
        let declared = program.types.get(id);
        if let Some(index) = declared.field(name.text) {
            return Some((id, index));
        }
        let message = format!("`{}` has no field `{}`", declared.name, name.text);
        let mut diagnostic = SourceDiagnostic::new(codes::UNKNOWN_NAME, message, name.span, "");
        let known = declared.fields.iter().map(|field| field.name.as_str());
        diagnostic.set_help(suggest::help(name.text, known, self.diagnostics));
        self.report(diagnostic);
        None
    }

    /// The literal of a struct.
    pub(super) fn literal(&mut self, literal: &ast::Literal, span: Span) -> Expr {
        let program = self.program;
        let Some(id) = program.types.struct_named(literal.name.text) else {
            for (_, value) in &literal.fields {
                self.expr(value, None);
            }
            let name = &literal.name;
            let message = format!("there is no type `{}` with fields", name.text);
            let mut diagnostic = SourceDiagnostic::new(codes::UNKNOWN_TYPE, message, name.span, "");
            let known = program.types.structs.iter();
            let known = known.map(|declared| declared.name.as_str());
            diagnostic.set_help(suggest::help(name.text, known, self.diagnostics));
            self.report(diagnostic);
            return error();
        };
        let ty = Type::Struct(id);
        let fields = &program.types.get(id).fields;
        let mut values = Vec::with_capacity(fields.len());
        let mut given = vec![false; fields.len()];
        for (name, value) in &literal.fields {
            let Some((_, index)) = self.field(ty, name) else {
                self.expr(value, None);
                continue;
            };
            if std::mem::replace(&mut given[index], true) {
                let message = format!("a second value for `{}`", name.text);
                self.report(SourceDiagnostic::new(
                    codes::DUPLICATE,
                    message,
                    name.span,
                    "",
                ));
            }
            let value = match &value.kind {
                ExprKind::Ref(place) if fields[index].ty == Type::RefU8 => self.reference(place),
                _ => self.expect(value, fields[index].ty),
            };
            values.push((index, value));
        }
        let missing = fields.iter().zip(given).filter(|(_, given)| !given);
        let mut missing = missing.map(|(field, _)| format!("`{}`", field.name));
        let mut named = missing.by_ref().take(MOST_NAMED).collect::<Vec<_>>();
        if !named.is_empty() {
            let more = missing.count();
            if more > 0 {
                named.push(format!("{more} more"));
            }
            let message = format!("the value of {} is missing", named.join(", "));
            self.report(SourceDiagnostic::new(
                codes::MISSING_FIELD,
                message,
                span,
                "",
            ));
        }
        typed(hir::ExprKind::New(id, values), ty)
    }

    /// `ref place`, where a `ref u8` is wanted.
    pub(super) fn reference(&mut self, place: &ast::Expr) -> Expr {
        let span = place.span;
        let ExprKind::Name(name) = &place.kind else {
            let value = self.expr(place, None);
            return match value.ty {
                Type::RefU8 | Type::Error => value,
                _ => self.bad_reference("this has no address", span),
            };
        };
        let Some(local) = self.scopes.find(name) else {
            return self.unknown_local(name, span);
        };
        match self.locals[local.id].ty {
            Type::RefU8 | Type::Error => self.expr(place, None),
            Type::U8 => {
                self.require_mutable(name, span);
                self.locals[local.id].addressed = true;
                typed(hir::ExprKind::Address(local.id), Type::RefU8)
            }
            ty => {
                let message = format!("a reference is to a u8, `{name}` is {}", self.name(ty));
                self.bad_reference(&message, span)
            }
        }
    }

    /// `ref place` where nothing takes a reference.
    pub(super) fn misplaced_reference(&mut self, place: &ast::Expr, span: Span) -> Expr {
        self.expr(place, None);
        self.bad_reference("a reference is made for a call", span)
    }

    fn bad_reference(&mut self, message: &str, span: Span) -> Expr {
        let diagnostic = SourceDiagnostic::new(codes::BAD_REF, message, span, "");
        let help = "write `ref x` as an argument, for a `u8 mut x`";
        self.report(diagnostic.help(help));
        error()
    }
}
