//! Throwing: `%__cranelift_throw(entry, frame, pc, tag, payload, payload)`, by
//! the name and with the arguments that Cranelift's own tests use. It looks from
//! the frame's caller outwards, up to the entry's frame, for a call with a
//! handler of the tag, and continues there with the payloads. What the frames on the way
//! have saved of registers, the handler's function gets back; frames of other languages
//! on the way keep what they have saved.

mod resume;
mod saved;

use beskid_plugin_api::artifact::THROW;
use cranelift_codegen::CompiledCode;
use cranelift_codegen::FinalizedMachExceptionHandler as Handler;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    AbiParam, FuncRef, InstBuilder, MemFlagsData, Signature, StackSlotData, StackSlotKind,
    TrapCode, Value, types,
};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::FunctionBuilder;
use cranelift_module::{
    DataDescription, DataId, FuncId, Linkage, Module, ModuleError, ModuleResult,
};

use crate::function::define_as;
use crate::unwind::Recorder;

/// The handlers of a program's calls, in the order in which they are tried.
#[derive(Debug, Default)]
pub(crate) struct Handlers(Vec<Row>);

#[derive(Debug)]
pub(crate) struct Row {
    function: FuncId,
    /// Offsets in the function: of where the call returns, and the handler.
    returns: u32,
    handler: u32,
    /// From the frame pointer down to the stack pointer.
    frame: u32,
    /// `None`: every tag.
    tag: Option<u32>,
}

/// Bytes of a row: address of the function, offset of the return, size of the
/// frame, tag, whether the tag counts, offset of the handler, nothing.
const ROW: usize = 32;
const RETURNS: i32 = 8;
const FRAME: i32 = 12;
const TAG: i32 = 16;
const TAGGED: i32 = 20;
const HANDLER: i32 = 24;

/// The handlers of a compiled function.
pub(crate) fn rows(function: FuncId, code: &CompiledCode) -> Vec<Row> {
    let mut rows = Vec::new();
    for site in code.buffer.call_sites() {
        for handler in site.exception_handlers {
            let (tag, handler) = match handler {
                Handler::Tag(tag, handler) => (Some(tag.as_u32()), *handler),
                Handler::Default(handler) => (None, *handler),
                Handler::Context(_) => continue,
            };
            rows.push(Row {
                function,
                returns: site.ret_addr,
                handler,
                frame: site.frame_offset.unwrap_or_default(),
                tag,
            });
        }
    }
    rows
}

impl Handlers {
    /// Adds those of the next function.
    pub(crate) fn add(&mut self, rows: Vec<Row>) {
        self.0.extend(rows);
    }

    fn table(&self, module: &mut dyn Module) -> ModuleResult<DataId> {
        // An empty object has no address of its own.
        let mut bytes = vec![0; (self.0.len() * ROW).max(ROW)];
        for (row, bytes) in self.0.iter().zip(bytes.chunks_exact_mut(ROW)) {
            let mut put = |at: i32, value: u32| {
                let at = at as usize;
                bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
            };
            put(RETURNS, row.returns);
            put(FRAME, row.frame);
            put(TAG, row.tag.unwrap_or_default());
            put(TAGGED, u32::from(row.tag.is_some()));
            put(HANDLER, row.handler);
        }
        let mut data = DataDescription::new();
        data.define(bytes.into_boxed_slice());
        data.align = Some(8);
        for (index, row) in self.0.iter().enumerate() {
            let function = module.declare_func_in_data(row.function, &mut data);
            data.write_function_addr((index * ROW) as u32, function);
        }
        // Addresses are filled in when the code is loaded.
        let table = module.declare_anonymous_data(true, false)?;
        module.define_data(table, &data)?;
        Ok(table)
    }

    /// Defines the function.
    pub(crate) fn define(
        &self,
        signature: Signature,
        recorder: &mut Recorder<'_>,
    ) -> ModuleResult<()> {
        let module = &mut *recorder.module;
        let params = signature.params.iter().map(|param| param.value_type);
        let [word, tag] = [types::I64, types::I32];
        let fits = params.eq([word, word, word, tag, word, word]) && signature.returns.is_empty();
        let refused = |message| Err(ModuleError::Backend(std::io::Error::other(message).into()));
        if !fits {
            return refused("its parameters are not (i64, i64, i64, i32, i64, i64)");
        }
        let architecture = module.isa().triple().architecture;
        let Some(code) = resume::code(architecture) else {
            return refused("exceptions are thrown on x86-64, aarch64 and riscv64 only");
        };
        let mut resumes = Signature::new(CallConv::SystemV);
        resumes.params = vec![AbiParam::new(types::I64); 6];
        let resume = module.declare_anonymous_function(&resumes)?;
        module.define_function_bytes(resume, 16, &code, &[])?;
        let table = self.table(module)?;
        let registers = module.declare_anonymous_data(true, false)?;
        let note = saved::note(registers, recorder)?;
        let throw = recorder
            .module
            .declare_function(THROW, Linkage::Local, &signature)?;
        let rows = self.0.len() as i64;
        define_as(recorder, throw, signature, |module, builder, params| {
            // Programs that catch have frame pointers.
            if rows == 0 {
                builder.ins().trap(TrapCode::unwrap_user(1));
                return Ok(());
            }
            let flags = MemFlagsData::trusted();
            let places = places(module, builder);
            let note = module.declare_func_in_func(note, builder.func);
            // This function's own frame, and that of its caller.
            let own = module.declare_func_in_func(throw, builder.func);
            let own = builder.ins().func_addr(types::I64, own);
            let behind = builder.ins().iadd_imm_u(own, 1);
            let frame = builder.ins().get_frame_pointer(types::I64);
            builder.ins().call(note, &[behind, frame, places]);
            let back = builder.ins().get_return_address(types::I64);
            builder.ins().call(note, &[back, params[1], places]);

            let table = module.declare_data_in_func(table, builder.func);
            let table = builder.ins().symbol_value(types::I64, table);
            let end = builder.ins().iadd_imm_u(table, rows * ROW as i64);
            let resume = module.declare_func_in_func(resume, builder.func);
            let search = Search {
                params,
                table,
                end,
                note,
                places,
            };
            let [fp, row] = search.build(builder);
            let function = builder.ins().load(types::I64, flags, row, 0);
            let frame = builder.ins().uload32(flags, row, FRAME);
            let handler = builder.ins().uload32(flags, row, HANDLER);
            let pc = builder.ins().iadd(function, handler);
            let sp = builder.ins().isub(fp, frame);
            let [first, second] = [params[4], params[5]];
            builder
                .ins()
                .call(resume, &[first, second, fp, sp, pc, places]);
            builder.ins().trap(TrapCode::unwrap_user(1));
            Ok(())
        })?;
        saved::define(registers, recorder.frames, recorder.module)
    }
}

/// Room for the places of all registers, of which none has one yet.
fn places(module: &mut dyn Module, builder: &mut FunctionBuilder<'_>) -> Value {
    let count = resume::registers(module.isa().triple().architecture).len() as u32;
    let slot = StackSlotData::new(StackSlotKind::ExplicitSlot, count * 8, 3);
    let slot = builder.create_sized_stack_slot(slot);
    let places = builder.ins().stack_addr(types::I64, slot, 0);
    let zero = builder.ins().iconst(types::I64, 0);
    for index in 0..count as i32 {
        let flags = MemFlagsData::trusted();
        builder.ins().store(flags, zero, places, index * 8);
    }
    places
}

struct Search<'p> {
    params: &'p [Value],
    table: Value,
    end: Value,
    /// The function that notes what a frame has saved, and where it does.
    note: FuncRef,
    places: Value,
}

impl Search<'_> {
    /// Looks through the frames and the rows; gives the frame pointer and the
    /// row of the handler, in the block that is left open.
    fn build(self, builder: &mut FunctionBuilder<'_>) -> [Value; 2] {
        let flags = MemFlagsData::trusted();
        let [
            frames,
            rows,
            row_tag,
            next_row,
            next_frame,
            uncaught,
            outer,
            found,
        ] = std::array::from_fn(|_| builder.create_block());
        let [pc, fp] = [0; 2].map(|_| builder.append_block_param(frames, types::I64));
        let row = builder.append_block_param(rows, types::I64);
        let (entry, tag) = (self.params[0], self.params[3]);
        let caller = builder.ins().load(types::I64, flags, self.params[1], 0);
        builder
            .ins()
            .jump(frames, &[self.params[2].into(), caller.into()]);

        builder.switch_to_block(frames);
        builder.ins().jump(rows, &[self.table.into()]);

        builder.switch_to_block(rows);
        let over = builder.ins().icmp(IntCC::Equal, row, self.end);
        let check = builder.create_block();
        builder.ins().brif(over, next_frame, &[], check, &[]);
        builder.switch_to_block(check);
        let function = builder.ins().load(types::I64, flags, row, 0);
        let returns = builder.ins().uload32(flags, row, RETURNS);
        let returns = builder.ins().iadd(function, returns);
        let here = builder.ins().icmp(IntCC::Equal, returns, pc);
        builder.ins().brif(here, row_tag, &[], next_row, &[]);

        builder.switch_to_block(row_tag);
        let wanted = builder.ins().load(types::I32, flags, row, TAG);
        let tagged = builder.ins().load(types::I32, flags, row, TAGGED);
        let other = builder.ins().icmp(IntCC::NotEqual, wanted, tag);
        let other = builder.ins().uextend(types::I32, other);
        let other = builder.ins().band(other, tagged);
        builder.ins().brif(other, next_row, &[], found, &[]);

        builder.switch_to_block(next_row);
        let next = builder.ins().iadd_imm_u(row, ROW as i64);
        builder.ins().jump(rows, &[next.into()]);

        builder.switch_to_block(next_frame);
        let last = builder.ins().icmp(IntCC::Equal, fp, entry);
        builder.ins().brif(last, uncaught, &[], outer, &[]);

        builder.switch_to_block(outer);
        builder.ins().call(self.note, &[pc, fp, self.places]);
        let next_pc = builder.ins().load(types::I64, flags, fp, 8);
        let next_fp = builder.ins().load(types::I64, flags, fp, 0);
        builder.ins().brif(
            next_fp,
            frames,
            &[next_pc.into(), next_fp.into()],
            uncaught,
            &[],
        );

        builder.switch_to_block(uncaught);
        builder.ins().trap(TrapCode::unwrap_user(1));

        builder.switch_to_block(found);
        [fp, row]
    }
}
