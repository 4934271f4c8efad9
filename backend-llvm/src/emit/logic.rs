//! Bits of any type, and choices.

use beskid_plugin_api::artifact::{Endianness, MemoryFlags};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tree::{BinaryOp, TernaryOp, UnaryOp, Value};

use super::types;
use super::writer::Writer;
use crate::refusal::unsupported;

/// The bits of a value, as integers.
fn bits(w: &mut Writer<'_>, value: Value) -> Result<String, Diagnostic> {
    let ty = w.ty(value)?;
    let (name, bits) = (types::name(ty)?, types::name(types::bits(ty)?)?);
    Ok(w.op(format_args!("bitcast {name} %v{value} to {bits}")))
}

/// A value has these bits.
fn set(w: &mut Writer<'_>, result: Value, operand: &str) -> Result<(), Diagnostic> {
    let ty = w.ty(result)?;
    let (name, bits) = (types::name(ty)?, types::name(types::bits(ty)?)?);
    w.is(result, format_args!("bitcast {bits} {operand} to {name}"));
    Ok(())
}

/// Writes `bnot`; whether it is that.
pub(super) fn unary(
    w: &mut Writer<'_>,
    op: UnaryOp,
    value: Value,
    result: Value,
) -> Result<bool, Diagnostic> {
    if op != UnaryOp::Bnot {
        return Ok(false);
    }
    let ty = types::bits(w.ty(result)?)?;
    let operand = bits(w, value)?;
    let (name, ones) = (types::name(ty)?, types::constant(ty, -1));
    let operand = w.op(format_args!("xor {name} {operand}, {ones}"));
    set(w, result, &operand)?;
    Ok(true)
}

/// Writes `band`, `bor` or `bxor`; whether it is one.
pub(super) fn binary(
    w: &mut Writer<'_>,
    op: BinaryOp,
    [a, b]: [Value; 2],
    result: Value,
) -> Result<bool, Diagnostic> {
    let operator = match op {
        BinaryOp::Band => "and",
        BinaryOp::Bor => "or",
        BinaryOp::Bxor => "xor",
        _ => return Ok(false),
    };
    let ty = types::name(types::bits(w.ty(result)?)?)?;
    let (x, y) = (bits(w, a)?, bits(w, b)?);
    let operand = w.op(format_args!("{operator} {ty} {x}, {y}"));
    set(w, result, &operand)?;
    Ok(true)
}

/// Writes a choice; whether it is one.
pub(super) fn ternary(
    w: &mut Writer<'_>,
    op: TernaryOp,
    [a, b, c]: [Value; 3],
    result: Value,
) -> Result<bool, Diagnostic> {
    let ty = w.ty(result)?;
    let name = types::name(ty)?;
    match op {
        TernaryOp::Select | TernaryOp::SelectSpectreGuard => {
            let mut condition = w.truth(a)?;
            let mut hint = "";
            if op == TernaryOp::SelectSpectreGuard {
                // LLVM does not see what it is, and so makes no branch of the choice.
                let hidden = w.op(format_args!("zext i1 {condition} to i8"));
                let hidden = w.op(format_args!("call i8 asm \"\", \"=r,0\"(i8 {hidden})"));
                condition = w.op(format_args!("icmp ne i8 {hidden}, 0"));
                hint = ", !unpredictable !1";
            }
            w.is(
                result,
                format_args!("select i1 {condition}, {name} %v{b}, {name} %v{c}{hint}"),
            );
        }
        TernaryOp::Bitselect => {
            let ty = types::bits(ty)?;
            let (name, ones) = (types::name(ty)?, types::constant(ty, -1));
            let (mask, yes, no) = (bits(w, a)?, bits(w, b)?, bits(w, c)?);
            let yes = w.op(format_args!("and {name} {yes}, {mask}"));
            let rest = w.op(format_args!("xor {name} {mask}, {ones}"));
            let no = w.op(format_args!("and {name} {no}, {rest}"));
            let both = w.op(format_args!("or {name} {yes}, {no}"));
            set(w, result, &both)?;
        }
        TernaryOp::Blendv => {
            let of = w.ty(a)?;
            let lanes = types::bits(of)?;
            let (lanes, zero) = (types::name(lanes)?, types::constant(lanes, 0));
            let mask = bits(w, a)?;
            let truth = types::truth(of);
            let chosen = w.op(format_args!("icmp slt {lanes} {mask}, {zero}"));
            w.is(
                result,
                format_args!("select {truth} {chosen}, {name} %v{b}, {name} %v{c}"),
            );
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Writes `bitcast`.
pub(super) fn bitcast(
    w: &mut Writer<'_>,
    flags: MemoryFlags,
    value: Value,
    result: Value,
) -> Result<(), Diagnostic> {
    let (from, to) = (w.ty(value)?, w.ty(result)?);
    if from.log2_lanes() != to.log2_lanes() && flags.order == Some(Endianness::Big) {
        return Err(unsupported("`bitcast big` between different lanes"));
    }
    let (from, to) = (types::name(from)?, types::name(to)?);
    w.is(result, format_args!("bitcast {from} %v{value} to {to}"));
    Ok(())
}
