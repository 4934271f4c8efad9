//! Instructions on vectors of 128 bits.

use cranelift_codegen::ir::{ConstantData, InstBuilder, Opcode, Type, types};

use super::floats;
use super::frame::Frame;
use super::integers;
use super::profile::{FLOAT_VECTORS, INT_VECTORS};

const I8: Type = types::I8X16;
const I16: Type = types::I16X8;
const I32: Type = types::I32X4;
const I64: Type = types::I64X2;
const F32: Type = types::F32X4;
const F64: Type = types::F64X2;

/// Two operands, and the result of their type.
const BINARY: [(Opcode, &[Type]); 18] = [
    (Opcode::Iadd, &INT_VECTORS),
    (Opcode::Isub, &INT_VECTORS),
    (Opcode::Imul, &[I16, I32, I64]),
    (Opcode::Band, &INT_VECTORS),
    (Opcode::Bor, &INT_VECTORS),
    (Opcode::Bxor, &INT_VECTORS),
    (Opcode::Smin, &[I8, I16, I32]),
    (Opcode::Smax, &[I8, I16, I32]),
    (Opcode::Umin, &[I8, I16, I32]),
    (Opcode::Umax, &[I8, I16, I32]),
    (Opcode::UaddSat, &[I8, I16]),
    (Opcode::SaddSat, &[I8, I16]),
    (Opcode::UsubSat, &[I8, I16]),
    (Opcode::SsubSat, &[I8, I16]),
    (Opcode::AvgRound, &[I8, I16]),
    (Opcode::SqmulRoundSat, &[I16]),
    (Opcode::IaddPairwise, &[I16, I32]),
    (Opcode::Swizzle, &[I8]),
];
const UNARY: [(Opcode, &[Type]); 4] = [
    (Opcode::Ineg, &INT_VECTORS),
    (Opcode::Bnot, &INT_VECTORS),
    (Opcode::Iabs, &INT_VECTORS),
    (Opcode::Popcnt, &[I8]),
];
/// A vector and a scalar amount.
const SHIFTS: [Opcode; 3] = [Opcode::Ishl, Opcode::Ushr, Opcode::Sshr];
/// Half the lanes, at twice the width.
const WIDEN: [Opcode; 4] = [
    Opcode::SwidenLow,
    Opcode::SwidenHigh,
    Opcode::UwidenLow,
    Opcode::UwidenHigh,
];
/// Two vectors in one of half the width, and of which lanes.
const NARROW: [(Opcode, &[Type]); 2] = [
    (Opcode::Snarrow, &[I16, I32]),
    (Opcode::Unarrow, &[I16, I32]),
];
/// To a vector of floats or of integers of the same width, or of other floats.
const CONVERSIONS: [(Opcode, Type, Type); 6] = [
    (Opcode::FcvtFromSint, F32, I32),
    (Opcode::FcvtFromUint, F32, I32),
    (Opcode::FcvtToSintSat, I32, F32),
    (Opcode::FcvtToUintSat, I32, F32),
    (Opcode::FvpromoteLow, F32, F32),
    (Opcode::Fvdemote, F64, F64),
];

/// One instruction on vectors, with what it needs.
pub(super) fn statement(frame: &mut Frame<'_>) {
    let has_floats = frame.profile.types.contains(&F64);
    match frame.random.below(16) {
        0..=2 => {
            let (opcode, types) = frame.random.pick(&BINARY);
            let ty = frame.random.pick(types);
            frame.binary(opcode, ty);
        }
        3 => {
            let (opcode, types) = frame.random.pick(&UNARY);
            let ty = frame.random.pick(types);
            frame.unary(opcode, ty);
        }
        4 => {
            let opcode = frame.random.pick(&SHIFTS);
            let (value, ty) = frame.of(&INT_VECTORS);
            let amount = frame.value(types::I32);
            frame.push_binary(opcode, ty, value, amount);
        }
        5 => {
            let ty = frame.random.pick(&INT_VECTORS);
            let condition = integers::condition(frame);
            let (a, b) = (frame.value(ty), frame.value(ty));
            let result = frame.builder.ins().icmp(condition, a, b);
            frame.push(result);
        }
        6 => lanes(frame),
        7 => whole(frame),
        8 => {
            let (opcode, types) = frame.random.pick(&NARROW);
            let ty = frame.random.pick(types);
            frame.binary(opcode, ty);
        }
        9 => {
            let opcode = frame.random.pick(&WIDEN);
            let ty = frame.random.pick(&[I8, I16, I32]);
            frame.unary(opcode, ty);
        }
        10 => {
            let ty = frame.random.pick(&INT_VECTORS);
            let [mask, a, b] = [(); 3].map(|()| frame.value(ty));
            let result = frame.builder.ins().bitselect(mask, a, b);
            frame.push(result);
        }
        11 => cast(frame),
        12 | 13 if has_floats => float(frame),
        14 if has_floats => {
            let (opcode, to, from) = frame.random.pick(&CONVERSIONS);
            let value = frame.value(from);
            frame.push_unary(opcode, to, value);
        }
        _ => shuffle(frame),
    }
}

fn float(frame: &mut Frame<'_>) {
    let ty = frame.random.pick(&FLOAT_VECTORS);
    match frame.random.below(4) {
        0 => {
            let opcode = frame.random.pick(&floats::UNARY);
            frame.unary(opcode, ty);
        }
        1 => floats::compare(frame, ty),
        2 if frame.random.one_in(3) => {
            let [x, y, z] = [(); 3].map(|()| frame.value(ty));
            let result = frame.builder.ins().fma(x, y, z);
            frame.push(result);
        }
        _ => {
            let opcode = frame.random.pick(&floats::BINARY);
            frame.binary(opcode, ty);
        }
    }
}

/// Single lanes.
fn lanes(frame: &mut Frame<'_>) {
    let types = frame.profile.types.clone();
    let vectors = types.into_iter().filter(|ty| ty.is_vector());
    let vectors = vectors.collect::<Vec<_>>();
    let ty = frame.random.pick(&vectors);
    let lane = frame.random.below(ty.lane_count() as usize) as u8;
    let result = match frame.random.below(4) {
        0 => {
            let value = frame.value(ty.lane_type());
            frame.builder.ins().splat(ty, value)
        }
        1 => {
            let (vector, value) = (frame.value(ty), frame.value(ty.lane_type()));
            frame.builder.ins().insertlane(vector, value, lane)
        }
        // x86-64 has it for the wider lanes.
        2 if ty.lane_type().bits() >= 32 => {
            let value = frame.value(ty.lane_type());
            frame.builder.ins().scalar_to_vector(ty, value)
        }
        _ => {
            let vector = frame.value(ty);
            frame.builder.ins().extractlane(vector, lane)
        }
    };
    frame.push(result);
}

/// A scalar of a whole vector.
fn whole(frame: &mut Frame<'_>) {
    let (vector, _) = frame.of(&INT_VECTORS);
    let result = match frame.random.below(3) {
        0 => frame.builder.ins().vany_true(vector),
        1 => frame.builder.ins().vall_true(vector),
        _ => frame.builder.ins().vhigh_bits(types::I32, vector),
    };
    frame.push(result);
}

/// The same bits as other lanes.
fn cast(frame: &mut Frame<'_>) {
    let types = frame.profile.types.clone();
    let vectors = types.into_iter().filter(|ty| ty.is_vector());
    let vectors = vectors.collect::<Vec<_>>();
    let (from, to) = (frame.random.pick(&vectors), frame.random.pick(&vectors));
    let value = frame.value(from);
    let value = frame.canonical(value);
    if from != to {
        let result = frame.bitcast(to, value);
        frame.push(result);
    }
}

/// Bytes of two vectors, in any order.
fn shuffle(frame: &mut Frame<'_>) {
    let mask = (0..16).map(|_| frame.random.below(32) as u8);
    let mask = ConstantData::from(mask.collect::<Vec<_>>());
    let mask = frame.builder.func.dfg.immediates.push(mask);
    let (a, b) = (frame.value(I8), frame.value(I8));
    let result = frame.builder.ins().shuffle(a, b, mask);
    frame.push(result);
}
