//! Floats: arithmetic, comparisons, and to and from integers.

use beskid_plugin_api::artifact::{Lane, Type};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tree::{BinaryOp, FloatCondition, TernaryOp, UnaryOp, Value};

use super::integers::answer;
use super::types;
use super::writer::Writer;

/// Writes an operation on one float; whether it is one.
pub(super) fn unary(
    w: &mut Writer<'_>,
    op: UnaryOp,
    value: Value,
    result: Value,
) -> Result<bool, Diagnostic> {
    let ty = w.ty(result)?;
    let (name, from) = (types::name(ty)?, w.name(value)?);
    let v = format!("%v{value}");
    let intrinsic = match op {
        UnaryOp::Sqrt => "sqrt",
        UnaryOp::Ceil => "ceil",
        UnaryOp::Floor => "floor",
        UnaryOp::Trunc => "trunc",
        UnaryOp::Nearest => "nearbyint",
        UnaryOp::Fabs => {
            let operand = w.same("fabs", ty, &[&v])?;
            w.set(result, &operand)?;
            return Ok(true);
        }
        UnaryOp::Fneg => {
            w.is(result, format_args!("fneg {name} {v}"));
            return Ok(true);
        }
        UnaryOp::Fpromote | UnaryOp::Fdemote => {
            let convert = if op == UnaryOp::Fpromote {
                "fpext"
            } else {
                "fptrunc"
            };
            let operand = w.op(format_args!("{convert} {from} {v} to {name}"));
            let operand = w.rounded(ty, operand)?;
            w.set(result, &operand)?;
            return Ok(true);
        }
        UnaryOp::FcvtFromUint => {
            w.is(result, format_args!("uitofp {from} {v} to {name}"));
            return Ok(true);
        }
        UnaryOp::FcvtFromSint => {
            w.is(result, format_args!("sitofp {from} {v} to {name}"));
            return Ok(true);
        }
        UnaryOp::FcvtToUintSat | UnaryOp::FcvtToSintSat => {
            let is_signed = op == UnaryOp::FcvtToSintSat;
            let operand = saturated(w, is_signed, value, ty)?;
            w.set(result, &operand)?;
            return Ok(true);
        }
        UnaryOp::FcvtToUint | UnaryOp::FcvtToSint => {
            to_integer(w, op == UnaryOp::FcvtToSint, value, result)?;
            return Ok(true);
        }
        _ => return Ok(false),
    };
    let operand = w.same(intrinsic, ty, &[&v])?;
    let operand = w.rounded(ty, operand)?;
    w.set(result, &operand)?;
    Ok(true)
}

fn saturated(
    w: &mut Writer<'_>,
    is_signed: bool,
    value: Value,
    ty: Type,
) -> Result<String, Diagnostic> {
    let from = w.ty(value)?;
    let op = if is_signed { "fptosi" } else { "fptoui" };
    let intrinsic = format!(
        "llvm.{op}.sat.{}.{}",
        types::suffix(ty),
        types::suffix(from)
    );
    let (name, from) = (types::name(ty)?, types::name(from)?);
    Ok(w.intrinsic(&intrinsic, &name, &[(&from, &format!("%v{value}"))]))
}

/// A conversion that traps if the integral part does not fit.
fn to_integer(
    w: &mut Writer<'_>,
    is_signed: bool,
    value: Value,
    result: Value,
) -> Result<(), Diagnostic> {
    let (from, ty) = (w.ty(value)?, w.ty(result)?);
    let (from_name, name) = (types::name(from)?, types::name(ty)?);
    let bits = ty.bits() as i32;
    // Bits that every float of the type has behind its highest one.
    let digits = match from.lane() {
        Lane::F16 => 10,
        Lane::F32 => 23,
        Lane::F128 => 112,
        _ => 52,
    };
    let (least, op) = match is_signed {
        true => (-(2_f64.powi(bits - 1)), "fptosi"),
        false => (0.0, "fptoui"),
    };
    // What is cut to the least integer is above the one before it, if there is a float for that.
    let (low, above) = match is_signed && bits - 1 > digits.min(51) {
        true => (least, "oge"),
        false => (least - 1.0, "ogt"),
    };
    let high = 2_f64.powi(bits - i32::from(is_signed));
    let low = constant(w, from, low)?;
    let high = constant(w, from, high)?;
    let low = w.op(format_args!("fcmp {above} {from_name} %v{value}, {low}"));
    let high = w.op(format_args!("fcmp olt {from_name} %v{value}, {high}"));
    let fits = w.op(format_args!("and i1 {low}, {high}"));
    let over = w.op(format_args!("xor i1 {fits}, true"));
    w.trap_if(&over);
    w.is(result, format_args!("{op} {from_name} %v{value} to {name}"));
    Ok(())
}

/// A constant of a float type: the nearest, or infinite.
fn constant(w: &mut Writer<'_>, ty: Type, value: f64) -> Result<String, Diagnostic> {
    let bits = value.to_bits();
    let name = types::name(ty)?;
    let convert = match ty.lane() {
        Lane::F64 => return Ok(format!("0x{bits:016X}")),
        Lane::F128 => "fpext",
        _ => "fptrunc",
    };
    Ok(w.op(format_args!("{convert} double 0x{bits:016X} to {name}")))
}

/// Writes an operation on two floats; whether it is one.
pub(super) fn binary(
    w: &mut Writer<'_>,
    op: BinaryOp,
    [a, b]: [Value; 2],
    result: Value,
) -> Result<bool, Diagnostic> {
    let ty = w.ty(result)?;
    let name = types::name(ty)?;
    let (x, y) = (format!("%v{a}"), format!("%v{b}"));
    let operand = match op {
        BinaryOp::Fadd => w.op(format_args!("fadd {name} {x}, {y}")),
        BinaryOp::Fsub => w.op(format_args!("fsub {name} {x}, {y}")),
        BinaryOp::Fmul => w.op(format_args!("fmul {name} {x}, {y}")),
        BinaryOp::Fdiv => w.op(format_args!("fdiv {name} {x}, {y}")),
        BinaryOp::Fmin => w.same("minimum", ty, &[&x, &y])?,
        BinaryOp::Fmax => w.same("maximum", ty, &[&x, &y])?,
        BinaryOp::Fcopysign => {
            let operand = w.same("copysign", ty, &[&x, &y])?;
            w.set(result, &operand)?;
            return Ok(true);
        }
        _ => return Ok(false),
    };
    let operand = w.rounded(ty, operand)?;
    w.set(result, &operand)?;
    Ok(true)
}

/// Writes `fma`; whether it is that.
pub(super) fn ternary(
    w: &mut Writer<'_>,
    op: TernaryOp,
    [a, b, c]: [Value; 3],
    result: Value,
) -> Result<bool, Diagnostic> {
    if op != TernaryOp::Fma {
        return Ok(false);
    }
    let ty = w.ty(result)?;
    let args = [a, b, c].map(|value| format!("%v{value}"));
    let operand = w.same("fma", ty, &[&args[0], &args[1], &args[2]])?;
    let operand = w.rounded(ty, operand)?;
    w.set(result, &operand)?;
    Ok(true)
}

/// Writes `fcmp`.
pub(super) fn compare(
    w: &mut Writer<'_>,
    condition: FloatCondition,
    [a, b]: [Value; 2],
    result: Value,
) -> Result<(), Diagnostic> {
    let condition = match condition {
        FloatCondition::Ordered => "ord",
        FloatCondition::Unordered => "uno",
        FloatCondition::Equal => "oeq",
        FloatCondition::NotEqual => "une",
        FloatCondition::OrderedNotEqual => "one",
        FloatCondition::UnorderedOrEqual => "ueq",
        FloatCondition::Less => "olt",
        FloatCondition::LessOrEqual => "ole",
        FloatCondition::Greater => "ogt",
        FloatCondition::GreaterOrEqual => "oge",
        FloatCondition::UnorderedOrLess => "ult",
        FloatCondition::UnorderedOrLessOrEqual => "ule",
        FloatCondition::UnorderedOrGreater => "ugt",
        FloatCondition::UnorderedOrGreaterOrEqual => "uge",
    };
    let name = w.name(a)?;
    let truth = w.op(format_args!("fcmp {condition} {name} %v{a}, %v{b}"));
    answer(w, &truth, a, result)
}
