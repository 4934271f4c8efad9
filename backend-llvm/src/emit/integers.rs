//! Integers: arithmetic, bits, comparisons.

use beskid_plugin_api::artifact::Type;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tree::{BinaryOp, IntCondition, TernaryOp, UnaryOp, Value};

use super::types;
use super::writer::Writer;
use crate::refusal::broken;

/// The operator of what LLVM has as an instruction of two operands.
fn operator(op: BinaryOp) -> Option<&'static str> {
    Some(match op {
        BinaryOp::Iadd => "add",
        BinaryOp::Isub => "sub",
        BinaryOp::Imul => "mul",
        _ => return None,
    })
}

/// The intrinsic of what LLVM has as one of two operands.
fn intrinsic(op: BinaryOp) -> Option<&'static str> {
    Some(match op {
        BinaryOp::Smin => "smin",
        BinaryOp::Umin => "umin",
        BinaryOp::Smax => "smax",
        BinaryOp::Umax => "umax",
        BinaryOp::UaddSat => "uadd.sat",
        BinaryOp::SaddSat => "sadd.sat",
        BinaryOp::UsubSat => "usub.sat",
        BinaryOp::SsubSat => "ssub.sat",
        _ => return None,
    })
}

/// The intrinsic that says whether it overflowed.
fn overflow(op: BinaryOp) -> Option<&'static str> {
    Some(match op {
        BinaryOp::UaddOverflow => "uadd",
        BinaryOp::SaddOverflow => "sadd",
        BinaryOp::UsubOverflow => "usub",
        BinaryOp::SsubOverflow => "ssub",
        BinaryOp::UmulOverflow => "umul",
        BinaryOp::SmulOverflow => "smul",
        _ => return None,
    })
}

/// Writes an operation on one integer; whether it is one.
pub(super) fn unary(
    w: &mut Writer<'_>,
    op: UnaryOp,
    value: Value,
    result: Value,
) -> Result<bool, Diagnostic> {
    let ty = w.ty(result)?;
    let name = types::name(ty)?;
    let v = format!("%v{value}");
    let zero = types::constant(ty, 0);
    let operand = match op {
        UnaryOp::Ineg => w.op(format_args!("sub {name} {zero}, {v}")),
        UnaryOp::Iabs => poison_free(w, "abs", ty, &v)?,
        UnaryOp::Bitrev => w.same("bitreverse", ty, &[&v])?,
        UnaryOp::Bswap => w.same("bswap", ty, &[&v])?,
        UnaryOp::Popcnt => w.same("ctpop", ty, &[&v])?,
        UnaryOp::Clz => poison_free(w, "ctlz", ty, &v)?,
        UnaryOp::Ctz => poison_free(w, "cttz", ty, &v)?,
        UnaryOp::Cls => {
            let sign = types::constant(ty, i128::from(ty.lane().bits()) - 1);
            let sign = w.op(format_args!("ashr {name} {v}, {sign}"));
            let differ = w.op(format_args!("xor {name} {v}, {sign}"));
            let count = poison_free(w, "ctlz", ty, &differ)?;
            let one = types::constant(ty, 1);
            w.op(format_args!("sub {name} {count}, {one}"))
        }
        UnaryOp::Bmask => {
            let from = w.ty(value)?;
            let (from_name, zero) = (types::name(from)?, types::constant(from, 0));
            let truth = types::truth(from);
            let set = w.op(format_args!("icmp ne {from_name} {v}, {zero}"));
            w.op(format_args!("sext {truth} {set} to {name}"))
        }
        UnaryOp::Ireduce => w.op(format_args!("trunc {} {v} to {name}", w.name(value)?)),
        UnaryOp::Uextend => w.op(format_args!("zext {} {v} to {name}", w.name(value)?)),
        UnaryOp::Sextend => w.op(format_args!("sext {} {v} to {name}", w.name(value)?)),
        _ => return Ok(false),
    };
    w.set(result, &operand)?;
    Ok(true)
}

/// An intrinsic whose second operand says that the odd case is no poison.
fn poison_free(w: &mut Writer<'_>, op: &str, ty: Type, value: &str) -> Result<String, Diagnostic> {
    let (name, suffix) = (types::name(ty)?, types::suffix(ty));
    let intrinsic = format!("llvm.{op}.{suffix}");
    Ok(w.intrinsic(&intrinsic, &name, &[(&name, value), ("i1", "false")]))
}

/// Writes an operation on two integers; whether it is one.
pub(super) fn binary(
    w: &mut Writer<'_>,
    op: BinaryOp,
    [a, b]: [Value; 2],
    result: Value,
) -> Result<bool, Diagnostic> {
    let ty = w.ty(result)?;
    let name = types::name(ty)?;
    let (x, y) = (format!("%v{a}"), format!("%v{b}"));
    if let Some(operator) = operator(op) {
        w.is(result, format_args!("{operator} {name} {x}, {y}"));
        return Ok(true);
    }
    if let Some(intrinsic) = intrinsic(op) {
        let operand = w.same(intrinsic, ty, &[&x, &y])?;
        w.set(result, &operand)?;
        return Ok(true);
    }
    if let Some(intrinsic) = overflow(op) {
        let (sum, flag) = overflowing(w, intrinsic, ty, &x, &y)?;
        w.set(result, &sum)?;
        w.is(result + 1, format_args!("zext i1 {flag} to i8"));
        return Ok(true);
    }
    match op {
        BinaryOp::Udiv => {
            trap_if_zero(w, &name, b);
            w.is(result, format_args!("udiv {name} {x}, {y}"));
        }
        BinaryOp::Urem => {
            trap_if_zero(w, &name, b);
            w.is(result, format_args!("urem {name} {x}, {y}"));
        }
        BinaryOp::Sdiv => {
            trap_if_zero(w, &name, b);
            let least = types::constant(ty, 1 << (ty.bits() - 1));
            let least = w.op(format_args!("icmp eq {name} {x}, {least}"));
            let minus = w.op(format_args!("icmp eq {name} {y}, -1"));
            let over = w.op(format_args!("and i1 {least}, {minus}"));
            w.trap_if(&over);
            w.is(result, format_args!("sdiv {name} {x}, {y}"));
        }
        BinaryOp::Srem => {
            trap_if_zero(w, &name, b);
            // By -1 as by 1 the remainder is 0, and no quotient overflows.
            let minus = w.op(format_args!("icmp eq {name} {y}, -1"));
            let by = w.op(format_args!("select i1 {minus}, {name} 1, {name} {y}"));
            w.is(result, format_args!("srem {name} {x}, {by}"));
        }
        BinaryOp::Umulhi | BinaryOp::Smulhi => {
            let extend = if op == BinaryOp::Umulhi {
                "zext"
            } else {
                "sext"
            };
            let bits = ty.lane().bits();
            let double = wide(ty, bits * 2);
            let x = w.op(format_args!("{extend} {name} {x} to {double}"));
            let y = w.op(format_args!("{extend} {name} {y} to {double}"));
            let product = w.op(format_args!("mul {double} {x}, {y}"));
            let half = types::all(ty, &format!("i{}", bits * 2), bits);
            let high = w.op(format_args!("lshr {double} {product}, {half}"));
            w.is(result, format_args!("trunc {double} {high} to {name}"));
        }
        BinaryOp::AvgRound => {
            let bits = ty.lane().bits();
            let double = wide(ty, bits * 2);
            let one = types::all(ty, &format!("i{}", bits * 2), 1);
            let x = w.op(format_args!("zext {name} {x} to {double}"));
            let y = w.op(format_args!("zext {name} {y} to {double}"));
            let sum = w.op(format_args!("add {double} {x}, {y}"));
            let sum = w.op(format_args!("add {double} {sum}, {one}"));
            let half = w.op(format_args!("lshr {double} {sum}, {one}"));
            w.is(result, format_args!("trunc {double} {half} to {name}"));
        }
        BinaryOp::Ishl | BinaryOp::Ushr | BinaryOp::Sshr | BinaryOp::Rotl | BinaryOp::Rotr => {
            let amount = amount(w, ty, b)?;
            match op {
                BinaryOp::Ishl => w.is(result, format_args!("shl {name} {x}, {amount}")),
                BinaryOp::Ushr => w.is(result, format_args!("lshr {name} {x}, {amount}")),
                BinaryOp::Sshr => w.is(result, format_args!("ashr {name} {x}, {amount}")),
                _ => {
                    let shift = if op == BinaryOp::Rotl { "fshl" } else { "fshr" };
                    let operand = w.same(shift, ty, &[&x, &x, &amount])?;
                    w.set(result, &operand)?;
                }
            }
        }
        BinaryOp::Iconcat => {
            let half = w.ty(a)?;
            let half_name = types::name(half)?;
            let low = w.op(format_args!("zext {half_name} {x} to {name}"));
            let high = w.op(format_args!("zext {half_name} {y} to {name}"));
            let high = w.op(format_args!("shl {name} {high}, {}", half.bits()));
            w.is(result, format_args!("or {name} {high}, {low}"));
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Integers of so many bits, as many as the type has lanes.
pub(super) fn wide(ty: Type, bits: u32) -> String {
    match ty.is_vector() {
        true => format!("<{} x i{bits}>", ty.lanes()),
        false => format!("i{bits}"),
    }
}

fn trap_if_zero(w: &mut Writer<'_>, name: &str, value: Value) {
    let zero = w.op(format_args!("icmp eq {name} %v{value}, 0"));
    w.trap_if(&zero);
}

/// Result and `i1` of an operation that may overflow.
fn overflowing(
    w: &mut Writer<'_>,
    op: &str,
    ty: Type,
    x: &str,
    y: &str,
) -> Result<(String, String), Diagnostic> {
    let (name, suffix) = (types::name(ty)?, types::suffix(ty));
    let pair = format!("{{ {name}, i1 }}");
    let intrinsic = format!("llvm.{op}.with.overflow.{suffix}");
    let both = w.intrinsic(&intrinsic, &pair, &[(&name, x), (&name, y)]);
    let value = w.op(format_args!("extractvalue {pair} {both}, 0"));
    let flag = w.op(format_args!("extractvalue {pair} {both}, 1"));
    Ok((value, flag))
}

/// The amount of a shift, modulo the bits of a lane, in every lane.
fn amount(w: &mut Writer<'_>, ty: Type, by: Value) -> Result<String, Diagnostic> {
    let from = w.ty(by)?;
    let lane = ty.lane_type();
    let (from_name, lane_name) = (types::name(from)?, types::name(lane)?);
    let mask = types::constant(from, i128::from(lane.bits()) - 1);
    let masked = w.op(format_args!("and {from_name} %v{by}, {mask}"));
    if from.is_vector() {
        return Ok(masked);
    }
    let amount = match from.bits().cmp(&lane.bits()) {
        std::cmp::Ordering::Less => w.op(format_args!("zext {from_name} {masked} to {lane_name}")),
        std::cmp::Ordering::Equal => masked,
        std::cmp::Ordering::Greater => {
            w.op(format_args!("trunc {from_name} {masked} to {lane_name}"))
        }
    };
    match ty.is_vector() {
        true => splat(w, ty, &amount),
        false => Ok(amount),
    }
}

/// A scalar in every lane of a vector.
pub(super) fn splat(w: &mut Writer<'_>, ty: Type, scalar: &str) -> Result<String, Diagnostic> {
    let (name, lane) = (types::name(ty)?, types::name(ty.lane_type())?);
    let first = w.op(format_args!(
        "insertelement {name} zeroinitializer, {lane} {scalar}, i32 0"
    ));
    let mask = types::mask((0..ty.lanes()).map(|_| 0));
    Ok(w.op(format_args!(
        "shufflevector {name} {first}, {name} {first}, {mask}"
    )))
}

/// Writes an addition or subtraction with a third operand; whether it is one.
pub(super) fn carried(
    w: &mut Writer<'_>,
    op: TernaryOp,
    [a, b, carry]: [Value; 3],
    result: Value,
) -> Result<bool, Diagnostic> {
    // Two overflows of signed numbers in a row undo one another.
    let (intrinsic, both) = match op {
        TernaryOp::UaddOverflowCin => ("uadd", "or"),
        TernaryOp::SaddOverflowCin => ("sadd", "xor"),
        TernaryOp::UsubOverflowBin => ("usub", "or"),
        TernaryOp::SsubOverflowBin => ("ssub", "xor"),
        _ => return Ok(false),
    };
    let ty = w.ty(result)?;
    let name = types::name(ty)?;
    let carry = w.truth(carry)?;
    let carry = w.op(format_args!("zext i1 {carry} to {name}"));
    let (sum, first) = overflowing(w, intrinsic, ty, &format!("%v{a}"), &format!("%v{b}"))?;
    let (sum, second) = overflowing(w, intrinsic, ty, &sum, &carry)?;
    let flag = w.op(format_args!("{both} i1 {first}, {second}"));
    w.set(result, &sum)?;
    w.is(result + 1, format_args!("zext i1 {flag} to i8"));
    Ok(true)
}

/// Writes `uadd_overflow_trap`.
pub(super) fn add_or_trap(
    w: &mut Writer<'_>,
    [a, b]: [Value; 2],
    result: Value,
) -> Result<(), Diagnostic> {
    let ty = w.ty(result)?;
    let (sum, flag) = overflowing(w, "uadd", ty, &format!("%v{a}"), &format!("%v{b}"))?;
    w.trap_if(&flag);
    w.set(result, &sum)
}

/// Writes `isplit`.
pub(super) fn split(w: &mut Writer<'_>, value: Value, low: Value) -> Result<(), Diagnostic> {
    let (whole, half) = (w.ty(value)?, w.ty(low)?);
    if whole.bits() != half.bits() * 2 {
        return Err(broken("`isplit` does not give halves"));
    }
    let (name, half_name) = (types::name(whole)?, types::name(half)?);
    w.is(low, format_args!("trunc {name} %v{value} to {half_name}"));
    let high = w.op(format_args!("lshr {name} %v{value}, {}", half.bits()));
    w.is(low + 1, format_args!("trunc {name} {high} to {half_name}"));
    Ok(())
}

/// Writes `icmp`.
pub(super) fn compare(
    w: &mut Writer<'_>,
    condition: IntCondition,
    [a, b]: [Value; 2],
    result: Value,
) -> Result<(), Diagnostic> {
    let condition = match condition {
        IntCondition::Equal => "eq",
        IntCondition::NotEqual => "ne",
        IntCondition::SignedLess => "slt",
        IntCondition::SignedGreaterOrEqual => "sge",
        IntCondition::SignedGreater => "sgt",
        IntCondition::SignedLessOrEqual => "sle",
        IntCondition::UnsignedLess => "ult",
        IntCondition::UnsignedGreaterOrEqual => "uge",
        IntCondition::UnsignedGreater => "ugt",
        IntCondition::UnsignedLessOrEqual => "ule",
    };
    let name = w.name(a)?;
    let truth = w.op(format_args!("icmp {condition} {name} %v{a}, %v{b}"));
    answer(w, &truth, a, result)
}

/// The result of a comparison: 1 or 0, of vectors all ones or zeroes.
pub(super) fn answer(
    w: &mut Writer<'_>,
    truth: &str,
    compared: Value,
    result: Value,
) -> Result<(), Diagnostic> {
    let (from, name) = (w.ty(compared)?, w.name(result)?);
    let extend = if from.is_vector() { "sext" } else { "zext" };
    let of = types::truth(from);
    w.is(result, format_args!("{extend} {of} {truth} to {name}"));
    Ok(())
}
