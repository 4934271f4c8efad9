//! A function: its stack, its blocks, and each instruction by what it is about.

use std::fmt::Write as _;

use beskid_plugin_api::artifact::{Purpose, Setting};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::target::Format;
use beskid_plugin_api::tree::{Flow, FunctionTree, Instruction, NullaryOp, Operation, UnaryOp};

use super::unit::{Unit, in_halves};
use super::writer::Writer;
use super::{atomics, calls, control, exceptions, floats, integers, logic, memory, types, vectors};
use crate::refusal::{broken, unknown, unsupported};

/// Writes a function's definition. `enter` is called first, if there is something.
pub(super) fn define(
    unit: &Unit<'_>,
    tree: &FunctionTree<'_>,
    enter: Option<&str>,
    text: &mut String,
) -> Result<(), Diagnostic> {
    let id = tree.body().symbol;
    let signature = unit.signature(id)?;
    if tree.body().stack_limit.is_some() {
        return Err(unsupported("stack limits"));
    }
    if unit.has(Setting::PinnedRegister) {
        return Err(unsupported("the pinned register"));
    }
    let ty = unit.function_type(signature)?;
    let (linkage, name) = (unit.linkage(id)?, unit.name(id)?);
    let params = ty.params.iter().enumerate();
    let params = params.map(|(index, param)| format!("{param} %p{index}"));
    let params = params.collect::<Vec<_>>().join(", ");
    let debug = unit.debug.as_ref().map(|debug| debug.of_function(id));
    let _ = writeln!(
        text,
        "define {linkage}{}{}{} {name}({params}) #0{}{}{}{} {{",
        ty.convention,
        ty.extension,
        ty.result,
        exceptions::frame(tree),
        section(unit, id)?,
        exceptions::personality(unit, tree),
        debug.unwrap_or_default(),
    );
    let mut w = Writer::new(unit, tree, signature);
    entry(&mut w, enter);
    text.push_str("entry:\n");
    text.push_str(&w.text);
    let flow = Flow::of(tree);
    let mut blocks = Vec::new();
    for (number, block) in (0..).zip(&tree.blocks) {
        if !flow.is_reached(number) {
            continue;
        }
        w.text.clear();
        w.block = number;
        w.label = format!("b{number}");
        w.tell_values(block.params.clone())?;
        for instruction in &block.instructions {
            w.at(instruction.number);
            write(&mut w, instruction)?;
            w.tell_values(instruction.results.clone())?;
        }
        blocks.push((number, block, std::mem::take(&mut w.text)));
    }
    for (number, block, body) in blocks {
        let _ = writeln!(text, "b{number}:");
        let edges = w.edges.get(&number).map(Vec::as_slice).unwrap_or_default();
        for (index, value) in block.params.clone().enumerate() {
            let from = edges.iter().map(|(label, operands)| {
                let operand = operands.get(index);
                let operand = operand.ok_or_else(|| broken("a block lacks an argument"))?;
                Ok(format!("[ {operand}, %{label} ]"))
            });
            let from = from.collect::<Result<Vec<_>, Diagnostic>>()?.join(", ");
            let ty = w.name(value)?;
            let _ = writeln!(text, "  %v{value} = phi {ty} {from}");
        }
        text.push_str(&body);
    }
    if w.traps {
        text.push_str("trap:\n  call void @llvm.trap()\n  unreachable\n");
        unit.declare("llvm.trap", "declare void", "()");
    }
    text.push_str("}\n");
    Ok(())
}

/// A section for each function lets the linker drop what is unused.
fn section(unit: &Unit<'_>, id: u32) -> Result<String, Diagnostic> {
    let symbol = unit.symbol(id)?;
    Ok(match (&symbol.name, unit.machine.format) {
        (Some(name), Format::Elf) => {
            format!(" section \".text.{}\"", types::escaped(name.as_bytes()))
        }
        _ => String::new(),
    })
}

/// The stack's slots, and the arguments on their way to the first block.
fn entry(w: &mut Writer<'_>, enter: Option<&str>) {
    for (slot, data) in w.tree.body().stack_slots.iter().enumerate() {
        let (size, align) = (data.size.max(1), 1_u64 << data.align_shift);
        let slot = format!("%k{slot} = alloca [{size} x i8], align {align}");
        w.line(slot);
    }
    w.tell_slots();
    let mut operands = Vec::new();
    let mut place = 0;
    for (index, param) in w.signature.params.iter().enumerate() {
        let first = place;
        place += 1;
        match param.purpose {
            Purpose::StructReturn | Purpose::StructArgument(_) => {
                w.line(format_args!("%a{index} = ptrtoint ptr %p{first} to i64"));
            }
            _ if in_halves(w.signature, param) => {
                let low = w.op(format_args!("zext i64 %p{first} to i128"));
                let high = w.op(format_args!("zext i64 %p{place} to i128"));
                let high = w.op(format_args!("shl i128 {high}, 64"));
                w.line(format_args!("%a{index} = or i128 {high}, {low}"));
                place += 1;
            }
            Purpose::Normal | Purpose::VmContext => {
                let Ok(ty) = types::name(param.ty) else {
                    continue;
                };
                w.line(format_args!("%a{index} = bitcast {ty} %p{first} to {ty}"));
            }
        }
        operands.push(format!("%a{index}"));
    }
    if let Some(enter) = enter {
        w.line(format_args!("call void {enter}() #1"));
    }
    w.line("br label %b0");
    w.edges.insert(0, vec![("entry".to_owned(), operands)]);
}

fn write(w: &mut Writer<'_>, instruction: &Instruction<'_>) -> Result<(), Diagnostic> {
    let operation = &instruction.operation;
    let not_known = || unknown(operation.mnemonic());
    let Some(result) = instruction.result() else {
        return without_result(w, instruction);
    };
    match operation {
        Operation::Nullary(op) => nullary(w, *op, result)?,
        Operation::Integer(value) => {
            let ty = w.ty(result)?;
            let value = types::constant(ty, (*value).into());
            w.set(result, &value)?;
        }
        Operation::Float16(bits) => {
            w.is(result, format_args!("bitcast i16 {bits} to half"));
        }
        Operation::Float32(bits) => {
            w.is(result, format_args!("bitcast i32 {bits} to float"));
        }
        Operation::Float64(bits) => {
            w.is(result, format_args!("bitcast i64 {bits} to double"));
        }
        Operation::Float128(bytes) | Operation::Vector(bytes) => {
            vectors::constant(w, bytes, result)?;
        }
        Operation::Unary(UnaryOp::Isplit, value) => integers::split(w, *value, result)?,
        Operation::Unary(op, value) => {
            let done = integers::unary(w, *op, *value, result)?
                || floats::unary(w, *op, *value, result)?
                || logic::unary(w, *op, *value, result)?
                || vectors::unary(w, *op, *value, result)?;
            done.then_some(()).ok_or_else(not_known)?;
        }
        Operation::Binary(op, values) => {
            let done = integers::binary(w, *op, *values, result)?
                || floats::binary(w, *op, *values, result)?
                || logic::binary(w, *op, *values, result)?
                || vectors::binary(w, *op, *values, result)?;
            done.then_some(()).ok_or_else(not_known)?;
        }
        Operation::Ternary(op, values) => {
            let done = logic::ternary(w, *op, *values, result)?
                || floats::ternary(w, *op, *values, result)?
                || integers::carried(w, *op, *values, result)?;
            done.then_some(()).ok_or_else(not_known)?;
        }
        Operation::CompareIntegers(condition, values) => {
            integers::compare(w, *condition, *values, result)?;
        }
        Operation::CompareFloats(condition, values) => {
            floats::compare(w, *condition, *values, result)?;
        }
        Operation::AddOrTrap { values, .. } => integers::add_or_trap(w, *values, result)?,
        Operation::Bitcast { flags, value } => logic::bitcast(w, *flags, *value, result)?,
        Operation::InsertLane {
            vector,
            value,
            lane,
        } => vectors::insert(w, [*vector, *value], *lane, result)?,
        Operation::ExtractLane { vector, lane } => vectors::extract(w, *vector, *lane, result)?,
        Operation::Shuffle { values, mask } => vectors::shuffle(w, *values, mask, result)?,
        Operation::Load {
            op,
            flags,
            address,
            offset,
        } => memory::load(w, *op, *flags, (*address, *offset), result)?,
        Operation::AtomicLoad { flags, address } => {
            atomics::load(w, *flags, *address, result)?;
        }
        Operation::AtomicUpdate {
            flags,
            operation,
            address,
            value,
        } => atomics::update(w, *flags, *operation, [*address, *value], result)?,
        Operation::AtomicCompareExchange {
            flags,
            address,
            expected,
            replacement,
        } => {
            let values = [*address, *expected, *replacement];
            atomics::compare_exchange(w, *flags, values, result)?;
        }
        Operation::StackAddress { slot, offset } => {
            memory::stack_address(w, *slot, *offset, result);
        }
        Operation::GlobalValue(value) | Operation::ThreadLocal(value) => {
            memory::global_value(w, *value, result)?;
        }
        Operation::FunctionAddress(callee) => {
            let (pointer, _) = w.unit.address(&callee.target)?;
            w.is(result, format_args!("ptrtoint ptr {pointer} to i64"));
        }
        Operation::Call { .. } | Operation::CallIndirect { .. } => call(w, instruction)?,
        _ => return Err(not_known()),
    }
    Ok(())
}

fn call(w: &mut Writer<'_>, instruction: &Instruction<'_>) -> Result<(), Diagnostic> {
    let results = instruction.results.clone();
    match &instruction.operation {
        Operation::Call {
            callee,
            signature,
            arguments,
        } => {
            let ty = w.unit.function_type(signature)?;
            let pointer = calls::callee(w, &callee.target, &ty)?;
            calls::call(w, &pointer, signature, arguments, results)
        }
        Operation::CallIndirect {
            address,
            signature,
            arguments,
        } => {
            let pointer = calls::indirect(w, *address);
            calls::call(w, &pointer, signature, arguments, results)
        }
        other => Err(unknown(other.mnemonic())),
    }
}

fn nullary(w: &mut Writer<'_>, op: NullaryOp, result: u32) -> Result<(), Diagnostic> {
    let pointer = match op {
        NullaryOp::GetFramePointer => w.intrinsic("llvm.frameaddress.p0", "ptr", &[("i32", "0")]),
        NullaryOp::GetStackPointer => w.intrinsic("llvm.stacksave.p0", "ptr", &[]),
        NullaryOp::GetReturnAddress => w.intrinsic("llvm.returnaddress", "ptr", &[("i32", "0")]),
        other => return Err(unknown(other.mnemonic())),
    };
    w.is(result, format_args!("ptrtoint ptr {pointer} to i64"));
    Ok(())
}

fn without_result(w: &mut Writer<'_>, instruction: &Instruction<'_>) -> Result<(), Diagnostic> {
    let operation = &instruction.operation;
    match operation {
        Operation::Nullary(NullaryOp::Nop) => {}
        Operation::Nullary(NullaryOp::SequencePoint) => {
            w.line("call void asm sideeffect \"\", \"~{memory}\"()");
        }
        Operation::Nullary(NullaryOp::Fence) => w.line("fence seq_cst"),
        Operation::Nullary(NullaryOp::Debugtrap) => w.intrinsic_line("llvm.debugtrap", &[]),
        Operation::Store {
            op,
            flags,
            value,
            address,
            offset,
        } => memory::store(w, *op, *flags, *value, (*address, *offset))?,
        Operation::AtomicStore {
            flags,
            value,
            address,
        } => atomics::store(w, *flags, *value, *address)?,
        Operation::TrapIf { is_zero, value, .. } => {
            let mut condition = w.truth(*value)?;
            if *is_zero {
                condition = w.op(format_args!("xor i1 {condition}, true"));
            }
            w.trap_if(&condition);
        }
        Operation::Call { .. } | Operation::CallIndirect { .. } => call(w, instruction)?,
        Operation::Jump(target) => control::jump(w, target)?,
        Operation::Branch {
            value,
            nonzero,
            zero,
        } => control::branch(w, *value, [nonzero, zero])?,
        Operation::BranchTable { index, table } => control::table(w, *index, table)?,
        Operation::Return(values) => calls::give_back(w, values)?,
        Operation::Trap(_) => {
            w.intrinsic_line("llvm.trap", &[]);
            w.line("unreachable");
        }
        Operation::ReturnCall {
            callee,
            signature,
            arguments,
        } => {
            let ty = w.unit.function_type(signature)?;
            let pointer = calls::callee(w, &callee.target, &ty)?;
            calls::tail_call(w, &pointer, signature, arguments)?;
        }
        Operation::ReturnCallIndirect {
            address,
            signature,
            arguments,
        } => {
            let pointer = calls::indirect(w, *address);
            calls::tail_call(w, &pointer, signature, arguments)?;
        }
        Operation::TryCall {
            callee,
            signature,
            arguments,
            table,
        } => {
            let ty = w.unit.function_type(signature)?;
            let pointer = calls::callee(w, &callee.target, &ty)?;
            exceptions::try_call(w, &pointer, signature, arguments, table)?;
        }
        Operation::TryCallIndirect {
            address,
            signature,
            arguments,
            table,
        } => {
            let pointer = calls::indirect(w, *address);
            exceptions::try_call(w, &pointer, signature, arguments, table)?;
        }
        other => return Err(unknown(other.mnemonic())),
    }
    Ok(())
}
