//! Checking expressions.

use super::{Checker, suggest};
use crate::ast::{self, ExprKind, StrPiece, UnaryOp};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::hir::{self, Builtin, Expr};
use crate::span::Span;
use crate::types::Type;

impl Checker<'_> {
    /// Checks an expression that must have a type.
    pub(super) fn expect(&mut self, expr: &ast::Expr, wanted: Type) -> Expr {
        let checked = self.expr(expr, Some(wanted));
        self.coerce(checked, wanted, expr.span)
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
            (found, wanted) => {
                let message = format!("expected {wanted}, found {found}");
                let label = format!("this is {found}");
                let mut diagnostic = Diagnostic::new(codes::TYPE_MISMATCH, message, span, label);
                if found == Type::I64 && wanted == Type::I32 {
                    diagnostic = diagnostic.help("only i32 becomes i64 by itself; use i64 here");
                }
                self.report(diagnostic);
                error()
            }
        }
    }

    /// Checks an expression; `hint` is the type that a literal should take.
    pub(super) fn expr(&mut self, expr: &ast::Expr, hint: Option<Type>) -> Expr {
        match &expr.kind {
            ExprKind::Int(value) => self.integer(i128::from(*value), hint, expr.span),
            ExprKind::Float(value) => typed(hir::ExprKind::Float(*value), Type::F64),
            ExprKind::Char(value) => typed(
                hir::ExprKind::Scalar(i64::from(u32::from(*value))),
                Type::Char,
            ),
            ExprKind::Bool(value) => typed(hir::ExprKind::Scalar((*value).into()), Type::Bool),
            ExprKind::Unit => typed(hir::ExprKind::Unit, Type::Unit),
            ExprKind::Str(pieces) => self.string(pieces),
            ExprKind::Name(name) => match self.scopes.find(name) {
                Some(local) => typed(hir::ExprKind::Local(local.id), self.locals[local.id]),
                None => self.unknown_local(name, expr.span),
            },
            ExprKind::Call(call) => self.call(call, expr.span),
            ExprKind::Unary(op, operand) => self.unary(*op, operand, hint, expr.span),
            ExprKind::Chain(first, rest) => {
                let steps = rest.iter().map(|(op, right)| (*op, right));
                self.chain_from(first, steps, hint)
            }
        }
    }

    /// Whether an expression is an integer literal, which has no type of its
    /// own.
    pub(super) fn is_literal(expr: &ast::Expr) -> bool {
        match &expr.kind {
            ExprKind::Int(_) => true,
            ExprKind::Unary(UnaryOp::Negate, operand) => Self::is_literal(operand),
            _ => false,
        }
    }

    fn integer(&mut self, value: i128, hint: Option<Type>, span: Span) -> Expr {
        let ty = hint.filter(|ty| ty.is_integer()).unwrap_or(Type::I32);
        let (low, high) = ty.range();
        if value < low || value > high {
            let message = format!("{value} does not fit {ty}");
            let label = format!("{ty} holds {low} to {high}");
            let mut diagnostic = Diagnostic::new(codes::OUT_OF_RANGE, message, span, label);
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
                let value = self.expr(code, None);
                if matches!(value.ty, Type::Unit | Type::Never) {
                    let message = format!("a {} has no text", value.ty);
                    let diagnostic = Diagnostic::new(codes::TYPE_MISMATCH, message, code.span, "");
                    self.report(diagnostic);
                    return error();
                }
                value
            }
        });
        typed(hir::ExprKind::Interpolation(parts.collect()), Type::Str)
    }

    pub(super) fn unknown_local(&mut self, name: &str, span: Span) -> Expr {
        let message = format!("nothing is named `{name}`");
        let mut diagnostic = Diagnostic::new(codes::UNKNOWN_NAME, message, span, "");
        if self.program.names.contains_key(name) {
            diagnostic.help = Some(format!("`{name}` is a function; call it: `{name}(…)`"));
        } else if let Some(nearest) = suggest::nearest(name, self.scopes.visible()) {
            diagnostic.help = Some(format!("did you mean `{nearest}`?"));
        }
        self.report(diagnostic);
        error()
    }

    fn call(&mut self, call: &ast::Call, span: Span) -> Expr {
        let ast::Call {
            receiver,
            callee,
            args,
        } = call;
        if let Some(receiver) = receiver {
            return self.method_call(receiver, callee, args, span);
        }
        let program = self.program;
        if let Some((id, _)) = program.names.get(&callee.text) {
            let signature = &program.signatures[*id];
            let declared = Some(signature.name);
            let args = self.arguments(callee, &signature.params, args, span, declared);
            return typed(hir::ExprKind::Call(*id, args), signature.result);
        }
        let builtin = Builtin::ALL.iter().find(|(name, ..)| *name == callee.text);
        if let Some((_, builtin, params, result)) = builtin {
            let args = self.arguments(callee, params, args, span, None);
            return typed(hir::ExprKind::Builtin(*builtin, args), *result);
        }
        for arg in args {
            self.expr(arg, None);
        }
        let message = format!("there is no function `{}`", callee.text);
        let mut diagnostic = Diagnostic::new(codes::UNKNOWN_NAME, message, callee.span, "");
        let builtins = Builtin::ALL.iter().map(|(name, ..)| *name);
        // Sorted by `nearest`, so the map's order does not matter.
        let functions = program.names.keys().map(String::as_str);
        diagnostic.help = suggest::nearest(&callee.text, functions.chain(builtins))
            .map(|nearest| format!("did you mean `{nearest}`?"));
        self.report(diagnostic);
        error()
    }

    fn method_call(
        &mut self,
        receiver: &ast::Name,
        method: &ast::Name,
        args: &[ast::Expr],
        span: Span,
    ) -> Expr {
        let program = self.program;
        let local = self.scopes.find(&receiver.text);
        let methods = program.contracts.methods(&receiver.text);
        if let (None, Some(methods)) = (local, methods) {
            if let Some((id, declared)) = methods.get(&method.text) {
                let foreign = &program.contracts.externs[*id];
                let args = self.arguments(method, &foreign.params, args, span, Some(*declared));
                return typed(hir::ExprKind::Foreign(*id, args), foreign.result);
            }
            let message = format!("`{}` has no method `{}`", receiver.text, method.text);
            let mut diagnostic = Diagnostic::new(codes::UNKNOWN_NAME, message, method.span, "");
            let known = methods.keys().map(String::as_str);
            diagnostic.help = suggest::nearest(&method.text, known)
                .map(|nearest| format!("did you mean `{nearest}`?"));
            self.report(diagnostic);
        } else if local.is_some() {
            let message = "members of values are not supported yet";
            self.report(Diagnostic::new(codes::UNSUPPORTED, message, span, ""));
        } else {
            let message = format!("there is no contract `{}`", receiver.text);
            let mut diagnostic = Diagnostic::new(codes::UNKNOWN_NAME, message, receiver.span, "");
            diagnostic.help = suggest::nearest(&receiver.text, program.contracts.names())
                .map(|nearest| format!("did you mean `{nearest}`?"));
            self.report(diagnostic);
        }
        for arg in args {
            self.expr(arg, None);
        }
        error()
    }

    fn arguments(
        &mut self,
        callee: &ast::Name,
        params: &[Type],
        args: &[ast::Expr],
        span: Span,
        declared: Option<Span>,
    ) -> Vec<Expr> {
        if args.len() != params.len() {
            let (found, wanted) = (args.len(), params.len());
            let plural = if wanted == 1 { "" } else { "s" };
            let name = &callee.text;
            let message = format!("`{name}` takes {wanted} argument{plural}, not {found}");
            let mut diagnostic = Diagnostic::new(codes::WRONG_ARITY, message, span, "");
            diagnostic.related = declared.map(|span| (span, "declared here".to_owned()));
            self.report(diagnostic);
        }
        let hints = params
            .iter()
            .map(|ty| Some(*ty))
            .chain(std::iter::repeat(None));
        let checked = args.iter().zip(hints).map(|(arg, hint)| match hint {
            Some(ty) => self.expect(arg, ty),
            None => self.expr(arg, None),
        });
        checked.collect()
    }

    fn unary(&mut self, op: UnaryOp, operand: &ast::Expr, hint: Option<Type>, span: Span) -> Expr {
        if op == UnaryOp::Not {
            let operand = self.expect(operand, Type::Bool);
            return typed(hir::ExprKind::Not(Box::new(operand)), Type::Bool);
        }
        if let ExprKind::Int(value) = operand.kind {
            return self.integer(-i128::from(value), hint, span);
        }
        let checked = self.expr(operand, hint);
        match checked.ty {
            Type::Error => error(),
            Type::I32 | Type::I64 | Type::F64 => {
                let ty = checked.ty;
                typed(hir::ExprKind::Negate(Box::new(checked)), ty)
            }
            ty => {
                let message = format!("a {ty} cannot be negated");
                self.report(Diagnostic::new(codes::BAD_OPERAND, message, span, ""));
                error()
            }
        }
    }
}

/// Stands for an expression that was reported.
pub(super) fn error() -> Expr {
    typed(hir::ExprKind::Unit, Type::Error)
}

pub(super) fn typed(kind: hir::ExprKind, ty: Type) -> Expr {
    Expr { kind, ty }
}
