//! Checking chains of binary operators.

use super::Checker;
use super::expressions::{error, typed};
use crate::ast::{self, BinaryOp};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{self, Expr, Step};
use crate::span::Span;
use crate::types::Type;

impl Checker<'_, '_> {
    /// Checks a chain. A literal at its start takes the type of what follows.
    pub(super) fn chain_from<'a, 's: 'a>(
        &mut self,
        first: &ast::Expr,
        steps: impl Iterator<Item = (BinaryOp, &'a ast::Expr<'s>)> + Clone,
        hint: Option<Type>,
    ) -> Expr {
        let op = steps.clone().next().map(|(op, _)| op);
        // The result of a comparison says nothing about its operands.
        let hint = hint.filter(|_| !op.is_some_and(BinaryOp::is_comparison));
        let mut operand_hint = hint.filter(|ty| ty.is_integer());
        if operand_hint.is_none() && Self::is_literal(first) {
            operand_hint = steps
                .clone()
                .find_map(|(_, right)| self.type_of_name(right));
        }
        let left = self.value(first, operand_hint);
        self.chain(left, first.span, steps, operand_hint)
    }

    /// The integer type of an operand that names something, without reporting
    /// anything.
    fn type_of_name(&self, expr: &ast::Expr) -> Option<Type> {
        let ty = match &expr.kind {
            ast::ExprKind::Field(value, path) => {
                let known = self.type_of_operand(value);
                path.iter()
                    .try_fold(known?, |ty, name| self.type_of_field(ty, name.text))
            }
            _ => self.type_of_operand(expr),
        };
        match ty? {
            Type::RefU8 => Some(Type::U8),
            ty => Some(ty).filter(|ty| ty.is_integer()),
        }
    }

    fn type_of_operand(&self, expr: &ast::Expr) -> Option<Type> {
        let program = self.program;
        match &expr.kind {
            ast::ExprKind::Name(name) => Some(self.locals[self.scopes.find(name)?.id].ty),
            ast::ExprKind::New(literal) => program
                .types
                .struct_named(literal.name.text)
                .map(Type::Struct),
            ast::ExprKind::Call(call) => match &call.receiver {
                None => Some(
                    program.signatures[program.names.get(call.callee.text)?.0]
                        .ty
                        .result,
                ),
                Some(receiver) => {
                    let methods = program.contracts.methods(receiver.text)?;
                    let (target, _) = methods.get(call.callee.text)?;
                    Some(program.contracts.signature(*target).result)
                }
            },
            _ => None,
        }
    }

    fn type_of_field(&self, ty: Type, name: &str) -> Option<Type> {
        let Type::Struct(id) = ty else { return None };
        let declared = self.program.types.get(id);
        Some(declared.fields[declared.field(name)?].ty)
    }

    /// Checks the rest of a chain, whose left end is checked already.
    pub(super) fn chain<'a, 's: 'a>(
        &mut self,
        first: Expr,
        start: Span,
        steps: impl Iterator<Item = (BinaryOp, &'a ast::Expr<'s>)>,
        hint: Option<Type>,
    ) -> Expr {
        let mut ty = first.ty;
        let mut checked = Vec::new();
        for (op, right) in steps {
            let span = start.to(right.span);
            let right_hint = if ty.is_integer() { Some(ty) } else { hint };
            let right_value = self.value(right, right_hint);
            let Some(operands) = operand_type(op, ty, right_value.ty) else {
                ty = self.bad_operands(op, ty, right_value.ty, span);
                continue;
            };
            let widen_left = ty == Type::I32 && operands == Type::I64;
            let right = self.coerce(right_value, operands, right.span);
            ty = if op.is_comparison() {
                Type::Bool
            } else {
                operands
            };
            checked.push(Step {
                op,
                widen_left,
                operands,
                right,
                span,
            });
        }
        if ty == Type::Error {
            return error();
        }
        typed(hir::ExprKind::Chain(Box::new(first), checked), ty)
    }

    fn bad_operands(&mut self, op: BinaryOp, left: Type, right: Type, span: Span) -> Type {
        if left == Type::Error || right == Type::Error {
            return Type::Error;
        }
        let text = op.text();
        let names = (self.name(left), self.name(right));
        let message = format!("`{text}` does not work between {} and {}", names.0, names.1);
        let mut diagnostic = SourceDiagnostic::new(codes::BAD_OPERAND, message, span, "");
        if op == BinaryOp::Add && (left == Type::Str || right == Type::Str) {
            diagnostic = diagnostic.help("put the value into a string: `\"${value}\"`");
        } else if left.is_number() && right.is_number() {
            diagnostic = diagnostic.help("both sides must have one type; only i32 becomes i64");
        } else if matches!((left, right), (Type::Struct(a), Type::Struct(b)) if a == b) {
            diagnostic = diagnostic.help("compare the fields");
        } else if op == BinaryOp::Remainder {
            diagnostic = diagnostic.help("`%` is for integers");
        }
        self.report(diagnostic);
        Type::Error
    }
}

/// The type that both operands of an operator take; `None` if there is none.
fn operand_type(op: BinaryOp, left: Type, right: Type) -> Option<Type> {
    let common = match (left, right) {
        (Type::I32, Type::I64) | (Type::I64, Type::I32) => Type::I64,
        (left, right) if left == right => left,
        _ => return None,
    };
    let fits = match op {
        BinaryOp::Or | BinaryOp::And => common == Type::Bool,
        BinaryOp::Equal | BinaryOp::NotEqual => {
            common.is_number() || matches!(common, Type::Bool | Type::Char | Type::Str)
        }
        BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => {
            common.is_number() || common == Type::Char
        }
        BinaryOp::Add => common.is_number() || common == Type::Str,
        BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide => common.is_number(),
        BinaryOp::Remainder => common.is_integer(),
    };
    fits.then_some(common)
}
