//! Atomic accesses.

use beskid_plugin_api::artifact::{Endianness, MemoryFlags, Type};
use beskid_plugin_api::backend::OutputForm;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tree::{AtomicOperation, Value};

use super::memory::{ordered, pointer};
use super::types;
use super::unit::Unit;
use super::writer::Writer;
use crate::refusal::unsupported;
use crate::target::Architecture;

/// The type of an atomic access.
fn accessed(w: &Writer<'_>, ty: Type) -> Result<String, Diagnostic> {
    if !ty.is_int() || ty.bits() > 64 && !has_wide(w.unit) {
        let target = &w.unit.machine.written;
        let what = format_args!("atomic accesses of type `{ty}` for `{target}`");
        return Err(unsupported(what));
    }
    types::name(ty)
}

/// Whether there are atomic accesses of 128 bits: not every processor for which objects are
/// made has them, but this one may.
fn has_wide(unit: &Unit<'_>) -> bool {
    match unit.machine.architecture {
        Architecture::Aarch64 => true,
        Architecture::Riscv64 => false,
        Architecture::X86_64 => {
            #[cfg(target_arch = "x86_64")]
            let is_here = std::arch::is_x86_feature_detected!("cmpxchg16b");
            #[cfg(not(target_arch = "x86_64"))]
            let is_here = false;
            is_here && unit.request.output == OutputForm::Session
        }
    }
}

/// Writes `atomic_load`.
pub(super) fn load(
    w: &mut Writer<'_>,
    flags: MemoryFlags,
    address: Value,
    result: Value,
) -> Result<(), Diagnostic> {
    let ty = w.ty(result)?;
    let (name, align) = (accessed(w, ty)?, ty.bytes());
    let pointer = pointer(w, address, 0);
    let operand = w.op(format_args!(
        "load atomic {name}, ptr {pointer} seq_cst, align {align}"
    ));
    let operand = ordered(w, ty, flags, operand)?;
    w.set(result, &operand)
}

/// Writes `atomic_store`.
pub(super) fn store(
    w: &mut Writer<'_>,
    flags: MemoryFlags,
    value: Value,
    address: Value,
) -> Result<(), Diagnostic> {
    let ty = w.ty(value)?;
    let (name, align) = (accessed(w, ty)?, ty.bytes());
    let operand = ordered(w, ty, flags, format!("%v{value}"))?;
    let pointer = pointer(w, address, 0);
    w.line(format_args!(
        "store atomic {name} {operand}, ptr {pointer} seq_cst, align {align}"
    ));
    Ok(())
}

/// Writes `atomic_rmw`.
pub(super) fn update(
    w: &mut Writer<'_>,
    flags: MemoryFlags,
    operation: AtomicOperation,
    [address, value]: [Value; 2],
    result: Value,
) -> Result<(), Diagnostic> {
    let ty = w.ty(result)?;
    let name = accessed(w, ty)?;
    let (operation, in_any_order) = match operation {
        AtomicOperation::Add => ("add", false),
        AtomicOperation::Sub => ("sub", false),
        AtomicOperation::And => ("and", true),
        AtomicOperation::Nand => ("nand", true),
        AtomicOperation::Or => ("or", true),
        AtomicOperation::Xor => ("xor", true),
        AtomicOperation::Exchange => ("xchg", true),
        AtomicOperation::UnsignedMin => ("umin", false),
        AtomicOperation::UnsignedMax => ("umax", false),
        AtomicOperation::SignedMin => ("min", false),
        AtomicOperation::SignedMax => ("max", false),
    };
    let is_swapped = flags.order == Some(Endianness::Big) && ty != Type::I8;
    if is_swapped && !in_any_order {
        return swapped_update(w, operation, [address, value], result);
    }
    let operand = ordered(w, ty, flags, format!("%v{value}"))?;
    let pointer = pointer(w, address, 0);
    let before = w.op(format_args!(
        "atomicrmw {operation} ptr {pointer}, {name} {operand} seq_cst, align {}",
        ty.bytes()
    ));
    let before = ordered(w, ty, flags, before)?;
    w.set(result, &before)
}

/// Writes an `atomic_rmw` that needs numbers, of which memory has the bytes the other way
/// round: a loop until nobody else was there in between.
fn swapped_update(
    w: &mut Writer<'_>,
    operation: &str,
    [address, value]: [Value; 2],
    result: Value,
) -> Result<(), Diagnostic> {
    let ty = w.ty(result)?;
    let (name, align) = (types::name(ty)?, ty.bytes());
    let pointer = pointer(w, address, 0);
    let [again, done] = [(); 2].map(|()| w.fresh_label());
    let first = w.op(format_args!(
        "load atomic {name}, ptr {pointer} seq_cst, align {align}"
    ));
    let (before, seen) = (w.label.clone(), w.fresh_label());
    w.line(format_args!("br label %{again}"));
    w.begin(again.clone());
    let there = w.op(format_args!(
        "phi {name} [ {first}, %{before} ], [ %{seen}, %{again} ]"
    ));
    let old = w.same("bswap", ty, &[&there])?;
    let operand = format!("%v{value}");
    let new = match operation {
        "add" | "sub" => w.op(format_args!("{operation} {name} {old}, {operand}")),
        _ => {
            let operation = match operation {
                "min" => "smin",
                "max" => "smax",
                other => other,
            };
            w.same(operation, ty, &[&old, &operand])?
        }
    };
    let new = w.same("bswap", ty, &[&new])?;
    let both = w.op(format_args!(
        "cmpxchg ptr {pointer}, {name} {there}, {name} {new} seq_cst seq_cst, align {align}"
    ));
    let pair = format!("{{ {name}, i1 }}");
    w.line(format_args!("%{seen} = extractvalue {pair} {both}, 0"));
    let is_done = w.op(format_args!("extractvalue {pair} {both}, 1"));
    w.line(format_args!(
        "br i1 {is_done}, label %{done}, label %{again}"
    ));
    w.begin(done);
    w.set(result, &old)
}

/// Writes `atomic_cas`.
pub(super) fn compare_exchange(
    w: &mut Writer<'_>,
    flags: MemoryFlags,
    [address, expected, replacement]: [Value; 3],
    result: Value,
) -> Result<(), Diagnostic> {
    let ty = w.ty(result)?;
    let name = accessed(w, ty)?;
    let expected = ordered(w, ty, flags, format!("%v{expected}"))?;
    let replacement = ordered(w, ty, flags, format!("%v{replacement}"))?;
    let pointer = pointer(w, address, 0);
    let both = w.op(format_args!(
        "cmpxchg ptr {pointer}, {name} {expected}, {name} {replacement} seq_cst seq_cst, align {}",
        ty.bytes()
    ));
    let before = w.op(format_args!("extractvalue {{ {name}, i1 }} {both}, 0"));
    let before = ordered(w, ty, flags, before)?;
    w.set(result, &before)
}
