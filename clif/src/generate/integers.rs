//! Instructions on integers.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Opcode, Type, Value, types};

use super::frame::Frame;
use super::profile::{INTS, WORDS};
use crate::codes::INT;

/// Two operands, and the result of their type.
const BINARY: [(Opcode, &[Type]); 12] = [
    (Opcode::Iadd, &INTS),
    (Opcode::Isub, &INTS),
    (Opcode::Imul, &INTS),
    (Opcode::Band, &INTS),
    (Opcode::Bor, &INTS),
    (Opcode::Bxor, &INTS),
    (Opcode::Umulhi, &WORDS),
    (Opcode::Smulhi, &WORDS),
    (Opcode::Smin, &WORDS),
    (Opcode::Smax, &WORDS),
    (Opcode::Umin, &WORDS),
    (Opcode::Umax, &WORDS),
];
/// A value and an amount of any type.
const SHIFTS: [Opcode; 5] = [
    Opcode::Ishl,
    Opcode::Ushr,
    Opcode::Sshr,
    Opcode::Rotl,
    Opcode::Rotr,
];
const UNARY: [(Opcode, &[Type]); 9] = [
    (Opcode::Ineg, &INTS),
    (Opcode::Bnot, &INTS),
    (Opcode::Iabs, &WORDS),
    (Opcode::Clz, &INTS),
    (Opcode::Ctz, &INTS),
    (Opcode::Cls, &INTS),
    (Opcode::Popcnt, &INTS),
    (Opcode::Bitrev, &INTS),
    (Opcode::Bswap, &INTS),
];
/// Two operands; the result, and whether it is the true one.
const OVERFLOW: [Opcode; 6] = [
    Opcode::UaddOverflow,
    Opcode::SaddOverflow,
    Opcode::UsubOverflow,
    Opcode::SsubOverflow,
    Opcode::UmulOverflow,
    Opcode::SmulOverflow,
];
/// Divisions that trap.
const DIVISIONS: [Opcode; 4] = [Opcode::Udiv, Opcode::Sdiv, Opcode::Urem, Opcode::Srem];

/// One instruction on integers, with what it needs.
pub(super) fn statement(frame: &mut Frame<'_>) {
    match frame.random.below(16) {
        0..=4 => {
            let (opcode, types) = frame.random.pick(&BINARY);
            let ty = one_of(frame, types);
            frame.binary(opcode, ty);
        }
        5..=6 => shift(frame),
        7 => {
            let (opcode, types) = frame.random.pick(&UNARY);
            let ty = one_of(frame, types);
            if opcode != Opcode::Bswap || ty != types::I8 {
                frame.unary(opcode, ty);
            }
        }
        8 => {
            let opcode = frame.random.pick(&OVERFLOW);
            let ty = one_of(frame, &WORDS);
            frame.binary(opcode, ty);
        }
        9 => division(frame),
        10 => {
            let result = compared(frame);
            frame.push(result);
        }
        11 | 12 => choose(frame),
        _ => width(frame),
    }
}

/// One of some types that the artifact has.
fn one_of(frame: &mut Frame<'_>, types: &[Type]) -> Type {
    let types = frame.profile.among(types);
    frame.random.pick(&types)
}

fn shift(frame: &mut Frame<'_>) {
    let opcode = frame.random.pick(&SHIFTS);
    let ty = one_of(frame, &INTS);
    let value = frame.value(ty);
    let amount = match frame.random.below(2) {
        0 => {
            let number = frame.random.below(2 * ty.bits() as usize) as u64;
            frame.integer(types::I32, number)
        }
        _ => {
            let of = one_of(frame, &INTS);
            frame.value(of)
        }
    };
    frame.push_binary(opcode, ty, value, amount);
}

/// A division whose divisor is made one that does not trap, unless it may.
fn division(frame: &mut Frame<'_>) {
    let opcode = frame.random.pick(&DIVISIONS);
    // i128 has no instruction for it anywhere.
    let ty = one_of(frame, &WORDS);
    let (dividend, divisor) = (frame.value(ty), frame.value(ty));
    let divisor = match frame.profile.may_trap && frame.random.one_in(4) {
        true => divisor,
        false => harmless(frame, opcode, ty, divisor),
    };
    frame.push_binary(opcode, ty, dividend, divisor);
}

/// Neither 0 nor, for a quotient of signed numbers, -1.
fn harmless(frame: &mut Frame<'_>, opcode: Opcode, ty: Type, divisor: Value) -> Value {
    let one = frame.integer(ty, 1);
    let odd = frame.builder.ins().bor(divisor, one);
    if opcode != Opcode::Sdiv {
        return odd;
    }
    let minus_one = frame.integer(ty, u64::MAX);
    let is_it = frame.builder.ins().icmp(IntCC::Equal, odd, minus_one);
    let three = frame.integer(ty, 3);
    frame.builder.ins().select(is_it, three, odd)
}

/// One of the conditions.
pub(super) fn condition(frame: &mut Frame<'_>) -> IntCC {
    frame.random.pick(&INT)
}

/// A comparison of integers, 0 or 1.
pub(super) fn compared(frame: &mut Frame<'_>) -> Value {
    let ty = one_of(frame, &INTS);
    let condition = condition(frame);
    let (a, b) = (frame.value(ty), frame.value(ty));
    frame.builder.ins().icmp(condition, a, b)
}

/// One of two values of any type.
fn choose(frame: &mut Frame<'_>) {
    let of = one_of(frame, &INTS);
    let condition = frame.value(of);
    let types = frame.profile.types.clone();
    let ty = frame.random.pick(&types);
    let (a, b) = (frame.value(ty), frame.value(ty));
    let result = match frame.random.below(3) {
        0 if WORDS.contains(&ty) => {
            let mask = frame.value(ty);
            frame.builder.ins().bitselect(mask, a, b)
        }
        1 if WORDS.contains(&ty) => frame.builder.ins().select_spectre_guard(condition, a, b),
        _ => frame.builder.ins().select(condition, a, b),
    };
    frame.push(result);
}

/// Wider, narrower, put together, taken apart.
fn width(frame: &mut Frame<'_>) {
    let (narrow, wide) = (one_of(frame, &INTS), one_of(frame, &INTS));
    match frame.random.below(6) {
        0 | 1 if narrow.bits() < wide.bits() => {
            let value = frame.value(narrow);
            let result = match frame.random.below(2) {
                0 => frame.builder.ins().uextend(wide, value),
                _ => frame.builder.ins().sextend(wide, value),
            };
            frame.push(result);
        }
        2 | 3 if narrow.bits() < wide.bits() => {
            let value = frame.value(wide);
            let result = frame.builder.ins().ireduce(narrow, value);
            frame.push(result);
        }
        4 => {
            let value = frame.value(narrow);
            let result = frame.builder.ins().bmask(wide, value);
            frame.push(result);
        }
        _ if frame.profile.types.contains(&types::I128) => match frame.random.below(2) {
            0 => {
                let (low, high) = (frame.value(types::I64), frame.value(types::I64));
                let result = frame.builder.ins().iconcat(low, high);
                frame.push(result);
            }
            _ => {
                let value = frame.value(types::I128);
                let (low, high) = frame.builder.ins().isplit(value);
                frame.push(low);
                frame.push(high);
            }
        },
        _ => {}
    }
}
