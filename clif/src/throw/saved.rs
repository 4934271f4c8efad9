//! The registers that functions have saved: from the frames that an exception passes,
//! the handler's function gets them back.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{AbiParam, InstBuilder, MemFlagsData, Signature, types};
use cranelift_codegen::isa::CallConv;
use cranelift_module::{DataDescription, DataId, FuncId, Module, ModuleResult};

use super::resume::registers;
use crate::function::define_as;
use crate::unwind::{Frame, Recorder};

/// Bytes of a row before the registers: address of the function, its length, nothing.
const HEAD: usize = 16;
const LENGTH: i32 = 8;
/// Bytes before the rows: their number.
const COUNT: usize = 8;

/// Defines the table, of all functions that have saved anything.
pub(super) fn define(table: DataId, frames: &[Frame], module: &mut dyn Module) -> ModuleResult<()> {
    let registers = registers(module.isa().triple().architecture);
    let row = row(registers.len());
    let rows = frames.iter().filter(|frame| !frame.saved.is_empty());
    let rows = rows.collect::<Vec<_>>();
    let mut bytes = (rows.len() as u64).to_le_bytes().to_vec();
    let mut data = DataDescription::new();
    data.align = Some(8);
    for frame in &rows {
        let start = bytes.len();
        bytes.resize(start + LENGTH as usize, 0);
        bytes.extend(frame.length.to_le_bytes());
        bytes.resize(start + HEAD, 0);
        for register in &registers {
            let mut saved = frame.saved.iter();
            let found = saved.find(|(number, _)| number == register);
            let down = found.map_or(0, |(_, down)| *down);
            bytes.extend(down.to_le_bytes());
        }
        bytes.resize(start + row, 0);
    }
    data.define(bytes.into_boxed_slice());
    for (index, frame) in rows.iter().enumerate() {
        let function = module.declare_func_in_data(frame.function, &mut data);
        data.write_function_addr((COUNT + index * row) as u32, function);
    }
    module.define_data(table, &data)
}

const fn row(registers: usize) -> usize {
    (HEAD + registers * 4).next_multiple_of(8)
}

/// Defines a function that notes where a frame has saved registers. Its arguments are an
/// address behind one of the frame's code, the frame pointer, and the places of all
/// registers.
pub(super) fn note(table: DataId, recorder: &mut Recorder<'_>) -> ModuleResult<FuncId> {
    let module = &mut *recorder.module;
    let count = registers(module.isa().triple().architecture).len();
    let mut signature = Signature::new(CallConv::SystemV);
    signature.params = vec![AbiParam::new(types::I64); 3];
    let id = module.declare_anonymous_function(&signature)?;
    define_as(recorder, id, signature, |module, builder, params| {
        let flags = MemFlagsData::trusted();
        let [rows, check, next, found, end] = std::array::from_fn(|_| builder.create_block());
        let row_param = builder.append_block_param(rows, types::I64);
        let table = module.declare_data_in_func(table, builder.func);
        let table = builder.ins().symbol_value(types::I64, table);
        let first = builder.ins().iadd_imm_u(table, COUNT as i64);
        let number = builder.ins().load(types::I64, flags, table, 0);
        let size = builder.ins().iconst(types::I64, row(count) as i64);
        let bytes = builder.ins().imul(number, size);
        let last = builder.ins().iadd(first, bytes);
        let one = builder.ins().iconst(types::I64, 1);
        let inside = builder.ins().isub(params[0], one);
        builder.ins().jump(rows, &[first.into()]);

        builder.switch_to_block(rows);
        let over = builder.ins().icmp(IntCC::Equal, row_param, last);
        builder.ins().brif(over, end, &[], check, &[]);

        builder.switch_to_block(check);
        let function = builder.ins().load(types::I64, flags, row_param, 0);
        let length = builder.ins().uload32(flags, row_param, LENGTH);
        let distance = builder.ins().isub(inside, function);
        let here = builder
            .ins()
            .icmp(IntCC::UnsignedLessThan, distance, length);
        builder.ins().brif(here, found, &[], next, &[]);

        builder.switch_to_block(next);
        let row_next = builder.ins().iadd(row_param, size);
        builder.ins().jump(rows, &[row_next.into()]);

        builder.switch_to_block(found);
        for register in 0..count as i32 {
            let down = builder
                .ins()
                .uload32(flags, row_param, HEAD as i32 + register * 4);
            let place = builder.ins().isub(params[1], down);
            let before = builder
                .ins()
                .load(types::I64, flags, params[2], register * 8);
            let place = builder.ins().select(down, place, before);
            builder.ins().store(flags, place, params[2], register * 8);
        }
        builder.ins().jump(end, &[]);

        builder.switch_to_block(end);
        builder.ins().return_(&[]);
        Ok(())
    })?;
    Ok(id)
}
