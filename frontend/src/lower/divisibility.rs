//! Whether a number is a multiple of one that is written: a multiplication
//! (Granlund and Montgomery, 1994), and no division.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value};

use super::function::Lowering;
use super::unit::Lowered;
use crate::hir::{BinaryOp, ExprId, ExprKind, Step};
use crate::types::Ty;

impl Lowering<'_, '_, '_> {
    /// `dividend % literal == 0` or `!= 0`, if the operator and its operands are
    /// that.
    pub(super) fn divisibility(&mut self, left: ExprId, step: &Step) -> Lowered<Option<Value>> {
        let (divides, remains) = match step.op {
            BinaryOp::Equal => (IntCC::Equal, IntCC::UnsignedLessThanOrEqual),
            BinaryOp::NotEqual => (IntCC::NotEqual, IntCC::UnsignedGreaterThan),
            _ => return Ok(None),
        };
        let ExprKind::Chain(dividend, steps) = self.body.get(left).kind else {
            return Ok(None);
        };
        let Some((remainder, before)) = self.body.steps(steps).split_last() else {
            return Ok(None);
        };
        let signed = matches!(remainder.operands, Ty::I32 | Ty::I64);
        let divisor = self
            .body
            .literal(remainder.right)
            .map_or(0, i64::unsigned_abs);
        if remainder.op != BinaryOp::Remainder
            || self.body.literal(step.right) != Some(0)
            || !signed
            || divisor < 2
        {
            return Ok(None);
        }
        let from = match before.last() {
            Some(step) => step.operands,
            None => self.body.ty(dividend),
        };
        let dividend = self.chain(dividend, before, false)?;
        let dividend = self.converted(dividend, from, remainder.operands);
        let ty = self.builder.func.dfg.value_type(dividend);
        if divisor.is_power_of_two() {
            let rest = self
                .builder
                .ins()
                .band_imm_u(dividend, (divisor - 1) as i64);
            return Ok(Some(self.builder.ins().icmp_imm_u(divides, rest, 0)));
        }
        let test = Test::new(divisor, ty.bits());
        let constant = |value: u64| (value & mask(ty.bits())) as i64;
        let ins = self.builder.ins();
        let inverse = ins.iconst(ty, constant(test.inverse));
        let mut product = self.builder.ins().imul(dividend, inverse);
        let bias = self.builder.ins().iconst(ty, constant(test.bias));
        product = self.builder.ins().iadd(product, bias);
        if test.twos > 0 {
            let twos = i64::from(test.twos);
            product = self.builder.ins().rotr_imm_u(product, twos);
        }
        let most = self.builder.ins().iconst(ty, constant(test.most));
        Ok(Some(self.builder.ins().icmp(remains, product, most)))
    }
}

/// A signed number of some bits is a multiple of the divisor if and only if
/// `rotate_right(number * inverse + bias, twos) <= most`, unsigned.
struct Test {
    inverse: u64,
    bias: u64,
    twos: u32,
    most: u64,
}

impl Test {
    /// For a divisor that is no power of two.
    fn new(divisor: u64, bits: u32) -> Self {
        let twos = divisor.trailing_zeros();
        let odd = divisor >> twos;
        // Each round doubles the bits that are right, from three.
        let mut inverse = odd;
        for _ in 0..5 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse)));
        }
        let largest = mask(bits) >> 1;
        let bias = (largest / odd) >> twos << twos;
        Self {
            inverse: inverse & mask(bits),
            bias,
            twos,
            most: (bias >> twos) * 2,
        }
    }
}

const fn mask(bits: u32) -> u64 {
    u64::MAX >> (64 - bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiples_are_told_from_other_numbers() {
        for bits in [6, 8, 11] {
            let half = 1_i64 << (bits - 1);
            for divisor in (3..half).filter(|divisor| !divisor.unsigned_abs().is_power_of_two()) {
                let test = Test::new(divisor.unsigned_abs(), bits);
                for number in -half..half {
                    let product = (number as u64).wrapping_mul(test.inverse);
                    let product = product.wrapping_add(test.bias) & mask(bits);
                    let high = product << (bits - test.twos) & mask(bits);
                    let rotated = product >> test.twos | if test.twos == 0 { 0 } else { high };
                    assert_eq!(
                        rotated <= test.most,
                        number % divisor == 0,
                        "{number} % {divisor} of {bits} bits"
                    );
                }
            }
        }
    }
}
