//! Instructions on floats, and between floats and integers.

use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::{InstBuilder, Opcode, Type, Value, types};

use super::frame::Frame;
use super::profile::{FLOATS, WORDS};
use crate::codes::FLOAT;

/// Two operands, and the result of their type.
pub(super) const BINARY: [Opcode; 6] = [
    Opcode::Fadd,
    Opcode::Fsub,
    Opcode::Fmul,
    Opcode::Fdiv,
    Opcode::Fmin,
    Opcode::Fmax,
];
/// One operand, and the result of its type.
pub(super) const UNARY: [Opcode; 7] = [
    Opcode::Sqrt,
    Opcode::Fneg,
    Opcode::Fabs,
    Opcode::Ceil,
    Opcode::Floor,
    Opcode::Trunc,
    Opcode::Nearest,
];
/// Operations on bits.
const BITS: [Opcode; 3] = [Opcode::Band, Opcode::Bor, Opcode::Bxor];
/// One instruction on floats, with what it needs.
pub(super) fn statement(frame: &mut Frame<'_>) {
    let ty = frame.random.pick(&FLOATS);
    match frame.random.below(14) {
        0..=3 => {
            let opcode = frame.random.pick(&BINARY);
            frame.binary(opcode, ty);
        }
        4 | 5 => {
            let opcode = frame.random.pick(&UNARY);
            frame.unary(opcode, ty);
        }
        6 => compare(frame, ty),
        7 => copy_sign(frame, ty),
        8 => {
            let [x, y, z] = [(); 3].map(|()| frame.value(ty));
            let result = frame.builder.ins().fma(x, y, z);
            frame.push(result);
        }
        9 => bits(frame, ty),
        10 => {
            let (opcode, to, from) = match frame.random.below(2) {
                0 => (Opcode::Fpromote, types::F64, types::F32),
                _ => (Opcode::Fdemote, types::F32, types::F64),
            };
            let value = frame.value(from);
            frame.push_unary(opcode, to, value);
        }
        11 => {
            let value = frame.of(&WORDS).0;
            let opcode = frame
                .random
                .pick(&[Opcode::FcvtFromSint, Opcode::FcvtFromUint]);
            frame.push_unary(opcode, ty, value);
        }
        12 => to_integer(frame, ty),
        _ => cast(frame, ty),
    }
}

/// A comparison, of vectors too. x86-64 compares vectors by all conditions but two.
pub(super) fn compare(frame: &mut Frame<'_>, ty: Type) {
    let is_lacking = |condition: &FloatCC| {
        let lacking = [FloatCC::OrderedNotEqual, FloatCC::UnorderedOrEqual];
        ty.is_vector() && lacking.contains(condition)
    };
    let conditions = FLOAT.iter().filter(|each| !is_lacking(each));
    let conditions = conditions.copied().collect::<Vec<_>>();
    let condition = frame.random.pick(&conditions);
    let (a, b) = (frame.value(ty), frame.value(ty));
    let result = frame.builder.ins().fcmp(condition, a, b);
    frame.push(result);
}

/// The sign of a NaN is nobody's business.
fn copy_sign(frame: &mut Frame<'_>, ty: Type) {
    let (value, sign) = (frame.value(ty), frame.value(ty));
    let sign = frame.canonical(sign);
    frame.push_binary(Opcode::Fcopysign, ty, value, sign);
}

fn bits(frame: &mut Frame<'_>, ty: Type) {
    let opcode = frame.random.pick(&BITS);
    let [a, b] = [(); 2].map(|()| {
        let value = frame.value(ty);
        frame.canonical(value)
    });
    frame.push_binary(opcode, ty, a, b);
}

/// A conversion that saturates, or one that traps for a value that does not fit.
fn to_integer(frame: &mut Frame<'_>, from: Type) {
    let to = frame.random.pick(&[types::I32, types::I64]);
    let (opcode, value) = match frame.random.below(4) {
        0 => (Opcode::FcvtToSint, fitting(frame, from)),
        1 => (Opcode::FcvtToUint, fitting(frame, from)),
        2 => (Opcode::FcvtToSintSat, frame.value(from)),
        _ => (Opcode::FcvtToUintSat, frame.value(from)),
    };
    frame.push_unary(opcode, to, value);
}

/// A value that fits every integer, unless the program may trap.
fn fitting(frame: &mut Frame<'_>, ty: Type) -> Value {
    if frame.profile.may_trap && frame.random.one_in(4) {
        return frame.value(ty);
    }
    let byte = frame.value(types::I8);
    let number = frame.builder.ins().fcvt_from_uint(ty, byte);
    let quarter = match ty {
        types::F32 => frame.builder.ins().f32const(0.25),
        _ => frame.builder.ins().f64const(0.25),
    };
    frame.builder.ins().fmul(number, quarter)
}

/// The bits of a float as an integer, or the other way.
fn cast(frame: &mut Frame<'_>, float: Type) {
    let int = match float {
        types::F32 => types::I32,
        _ => types::I64,
    };
    let result = match frame.random.below(2) {
        0 => {
            let value = frame.value(float);
            let value = frame.canonical(value);
            frame.bitcast(int, value)
        }
        _ => {
            let value = frame.value(int);
            frame.bitcast(float, value)
        }
    };
    frame.push(result);
}
