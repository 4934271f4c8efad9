//! Calls, and what they give back.

use std::ops::Range;

use beskid_plugin_api::artifact::{CallConv, NameRef, Purpose, Signature};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tree::Value;

use super::types;
use super::unit::{FunctionType, in_halves};
use super::writer::Writer;
use crate::refusal::{broken, unsupported};
use crate::target::Architecture;

/// Most results of a tail call, of each class, so that they are in registers.
const MOST_TAIL_RESULTS: u32 = 2;

/// The pointer through which a name is called by this type. Where the callee was declared
/// with another one, LLVM must not see whom it calls: it would take the difference for a
/// promise that the call never happens.
pub(super) fn callee(
    w: &mut Writer<'_>,
    name: &NameRef,
    ty: &FunctionType,
) -> Result<String, Diagnostic> {
    let (pointer, declared) = w.unit.address(name)?;
    if declared.as_ref() == Some(ty) {
        return Ok(pointer);
    }
    Ok(w.op(format_args!("call ptr asm \"\", \"=r,0\"(ptr {pointer})")))
}

/// The pointer of an address.
pub(super) fn indirect(w: &mut Writer<'_>, address: Value) -> String {
    w.op(format_args!("inttoptr i64 %v{address} to ptr"))
}

pub(super) fn arguments(
    w: &mut Writer<'_>,
    signature: &Signature,
    ty: &FunctionType,
    values: &[Value],
) -> Result<String, Diagnostic> {
    if signature.params.len() != values.len() {
        return Err(broken(
            "a call has another number of arguments than its signature",
        ));
    }
    let mut arguments = Vec::with_capacity(ty.params.len());
    for (param, value) in signature.params.iter().zip(values) {
        match param.purpose {
            Purpose::StructReturn | Purpose::StructArgument(_) => {
                arguments.push(indirect(w, *value));
            }
            _ if in_halves(signature, param) => {
                arguments.push(w.op(format_args!("trunc i128 %v{value} to i64")));
                let high = w.op(format_args!("lshr i128 %v{value}, 64"));
                arguments.push(w.op(format_args!("trunc i128 {high} to i64")));
            }
            Purpose::Normal | Purpose::VmContext => arguments.push(format!("%v{value}")),
        }
    }
    let arguments = ty.params.iter().zip(arguments);
    let arguments = arguments.map(|(ty, operand)| format!("{ty} {operand}"));
    let arguments = arguments.collect::<Vec<_>>();
    Ok(arguments.join(", "))
}

/// Writes a call.
pub(super) fn call(
    w: &mut Writer<'_>,
    pointer: &str,
    signature: &Signature,
    values: &[Value],
    results: Range<Value>,
) -> Result<(), Diagnostic> {
    let ty = w.unit.function_type(signature)?;
    let arguments = arguments(w, signature, &ty, values)?;
    let call = format!("call {} {pointer}({arguments}) #1", ty.of_call());
    match results.len() {
        0 => w.line(call),
        1 => w.is(results.start, call),
        _ => {
            let all = w.op(call);
            for (index, value) in results.enumerate() {
                w.is(
                    value,
                    format_args!("extractvalue {} {all}, {index}", ty.result),
                );
            }
        }
    }
    Ok(())
}

/// Writes a call in place of a return.
pub(super) fn tail_call(
    w: &mut Writer<'_>,
    pointer: &str,
    signature: &Signature,
    values: &[Value],
) -> Result<(), Diagnostic> {
    let own = w.signature;
    if signature.call_conv != CallConv::Tail || own.call_conv != CallConv::Tail {
        return Err(unsupported("tail calls by another convention than `tail`"));
    }
    if w.unit.machine.architecture == Architecture::Riscv64 {
        let target = &w.unit.machine.written;
        return Err(unsupported(format_args!("tail calls for `{target}`")));
    }
    let [mut words, mut floats] = [0; 2];
    for result in &signature.returns {
        match result.ty.is_int() {
            true => words += result.ty.bits().div_ceil(64),
            false => floats += 1,
        }
    }
    if words > MOST_TAIL_RESULTS || floats > MOST_TAIL_RESULTS {
        return Err(unsupported("tail calls whose results do not fit registers"));
    }
    let ty = w.unit.function_type(signature)?;
    let arguments = arguments(w, signature, &ty, values)?;
    let call = format!("musttail call {} {pointer}({arguments}) #1", ty.of_call());
    match signature.returns.is_empty() {
        true => {
            w.line(call);
            w.line("ret void");
        }
        false => {
            let all = w.op(call);
            w.line(format_args!("ret {} {all}", ty.result));
        }
    }
    Ok(())
}

/// Writes `return`.
pub(super) fn give_back(w: &mut Writer<'_>, values: &[Value]) -> Result<(), Diagnostic> {
    let returns = &w.signature.returns;
    let fits = values.len() == returns.len();
    let types = values.iter().zip(returns);
    if !fits
        || types
            .clone()
            .any(|(value, result)| w.ty(*value).ok() != Some(result.ty))
    {
        return Err(broken("`return` does not fit the signature"));
    }
    match values {
        [] => w.line("ret void"),
        [value] => {
            let ty = w.name(*value)?;
            w.line(format_args!("ret {ty} %v{value}"));
        }
        many => {
            let result = w.unit.function_type(w.signature)?.result;
            let mut all = "poison".to_owned();
            for (index, value) in many.iter().enumerate() {
                let ty = types::name(w.ty(*value)?)?;
                all = w.op(format_args!(
                    "insertvalue {result} {all}, {ty} %v{value}, {index}"
                ));
            }
            w.line(format_args!("ret {result} {all}"));
        }
    }
    Ok(())
}
