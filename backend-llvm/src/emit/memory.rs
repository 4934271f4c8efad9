//! Loads, stores, and addresses.

use beskid_plugin_api::artifact::{
    Endianness, GlobalValue, Lane, MemoryFlags, NameRef, Purpose, Type,
};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tree::{LoadOp, StoreOp, Value};

use super::types;
use super::writer::Writer;
use crate::refusal::{broken, unsupported};

/// How a load widens what it reads.
struct Read {
    /// What is read.
    ty: Type,
    /// `zext` or `sext`; `None`: it is not widened.
    extend: Option<&'static str>,
}

fn read(op: LoadOp, result: Type) -> Result<Read, Diagnostic> {
    let vector = |lane, log2| {
        let ty = Type::vector(lane, log2, false);
        ty.ok_or_else(|| broken("a vector has too many lanes"))
    };
    let (ty, extend) = match op {
        LoadOp::Load => (result, None),
        LoadOp::Uload8 => (Type::I8, Some("zext")),
        LoadOp::Sload8 => (Type::I8, Some("sext")),
        LoadOp::Uload16 => (Type::I16, Some("zext")),
        LoadOp::Sload16 => (Type::I16, Some("sext")),
        LoadOp::Uload32 => (Type::I32, Some("zext")),
        LoadOp::Sload32 => (Type::I32, Some("sext")),
        LoadOp::Uload8x8 => (vector(Lane::I8, 3)?, Some("zext")),
        LoadOp::Sload8x8 => (vector(Lane::I8, 3)?, Some("sext")),
        LoadOp::Uload16x4 => (vector(Lane::I16, 2)?, Some("zext")),
        LoadOp::Sload16x4 => (vector(Lane::I16, 2)?, Some("sext")),
        LoadOp::Uload32x2 => (vector(Lane::I32, 1)?, Some("zext")),
        LoadOp::Sload32x2 => (vector(Lane::I32, 1)?, Some("sext")),
        other => return Err(crate::refusal::unknown(other.mnemonic())),
    };
    Ok(Read { ty, extend })
}

/// Writes a load.
pub(super) fn load(
    w: &mut Writer<'_>,
    op: LoadOp,
    flags: MemoryFlags,
    (address, offset): (Value, i32),
    result: Value,
) -> Result<(), Diagnostic> {
    let ty = w.ty(result)?;
    let read = read(op, ty)?;
    let pointer = pointer(w, address, i64::from(offset));
    // A load that nobody uses may still be there to trap.
    let unused = w.uses.get(result as usize) == Some(&0);
    let is_kept = flags.trap.is_some() && unused;
    let mut operand = load_from(w, read.ty, flags, &pointer, is_kept)?;
    if w.stack.contains_key(&address) {
        // What nobody has written there is anything, but one thing.
        operand = w.op(format_args!("freeze {} {operand}", types::name(read.ty)?));
    }
    if let Some(extend) = read.extend.filter(|_| read.ty != ty) {
        let (from, to) = (types::name(read.ty)?, types::name(ty)?);
        w.is(result, format_args!("{extend} {from} {operand} to {to}"));
        return Ok(());
    }
    w.set(result, &operand)
}

fn load_from(
    w: &mut Writer<'_>,
    ty: Type,
    flags: MemoryFlags,
    pointer: &str,
    is_kept: bool,
) -> Result<String, Diagnostic> {
    let (name, align) = (types::name(ty)?, align(ty, flags));
    let volatile = if is_kept { "volatile " } else { "" };
    let operand = w.op(format_args!(
        "load {volatile}{name}, ptr {pointer}, align {align}"
    ));
    ordered(w, ty, flags, operand)
}

/// Writes a store.
pub(super) fn store(
    w: &mut Writer<'_>,
    op: StoreOp,
    flags: MemoryFlags,
    value: Value,
    (address, offset): (Value, i32),
) -> Result<(), Diagnostic> {
    let from = w.ty(value)?;
    let ty = match op {
        StoreOp::Store => from,
        StoreOp::Istore8 => Type::I8,
        StoreOp::Istore16 => Type::I16,
        StoreOp::Istore32 => Type::I32,
        other => return Err(crate::refusal::unknown(other.mnemonic())),
    };
    let name = types::name(ty)?;
    let mut operand = format!("%v{value}");
    if ty != from {
        operand = w.op(format_args!(
            "trunc {} {operand} to {name}",
            types::name(from)?
        ));
    }
    let operand = ordered(w, ty, flags, operand)?;
    let (pointer, align) = (pointer(w, address, i64::from(offset)), align(ty, flags));
    w.line(format_args!(
        "store {name} {operand}, ptr {pointer}, align {align}"
    ));
    Ok(())
}

fn align(ty: Type, flags: MemoryFlags) -> u32 {
    if flags.aligned { ty.bytes() } else { 1 }
}

/// A value in the byte order of the flags; every target's own is little-endian.
pub(super) fn ordered(
    w: &mut Writer<'_>,
    ty: Type,
    flags: MemoryFlags,
    operand: String,
) -> Result<String, Diagnostic> {
    if flags.order != Some(Endianness::Big) || ty == Type::I8 {
        return Ok(operand);
    }
    if ty.is_vector() {
        return Err(unsupported("vectors in memory of the other byte order"));
    }
    let bits = types::bits(ty)?;
    let (name, bits_name) = (types::name(ty)?, types::name(bits)?);
    let operand = w.op(format_args!("bitcast {name} {operand} to {bits_name}"));
    let operand = w.same("bswap", bits, &[&operand])?;
    Ok(w.op(format_args!("bitcast {bits_name} {operand} to {name}")))
}

/// An address plus a number of bytes, as a pointer.
pub(super) fn pointer(w: &mut Writer<'_>, address: Value, offset: i64) -> String {
    let base = match w.stack.get(&address) {
        Some(base) => base.clone(),
        None => w.op(format_args!("inttoptr i64 %v{address} to ptr")),
    };
    match offset {
        0 => base,
        _ => w.op(format_args!("getelementptr i8, ptr {base}, i64 {offset}")),
    }
}

/// Writes `stack_addr`.
pub(super) fn stack_address(w: &mut Writer<'_>, slot: u32, offset: i32, result: Value) {
    let base = w.op(format_args!("getelementptr i8, ptr %k{slot}, i64 {offset}"));
    w.is(result, format_args!("ptrtoint ptr {base} to i64"));
    w.stack.insert(result, base);
}

/// Writes `symbol_value`.
pub(super) fn global_value(
    w: &mut Writer<'_>,
    index: u32,
    result: Value,
) -> Result<(), Diagnostic> {
    let operand = global(w, index)?;
    w.set(result, &operand)
}

fn global(w: &mut Writer<'_>, index: u32) -> Result<String, Diagnostic> {
    let value = w.tree.body().global_values.get(index as usize);
    match value.ok_or_else(|| broken("a global value is not there"))? {
        GlobalValue::VmContext => {
            let mut params = w.signature.params.iter();
            let index = params.position(|param| param.purpose == Purpose::VmContext);
            let index = index.ok_or_else(|| broken("nobody passes the context"))?;
            Ok(format!("%a{index}"))
        }
        GlobalValue::Load {
            base,
            offset,
            ty,
            flags,
        } => {
            let base = global(w, *base)?;
            let flags = MemoryFlags::unpack(*flags);
            let flags = flags.ok_or_else(|| broken("a byte order is none"))?;
            let base = w.op(format_args!("inttoptr i64 {base} to ptr"));
            let at = w.op(format_args!("getelementptr i8, ptr {base}, i64 {offset}"));
            load_from(w, *ty, flags, &at, false)
        }
        GlobalValue::AddImm { base, offset, ty } => {
            let base = global(w, *base)?;
            let name = types::name(*ty)?;
            let offset = types::constant(*ty, (*offset).into());
            Ok(w.op(format_args!("add {name} {base}, {offset}")))
        }
        GlobalValue::Symbol {
            name, offset, tls, ..
        } => {
            let pointer = match tls {
                true => thread_local(w, name)?,
                false => w.unit.address(name)?.0,
            };
            let address = w.op(format_args!("ptrtoint ptr {pointer} to i64"));
            Ok(match offset {
                0 => address,
                _ => w.op(format_args!("add i64 {address}, {offset}")),
            })
        }
        GlobalValue::DynamicScale { .. } => Err(unsupported("vectors of scalable length")),
    }
}

/// This thread's copy of a symbol.
fn thread_local(w: &mut Writer<'_>, name: &NameRef) -> Result<String, Diagnostic> {
    let key = match name {
        NameRef::Symbol(id) if w.unit.emulates_threads() => w.unit.thread_key(*id),
        _ => {
            let (pointer, _) = w.unit.address(name)?;
            let args = [("ptr", pointer.as_str())];
            return Ok(w.intrinsic("llvm.threadlocal.address.p0", "ptr", &args));
        }
    };
    let routine = w.unit.outside("__emutls_get_address", "ptr", "ptr");
    Ok(w.op(format_args!("call ptr {routine}(ptr {key}) #1")))
}
