//! Lowering binary operators. Integers wrap; division by zero panics.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};

use super::function::Lowering;
use super::unit::Lowered;
use crate::hir::{BinaryOp, ExprId, Step};
use crate::types::Ty;

impl Lowering<'_, '_, '_> {
    /// Operators from left to right. `grows` says that the result takes the place of
    /// the first operand, so that a string may leave room behind it.
    pub(super) fn chain(&mut self, first: ExprId, steps: &[Step], grows: bool) -> Lowered<Value> {
        let mut ty = self.body.ty(first);
        let mut rest = steps;
        let mut divisible = None;
        if let Some((step, behind)) = steps.split_first() {
            divisible = self.divisibility(first, step)?;
            if divisible.is_some() {
                ty = Ty::BOOL;
                rest = behind;
            }
        }
        let mut left = match divisible {
            Some(divisible) => divisible,
            None => self.scalar(first)?,
        };
        let grows = grows || is_long_text(rest);
        for step in rest {
            left = self.converted(left, ty, step.operands);
            if self.types.is_managed(step.operands) {
                self.manage(left);
            }
            let right = self.scalar(step.right)?;
            let right = self.converted(right, self.body.ty(step.right), step.operands);
            left = self.binary(step, left, right, grows)?;
            ty = match step.op.compares() {
                true => Ty::BOOL,
                false => step.operands,
            };
        }
        Ok(left)
    }

    fn binary(&mut self, step: &Step, left: Value, right: Value, grows: bool) -> Lowered<Value> {
        match (step.op, step.operands) {
            (BinaryOp::Same | BinaryOp::NotSame, ty) => {
                let same = self.same(left, right, ty);
                Ok(self.negated_if(step.op == BinaryOp::NotSame, same))
            }
            (BinaryOp::Remainder, Ty::F64) => self.float_remainder(left, right),
            (_, Ty::F64) => Ok(self.float(step.op, left, right)),
            (BinaryOp::Add, Ty::STR) => self.joined(left, right, grows),
            (_, ty) if ty.is_integer() || ty == Ty::CHAR || ty == Ty::BOOL => {
                self.integer(step, left, right)
            }
            (op, ty) => {
                let equal = self.equal(left, right, ty)?;
                Ok(self.negated_if(op == BinaryOp::NotEqual, equal))
            }
        }
    }

    fn negated_if(&mut self, negated: bool, value: Value) -> Value {
        match negated {
            true => self.builder.ins().bxor_imm_u(value, 1),
            false => value,
        }
    }

    fn integer(&mut self, step: &Step, left: Value, right: Value) -> Lowered<Value> {
        let signed = matches!(step.operands, Ty::I32 | Ty::I64);
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
            BinaryOp::Equal | BinaryOp::Same | BinaryOp::NotSame => IntCC::Equal,
        };
        Ok(self.builder.ins().icmp(code, left, right))
    }

    fn division(&mut self, step: &Step, left: Value, right: Value, signed: bool) -> Lowered<Value> {
        // Only the divisors 0 and -1 need care.
        if self
            .body
            .literal(step.right)
            .is_some_and(|divisor| ![0, -1].contains(&divisor))
        {
            return Ok(self.plain_division(step.op, left, right, signed));
        }
        let ty = self.builder.func.dfg.value_type(right);
        let zero = self.builder.ins().iconst(ty, 0);
        let by_zero = self.builder.ins().icmp(IntCC::Equal, right, zero);
        self.panic_if(by_zero, "division by zero", step.span)?;
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

    /// The remainder is the runtime's: no processor has it in an instruction.
    fn float_remainder(&mut self, left: Value, right: Value) -> Lowered<Value> {
        let flags = MemFlagsData::new();
        let bits = [left, right].map(|value| {
            let ins = self.builder.ins();
            ins.bitcast(types::I64, flags, value)
        });
        let rest = self.call_runtime("f64_remainder", &bits)?;
        Ok(self.builder.ins().bitcast(types::F64, flags, rest))
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
}

/// Whether at least three strings become one.
fn is_long_text(steps: &[Step]) -> bool {
    let mut steps = steps.iter();
    let adds = |step: &Step| step.op == BinaryOp::Add && step.operands == Ty::STR;
    steps.len() > 1 && steps.all(adds)
}
