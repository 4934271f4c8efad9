//! Checking expressions.

use beskid_syntax::literal::Suffix;

use super::{Checker, suggest};
use crate::ast::{self, ExprKind, StrPiece, UnaryOp};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{self, Expr};
use crate::span::Span;
use crate::types::Type;
use crate::types::structs::Form;

impl Checker<'_, '_> {
    /// Checks an expression that must have a type.
    pub(super) fn expect(&mut self, expr: &ast::Expr, wanted: Type) -> Expr {
        let checked = self.expr(expr, Some(wanted));
        self.coerce(checked, wanted, expr.span)
    }

    /// Checks an expression whose value is used; of a reference, that is the
    /// byte that it is to.
    pub(super) fn value(&mut self, expr: &ast::Expr, hint: Option<Type>) -> Expr {
        let checked = self.expr(expr, hint);
        match checked.ty {
            Type::RefU8 => typed(hir::ExprKind::Load(Box::new(checked)), Type::U8),
            _ => checked,
        }
    }

    /// Makes a value fit a type: widens it, or reports it.
    pub(super) fn coerce(&mut self, expr: Expr, wanted: Type, span: Span) -> Expr {
        match (expr.ty, wanted) {
            (found, wanted) if found == wanted => expr,
            (Type::Error | Type::Never, _) | (_, Type::Error) => Expr { ty: wanted, ..expr },
            (Type::I32, Type::I64) => Expr {
                kind: hir::ExprKind::Widen(Box::new(expr)),
                ty: Type::I64,
            },
            (Type::RefU8, Type::U8) => typed(hir::ExprKind::Load(Box::new(expr)), Type::U8),
            (found, wanted) => {
                let name = self.name(found);
                let message = format!("expected {}, found {name}", self.name(wanted));
                let label = format!("this is {name}");
                let mut diagnostic =
                    SourceDiagnostic::new(codes::TYPE_MISMATCH, message, span, label);
                diagnostic.set_help(self.conversion(found, wanted));
                self.report(diagnostic);
                error()
            }
        }
    }

    /// How to make one type of another, where that is not plain.
    fn conversion(&self, found: Type, wanted: Type) -> Option<String> {
        let help = match (found, wanted) {
            (Type::I64, Type::I32) => "only i32 becomes i64 by itself; use i64 here",
            (Type::Str, Type::RefU8) => {
                "`__str_ptr(text)` is the address of its bytes; C wants a text to end with `\\0`"
            }
            (Type::I64, Type::RefU8) => "`__reference(address)` makes a reference of an address",
            (Type::RefU8, Type::I64) => "`__address(reference)` is its address",
            (Type::U8, Type::RefU8) => "write `ref` before a local `u8 mut`",
            (Type::Str, Type::Struct(id)) if self.program.types.get(id).form == Form::View => {
                let declared = self.program.types.get(id);
                let fields = declared.fields.iter().map(|field| match field.ty {
                    Type::RefU8 => format!("{}: __str_ptr(text)", field.name),
                    _ => format!("{}: __str_len(text)", field.name),
                });
                let fields = fields.collect::<Vec<_>>().join(", ");
                return Some(format!("write `{} {{ {fields} }}`", declared.name));
            }
            _ => return None,
        };
        Some(help.to_owned())
    }

    /// Checks an expression; `hint` is the type that a literal should take.
    pub(super) fn expr(&mut self, expr: &ast::Expr, hint: Option<Type>) -> Expr {
        match &expr.kind {
            ExprKind::Chain(first, rest) => {
                let steps = rest.iter().map(|(op, right)| (*op, right));
                self.chain_from(first, steps, hint)
            }
            ExprKind::Unary(op, operand) => self.unary(*op, operand, hint, expr.span),
            ExprKind::Call(call) => self.call(call, expr.span),
            ExprKind::Str(pieces) => self.string(pieces),
            ExprKind::New(literal) => self.literal(literal, expr.span),
            ExprKind::Field(value, path) => self.fields(value, path),
            ExprKind::Ref(place) => self.misplaced_reference(place, expr.span),
            _ => self.leaf(expr, hint),
        }
    }

    /// What has no expression in it, in a function of its own, so that nesting
    /// costs little stack.
    fn leaf(&mut self, expr: &ast::Expr, hint: Option<Type>) -> Expr {
        match &expr.kind {
            ExprKind::Int(value, suffix) => {
                self.integer(i128::from(*value), hint_of(*suffix, hint), expr.span)
            }
            ExprKind::Broken => error(),
            ExprKind::Float(value) => typed(hir::ExprKind::Float(*value), Type::F64),
            ExprKind::Char(value) => typed(
                hir::ExprKind::Scalar(i64::from(u32::from(*value))),
                Type::Char,
            ),
            ExprKind::Bool(value) => typed(hir::ExprKind::Scalar((*value).into()), Type::Bool),
            ExprKind::Name(name) => match self.scopes.find(name) {
                Some(local) => typed(hir::ExprKind::Local(local.id), self.locals[local.id].ty),
                None => self.unknown_local(name, expr.span),
            },
            _ => typed(hir::ExprKind::Unit, Type::Unit),
        }
    }

    /// Whether an expression is an integer literal, which has no type of its
    /// own.
    pub(super) fn is_literal(expr: &ast::Expr) -> bool {
        match &expr.kind {
            ExprKind::Int(_, suffix) => suffix.is_none(),
            ExprKind::Unary(UnaryOp::Negate, operand) => Self::is_literal(operand),
            _ => false,
        }
    }

    fn integer(&mut self, value: i128, hint: Option<Type>, span: Span) -> Expr {
        let ty = hint.filter(|ty| ty.is_integer()).unwrap_or(Type::I32);
        let (low, high) = ty.range();
        if value < low || value > high {
            let name = self.name(ty);
            let message = format!("{value} does not fit {name}");
            let label = format!("{name} holds {low} to {high}");
            let mut diagnostic = SourceDiagnostic::new(codes::OUT_OF_RANGE, message, span, label);
            if ty == Type::I32 && i64::try_from(value).is_ok() {
                diagnostic = diagnostic.help("give the value the type i64: `i64 x = …;`");
            }
            self.report(diagnostic);
            return error();
        }
        typed(hir::ExprKind::Scalar(value as i64), ty)
    }

    fn string(&mut self, pieces: &[StrPiece]) -> Expr {
        if let [StrPiece::Text(text)] = pieces {
            return typed(hir::ExprKind::Str(text.clone()), Type::Str);
        }
        let parts = pieces.iter().map(|piece| match piece {
            StrPiece::Text(text) => typed(hir::ExprKind::Str(text.clone()), Type::Str),
            StrPiece::Code(code) => {
                let value = self.value(code, None);
                if matches!(value.ty, Type::Unit | Type::Never | Type::Struct(_)) {
                    let message = format!("a {} has no text", self.name(value.ty));
                    let mut no_text =
                        SourceDiagnostic::new(codes::TYPE_MISMATCH, message, code.span, "");
                    if let Type::Struct(_) = value.ty {
                        no_text = no_text.help("use its fields");
                    }
                    self.report(no_text);
                    return error();
                }
                value
            }
        });
        typed(hir::ExprKind::Interpolation(parts.collect()), Type::Str)
    }

    pub(super) fn unknown_local(&mut self, name: &str, span: Span) -> Expr {
        let message = format!("nothing is named `{name}`");
        let mut diagnostic = SourceDiagnostic::new(codes::UNKNOWN_NAME, message, span, "");
        if self.program.names.contains_key(name) {
            diagnostic.set_help(Some(format!(
                "`{name}` is a function; call it: `{name}(…)`"
            )));
        } else if self.program.contracts.methods(name).is_some() {
            diagnostic.set_help(Some(format!("`{name}` is a contract; call a method of it")));
        } else if let Some(help) = self.help_for_type(name) {
            diagnostic.set_help(Some(help));
        } else {
            diagnostic.set_help(suggest::help(name, self.scopes.visible(), self.diagnostics));
        }
        self.report(diagnostic);
        error()
    }

    /// What to say if a type stands where a value is wanted.
    pub(super) fn help_for_type(&self, name: &str) -> Option<String> {
        let types = &self.program.types;
        let declared = types.get(types.struct_named(name)?);
        let field = &declared.fields.first()?.name;
        let more = if declared.fields.len() > 1 {
            ", …"
        } else {
            ""
        };
        Some(format!(
            "`{name}` is a type: `{name} {{ {field}: …{more} }}`"
        ))
    }

    fn unary(&mut self, op: UnaryOp, operand: &ast::Expr, hint: Option<Type>, span: Span) -> Expr {
        if op == UnaryOp::Not {
            let operand = self.expect(operand, Type::Bool);
            return typed(hir::ExprKind::Not(Box::new(operand)), Type::Bool);
        }
        if let ExprKind::Int(value, suffix) = operand.kind {
            return self.integer(-i128::from(value), hint_of(suffix, hint), span);
        }
        let checked = self.value(operand, hint);
        match checked.ty {
            Type::Error => error(),
            Type::I32 | Type::I64 | Type::F64 => {
                let ty = checked.ty;
                typed(hir::ExprKind::Negate(Box::new(checked)), ty)
            }
            ty => {
                let message = format!("a {} cannot be negated", self.name(ty));
                self.report(SourceDiagnostic::new(codes::BAD_OPERAND, message, span, ""));
                error()
            }
        }
    }
}

/// The type that an integer literal should take: the one that it names.
fn hint_of(suffix: Option<Suffix>, hint: Option<Type>) -> Option<Type> {
    match suffix {
        None => hint,
        Some(Suffix::I32) => Some(Type::I32),
        Some(Suffix::I64) => Some(Type::I64),
        Some(Suffix::U8) => Some(Type::U8),
    }
}

/// Stands for an expression that was reported.
pub(super) fn error() -> Expr {
    typed(hir::ExprKind::Unit, Type::Error)
}

pub(super) fn typed(kind: hir::ExprKind, ty: Type) -> Expr {
    Expr { kind, ty }
}
