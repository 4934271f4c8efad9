//! What only vectors have: lanes, widths, choices of lanes.

use beskid_plugin_api::artifact::{Lane, Type};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tree::{BinaryOp, UnaryOp, Value};

use super::integers::{splat, wide};
use super::types;
use super::writer::Writer;
use crate::refusal::broken;

/// Writes an operation on one vector, or that makes one; whether it is such.
pub(super) fn unary(
    w: &mut Writer<'_>,
    op: UnaryOp,
    value: Value,
    result: Value,
) -> Result<bool, Diagnostic> {
    let (from, ty) = (w.ty(value)?, w.ty(result)?);
    let (from_name, name) = (types::name(from)?, types::name(ty)?);
    match op {
        UnaryOp::Splat => {
            let operand = splat(w, ty, &format!("%v{value}"))?;
            w.set(result, &operand)?;
        }
        UnaryOp::ScalarToVector => w.is(
            result,
            format_args!("insertelement {name} zeroinitializer, {from_name} %v{value}, i32 0"),
        ),
        UnaryOp::VanyTrue | UnaryOp::VallTrue => {
            let bits = types::bits(from)?;
            let (bits_name, zero) = (types::name(bits)?, types::constant(bits, 0));
            let operand = w.op(format_args!("bitcast {from_name} %v{value} to {bits_name}"));
            let set = w.op(format_args!("icmp ne {bits_name} {operand}, {zero}"));
            let count = from.lanes();
            let all = w.op(format_args!(
                "bitcast {} {set} to i{count}",
                types::truth(from)
            ));
            let truth = match op {
                UnaryOp::VanyTrue => w.op(format_args!("icmp ne i{count} {all}, 0")),
                _ => w.op(format_args!("icmp eq i{count} {all}, -1")),
            };
            w.is(result, format_args!("zext i1 {truth} to {name}"));
        }
        UnaryOp::VhighBits => {
            let bits = types::bits(from)?;
            let (bits_name, zero) = (types::name(bits)?, types::constant(bits, 0));
            let operand = w.op(format_args!("bitcast {from_name} %v{value} to {bits_name}"));
            let set = w.op(format_args!("icmp slt {bits_name} {operand}, {zero}"));
            let count = from.lanes();
            let all = w.op(format_args!(
                "bitcast {} {set} to i{count}",
                types::truth(from)
            ));
            // Through a width that both fit.
            let all = w.op(format_args!("zext i{count} {all} to i1024"));
            w.is(result, format_args!("trunc i1024 {all} to {name}"));
        }
        UnaryOp::SwidenLow | UnaryOp::SwidenHigh | UnaryOp::UwidenLow | UnaryOp::UwidenHigh => {
            let half = from.lanes() / 2;
            let first = match op {
                UnaryOp::SwidenLow | UnaryOp::UwidenLow => 0,
                _ => half,
            };
            let extend = match op {
                UnaryOp::SwidenLow | UnaryOp::SwidenHigh => "sext",
                _ => "zext",
            };
            let part = shuffled(w, from, value, first..first + half)?;
            let lane = types::lane(from.lane());
            w.is(
                result,
                format_args!("{extend} <{half} x {lane}> {part} to {name}"),
            );
        }
        UnaryOp::FvpromoteLow => {
            let part = shuffled(w, from, value, 0..from.lanes() / 2)?;
            let half = from.lanes() / 2;
            let lane = types::lane(from.lane());
            let operand = w.op(format_args!("fpext <{half} x {lane}> {part} to {name}"));
            let operand = w.rounded(ty, operand)?;
            w.set(result, &operand)?;
        }
        UnaryOp::Fvdemote => {
            let (count, lane) = (from.lanes(), types::lane(ty.lane()));
            let half = format!("<{count} x {lane}>");
            let part = w.op(format_args!("fptrunc {from_name} %v{value} to {half}"));
            let mask = types::mask(0..count * 2);
            let operand = w.op(format_args!(
                "shufflevector {half} {part}, {half} zeroinitializer, {mask}"
            ));
            let operand = w.rounded(ty, operand)?;
            w.set(result, &operand)?;
        }
        UnaryOp::X86Cvtt2dq => {
            let least = types::constant(ty, 1 << (ty.lane().bits() - 1));
            let (low, high) = limits(from, ty.lane().bits());
            let truth = types::truth(from);
            let above = w.op(format_args!("fcmp oge {from_name} %v{value}, {low}"));
            let below = w.op(format_args!("fcmp olt {from_name} %v{value}, {high}"));
            let fits = w.op(format_args!("and {truth} {above}, {below}"));
            let (to, of) = (types::suffix(ty), types::suffix(from));
            let intrinsic = format!("llvm.fptosi.sat.{to}.{of}");
            let args = [(from_name.as_str(), format!("%v{value}"))];
            let args = [(args[0].0, args[0].1.as_str())];
            let number = w.intrinsic(&intrinsic, &name, &args);
            w.is(
                result,
                format_args!("select {truth} {fits}, {name} {number}, {name} {least}"),
            );
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// The least signed integer of so many bits, and the first one above them, as constants.
fn limits(ty: Type, bits: u32) -> (String, String) {
    let number = |value: f64| {
        let value = format!("0x{:016X}", value.to_bits());
        types::all(ty, types::lane(ty.lane()), value)
    };
    let limit = 2_f64.powi(bits as i32 - 1);
    (number(-limit), number(limit))
}

/// These lanes of a vector.
fn shuffled(
    w: &mut Writer<'_>,
    ty: Type,
    value: Value,
    lanes: impl IntoIterator<Item = u32>,
) -> Result<String, Diagnostic> {
    let name = types::name(ty)?;
    let mask = types::mask(lanes);
    Ok(w.op(format_args!(
        "shufflevector {name} %v{value}, {name} %v{value}, {mask}"
    )))
}

/// Writes an operation on two vectors; whether it is one.
pub(super) fn binary(
    w: &mut Writer<'_>,
    op: BinaryOp,
    [a, b]: [Value; 2],
    result: Value,
) -> Result<bool, Diagnostic> {
    let (from, ty) = (w.ty(a)?, w.ty(result)?);
    let (from_name, name) = (types::name(from)?, types::name(ty)?);
    match op {
        BinaryOp::Swizzle | BinaryOp::X86Pshufb => swizzle(w, op, [a, b], result)?,
        BinaryOp::Snarrow | BinaryOp::Unarrow | BinaryOp::Uunarrow => {
            let bits = ty.lane().bits();
            let (low, high) = match op {
                BinaryOp::Snarrow => (Some(-(1_i128 << (bits - 1))), (1 << (bits - 1)) - 1),
                BinaryOp::Unarrow => (Some(0), (1 << bits) - 1),
                _ => (None, (1 << bits) - 1),
            };
            let double = wide(ty, bits * 2);
            let mask = types::mask(0..ty.lanes());
            let mut both = w.op(format_args!(
                "shufflevector {from_name} %v{a}, {from_name} %v{b}, {mask}"
            ));
            let wider = types::with_lane(ty, bits * 2)?;
            let high = types::constant(wider, high);
            match low {
                Some(low) => {
                    let low = types::constant(wider, low);
                    both = w.same("smax", wider, &[&both, &low])?;
                    both = w.same("smin", wider, &[&both, &high])?;
                }
                None => both = w.same("umin", wider, &[&both, &high])?,
            }
            w.is(result, format_args!("trunc {double} {both} to {name}"));
        }
        BinaryOp::IaddPairwise => {
            let lanes = ty.lanes();
            let (even, odd) = (types::mask(evens(lanes)), types::mask(odds(lanes)));
            let even = w.op(format_args!(
                "shufflevector {name} %v{a}, {name} %v{b}, {even}"
            ));
            let odd = w.op(format_args!(
                "shufflevector {name} %v{a}, {name} %v{b}, {odd}"
            ));
            w.is(result, format_args!("add {name} {even}, {odd}"));
        }
        BinaryOp::SqmulRoundSat | BinaryOp::X86Pmulhrsw => {
            let bits = ty.lane().bits();
            let wider = types::with_lane(ty, bits * 2)?;
            let double = types::name(wider)?;
            let x = w.op(format_args!("sext {name} %v{a} to {double}"));
            let y = w.op(format_args!("sext {name} %v{b} to {double}"));
            let product = w.op(format_args!("mul {double} {x}, {y}"));
            let half = types::constant(wider, 1 << (bits - 2));
            let sum = w.op(format_args!("add {double} {product}, {half}"));
            let by = types::constant(wider, i128::from(bits) - 1);
            let mut high = w.op(format_args!("ashr {double} {sum}, {by}"));
            if op == BinaryOp::SqmulRoundSat {
                let most = types::constant(wider, (1 << (bits - 1)) - 1);
                high = w.same("smin", wider, &[&high, &most])?;
            }
            w.is(result, format_args!("trunc {double} {high} to {name}"));
        }
        BinaryOp::X86Pmaddubsw => {
            // Signed bytes times unsigned ones, neighbours added.
            let lanes = from.lanes();
            let double = format!("<{lanes} x i32>");
            let x = w.op(format_args!("sext {from_name} %v{a} to {double}"));
            let y = w.op(format_args!("zext {from_name} %v{b} to {double}"));
            let product = w.op(format_args!("mul {double} {x}, {y}"));
            let (even, odd) = (types::mask(evens(lanes / 2)), types::mask(odds(lanes / 2)));
            let even = w.op(format_args!(
                "shufflevector {double} {product}, {double} {product}, {even}"
            ));
            let odd = w.op(format_args!(
                "shufflevector {double} {product}, {double} {product}, {odd}"
            ));
            let wider = types::with_lane(ty, 32)?;
            let wider_name = types::name(wider)?;
            let sum = w.op(format_args!("add {wider_name} {even}, {odd}"));
            let low = types::constant(wider, i16::MIN.into());
            let high = types::constant(wider, i16::MAX.into());
            let sum = w.same("smax", wider, &[&sum, &low])?;
            let sum = w.same("smin", wider, &[&sum, &high])?;
            w.is(result, format_args!("trunc {wider_name} {sum} to {name}"));
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn evens(count: u32) -> impl Iterator<Item = u32> {
    (0..count).map(|lane| lane * 2)
}

fn odds(count: u32) -> impl Iterator<Item = u32> {
    (0..count).map(|lane| lane * 2 + 1)
}

/// Bytes that other bytes choose, one after the other: LLVM has no such instruction for all
/// targets.
fn swizzle(
    w: &mut Writer<'_>,
    op: BinaryOp,
    [bytes, choices]: [Value; 2],
    result: Value,
) -> Result<(), Diagnostic> {
    let ty = w.ty(result)?;
    if ty.lane() != Lane::I8 || w.ty(bytes)? != ty || w.ty(choices)? != ty || ty.lanes() != 16 {
        return Err(broken(format_args!("`{}` takes bytes", op.mnemonic())));
    }
    let name = types::name(ty)?;
    let (low, zero) = (types::constant(ty, 15), types::constant(ty, 0));
    let index = w.op(format_args!("and {name} %v{choices}, {low}"));
    let mut chosen = "zeroinitializer".to_owned();
    for lane in 0..ty.lanes() {
        let at = w.op(format_args!("extractelement {name} {index}, i32 {lane}"));
        let byte = w.op(format_args!("extractelement {name} %v{bytes}, i8 {at}"));
        chosen = w.op(format_args!(
            "insertelement {name} {chosen}, i8 {byte}, i32 {lane}"
        ));
    }
    let there = match op {
        BinaryOp::Swizzle => w.op(format_args!("icmp ule {name} %v{choices}, {low}")),
        _ => w.op(format_args!("icmp sge {name} %v{choices}, {zero}")),
    };
    let truth = types::truth(ty);
    w.is(
        result,
        format_args!("select {truth} {there}, {name} {chosen}, {name} {zero}"),
    );
    Ok(())
}

/// Writes `shuffle`.
pub(super) fn shuffle(
    w: &mut Writer<'_>,
    [a, b]: [Value; 2],
    mask: &[u8],
    result: Value,
) -> Result<(), Diagnostic> {
    let (from, name) = (w.ty(a)?, w.name(result)?);
    if mask.len() != from.bytes() as usize
        || mask.iter().any(|byte| u32::from(*byte) >= 2 * from.bytes())
    {
        return Err(broken("the mask of a `shuffle` does not fit"));
    }
    let from_name = types::name(from)?;
    let bytes = format!("<{} x i8>", from.bytes());
    let x = w.op(format_args!("bitcast {from_name} %v{a} to {bytes}"));
    let y = w.op(format_args!("bitcast {from_name} %v{b} to {bytes}"));
    let mask = types::mask(mask.iter().map(|byte| u32::from(*byte)));
    let chosen = w.op(format_args!(
        "shufflevector {bytes} {x}, {bytes} {y}, {mask}"
    ));
    w.is(result, format_args!("bitcast {bytes} {chosen} to {name}"));
    Ok(())
}

/// Writes `insertlane`.
pub(super) fn insert(
    w: &mut Writer<'_>,
    [vector, value]: [Value; 2],
    lane: u8,
    result: Value,
) -> Result<(), Diagnostic> {
    check(w, vector, lane)?;
    let (name, of) = (w.name(vector)?, w.name(value)?);
    w.is(
        result,
        format_args!("insertelement {name} %v{vector}, {of} %v{value}, i32 {lane}"),
    );
    Ok(())
}

/// Writes `extractlane`.
pub(super) fn extract(
    w: &mut Writer<'_>,
    vector: Value,
    lane: u8,
    result: Value,
) -> Result<(), Diagnostic> {
    check(w, vector, lane)?;
    let name = w.name(vector)?;
    w.is(
        result,
        format_args!("extractelement {name} %v{vector}, i32 {lane}"),
    );
    Ok(())
}

fn check(w: &Writer<'_>, vector: Value, lane: u8) -> Result<(), Diagnostic> {
    match u32::from(lane) < w.ty(vector)?.lanes() {
        true => Ok(()),
        false => Err(broken("a vector has no such lane")),
    }
}

/// A constant: these bytes, little-endian, lane 0 first.
pub(super) fn constant(w: &mut Writer<'_>, bytes: &[u8], result: Value) -> Result<(), Diagnostic> {
    let ty = w.ty(result)?;
    if bytes.len() != ty.bytes() as usize {
        return Err(broken("a constant has another length than its type"));
    }
    let name = types::name(ty)?;
    let list = bytes.iter().map(|byte| format!("i8 {byte}"));
    let list = list.collect::<Vec<_>>().join(", ");
    w.is(
        result,
        format_args!("bitcast <{} x i8> <{list}> to {name}", bytes.len()),
    );
    Ok(())
}
