//! Lowering binary operators. Integers wrap; division by zero panics.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, Value, types};

use super::function::{Lowered, Lowering};
use crate::ast::BinaryOp;
use crate::hir::{Expr, ExprKind, Step};
use crate::types::Type;

impl Lowering<'_, '_, '_> {
    pub(super) fn binary(&mut self, step: &Step, left: Value, right: Value) -> Lowered<Value> {
        match step.operands {
            Type::F64 => Ok(self.float(step.op, left, right)),
            Type::Str => self.string(step.op, left, right),
            _ => self.integer(step, left, right),
        }
    }

    fn integer(&mut self, step: &Step, left: Value, right: Value) -> Lowered<Value> {
        let signed = matches!(step.operands, Type::I32 | Type::I64);
        let compare = |signed_code, unsigned_code| if signed { signed_code } else { unsigned_code };
        let code = match step.op {
            BinaryOp::Add => return Ok(self.builder.ins().iadd(left, right)),
            BinaryOp::Subtract => return Ok(self.builder.ins().isub(left, right)),
            BinaryOp::Multiply => return Ok(self.builder.ins().imul(left, right)),
            BinaryOp::Divide | BinaryOp::Remainder => {
                return self.division(step, left, right, signed);
            }
            BinaryOp::NotEqual => IntCC::NotEqual,
            BinaryOp::Less => compare(IntCC::SignedLessThan, IntCC::UnsignedLessThan),
            BinaryOp::LessEqual => {
                compare(IntCC::SignedLessThanOrEqual, IntCC::UnsignedLessThanOrEqual)
            }
            BinaryOp::Greater => compare(IntCC::SignedGreaterThan, IntCC::UnsignedGreaterThan),
            BinaryOp::GreaterEqual => compare(
                IntCC::SignedGreaterThanOrEqual,
                IntCC::UnsignedGreaterThanOrEqual,
            ),
            // `&&` and `||` were lowered as branches.
            BinaryOp::Equal | BinaryOp::And | BinaryOp::Or => IntCC::Equal,
        };
        Ok(self.builder.ins().icmp(code, left, right))
    }

    fn division(&mut self, step: &Step, left: Value, right: Value, signed: bool) -> Lowered<Value> {
        // Only the divisors 0 and -1 need care.
        if literal(&step.right).is_some_and(|divisor| ![0, -1].contains(&divisor)) {
            return Ok(self.plain_division(step.op, left, right, signed));
        }
        let ty = self.builder.func.dfg.value_type(right);
        let zero = self.builder.ins().iconst(ty, 0);
        let by_zero = self.builder.ins().icmp(IntCC::Equal, right, zero);
        let message = match step.op {
            BinaryOp::Remainder => "remainder of a division by zero",
            _ => "division by zero",
        };
        self.panic_if(by_zero, message, step.span)?;
        // A remainder of a division by -1 is 0, whatever is divided.
        if !signed || step.op == BinaryOp::Remainder {
            return Ok(self.plain_division(step.op, left, right, signed));
        }
        // Division by -1 overflows for the smallest value, and machines trap
        // there; negation wraps, as the language wants.
        let ones = if ty == types::I32 { 0xffff_ffff } else { -1 };
        let minus_one = self.builder.ins().iconst(ty, ones);
        let one = self.builder.ins().iconst(ty, 1);
        let negates = self.builder.ins().icmp(IntCC::Equal, right, minus_one);
        let divisor = self.builder.ins().select(negates, one, right);
        let result = self.plain_division(step.op, left, divisor, signed);
        let negated = self.builder.ins().ineg(left);
        Ok(self.builder.ins().select(negates, negated, result))
    }

    fn plain_division(&mut self, op: BinaryOp, left: Value, right: Value, signed: bool) -> Value {
        let ins = self.builder.ins();
        match (op, signed) {
            (BinaryOp::Remainder, true) => ins.srem(left, right),
            (BinaryOp::Remainder, false) => ins.urem(left, right),
            (_, true) => ins.sdiv(left, right),
            (_, false) => ins.udiv(left, right),
        }
    }

    fn float(&mut self, op: BinaryOp, left: Value, right: Value) -> Value {
        let code = match op {
            BinaryOp::Add => return self.builder.ins().fadd(left, right),
            BinaryOp::Subtract => return self.builder.ins().fsub(left, right),
            BinaryOp::Multiply => return self.builder.ins().fmul(left, right),
            BinaryOp::Divide => return self.builder.ins().fdiv(left, right),
            BinaryOp::NotEqual => FloatCC::NotEqual,
            BinaryOp::Less => FloatCC::LessThan,
            BinaryOp::LessEqual => FloatCC::LessThanOrEqual,
            BinaryOp::Greater => FloatCC::GreaterThan,
            BinaryOp::GreaterEqual => FloatCC::GreaterThanOrEqual,
            // The checker allows no other operator on floats.
            _ => FloatCC::Equal,
        };
        self.builder.ins().fcmp(code, left, right)
    }

    fn string(&mut self, op: BinaryOp, left: Value, right: Value) -> Lowered<Value> {
        if op == BinaryOp::Add {
            return self.call_runtime("str_concat", &[left, right]);
        }
        let equal = self.call_runtime("str_eq", &[left, right])?;
        let zero = self.builder.ins().iconst(types::I64, 0);
        let code = match op {
            BinaryOp::NotEqual => IntCC::Equal,
            _ => IntCC::NotEqual,
        };
        Ok(self.builder.ins().icmp(code, equal, zero))
    }
}

/// The number that an expression is, if it is written as one.
pub(super) fn literal(expr: &Expr) -> Option<i64> {
    match &expr.kind {
        ExprKind::Scalar(value) => Some(*value),
        ExprKind::Widen(operand) => literal(operand),
        ExprKind::Negate(operand) => literal(operand)?.checked_neg(),
        _ => None,
    }
}
