//! The operands of each instruction format, in the order of `shapes`.

use beskid_plugin_api::artifact::{BlockArg, InstructionWriter};
use cranelift_codegen::ir::{self, InstructionData as Data};

use super::encoded::Encoded;
use super::{Encoder, index_of};
use crate::{codes, memory_flags};

impl Encoder<'_> {
    pub(super) fn operands(&self, data: &Data, w: &mut InstructionWriter) -> Encoded<()> {
        let lists = &self.func.dfg.value_lists;
        match data {
            Data::AtomicCas { args, flags, .. } => {
                self.write_flags(*flags, w);
                self.write_values(args, w)
            }
            Data::AtomicRmw {
                args, flags, op, ..
            } => {
                self.write_flags(*flags, w);
                write_code(&codes::ATOMIC, *op, w)?;
                self.write_values(args, w)
            }
            Data::Binary { args, .. } => self.write_values(args, w),
            Data::BinaryImm8 { arg, imm, .. } => {
                self.write_value(*arg, w)?;
                w.unsigned((*imm).into());
                Ok(())
            }
            Data::BranchTable { arg, table, .. } => {
                self.write_value(*arg, w)?;
                w.unsigned(self.numbers.jump_tables.number(*table)?.into());
                Ok(())
            }
            Data::Brif { arg, blocks, .. } => {
                self.write_value(*arg, w)?;
                blocks
                    .iter()
                    .try_for_each(|call| self.write_block_call(call, w))
            }
            Data::Call { args, func_ref, .. } => {
                w.unsigned(self.numbers.callees.number(*func_ref)?.into());
                self.write_list(args.as_slice(lists), w)
            }
            Data::CallIndirect { args, sig_ref, .. } => {
                w.unsigned(index_of(*sig_ref).into());
                self.write_list(args.as_slice(lists), w)
            }
            Data::CondTrap { arg, code, .. } => {
                self.write_value(*arg, w)?;
                write_trap(*code, w)
            }
            Data::DynamicStackAddr {
                dynamic_stack_slot, ..
            } => write_index(*dynamic_stack_slot, w),
            Data::ExceptionHandlerAddress { block, imm, .. } => {
                w.unsigned(self.block(*block)?.into());
                w.signed(imm.bits());
                Ok(())
            }
            Data::FloatCompare { args, cond, .. } => {
                write_code(&codes::FLOAT, *cond, w)?;
                self.write_values(args, w)
            }
            Data::FuncAddr { func_ref, .. } => {
                w.unsigned(self.numbers.callees.number(*func_ref)?.into());
                Ok(())
            }
            Data::IntAddTrap { args, code, .. } => {
                self.write_values(args, w)?;
                write_trap(*code, w)
            }
            Data::IntCompare { args, cond, .. } => {
                write_code(&codes::INT, *cond, w)?;
                self.write_values(args, w)
            }
            Data::Jump { destination, .. } => self.write_block_call(destination, w),
            Data::Load {
                arg, flags, offset, ..
            } => {
                self.write_flags(*flags, w);
                self.write_value(*arg, w)?;
                w.signed(i32::from(*offset).into());
                Ok(())
            }
            Data::LoadNoOffset { arg, flags, .. } => {
                self.write_flags(*flags, w);
                self.write_value(*arg, w)
            }
            Data::MultiAry { args, .. } => self.write_list(args.as_slice(lists), w),
            Data::NullAry { .. } => Ok(()),
            Data::Shuffle { args, imm, .. } => {
                self.write_values(args, w)?;
                write_index(*imm, w)
            }
            Data::StackAddr {
                stack_slot, offset, ..
            } => {
                w.unsigned(index_of(*stack_slot).into());
                w.signed(i32::from(*offset).into());
                Ok(())
            }
            Data::Store {
                args,
                flags,
                offset,
                ..
            } => {
                self.write_flags(*flags, w);
                self.write_values(args, w)?;
                w.signed(i32::from(*offset).into());
                Ok(())
            }
            Data::StoreNoOffset { args, flags, .. } => {
                self.write_flags(*flags, w);
                self.write_values(args, w)
            }
            Data::Ternary { args, .. } => self.write_values(args, w),
            Data::TernaryImm8 { args, imm, .. } => {
                self.write_values(args, w)?;
                w.unsigned((*imm).into());
                Ok(())
            }
            Data::Trap { code, .. } => write_trap(*code, w),
            Data::TryCall {
                args,
                func_ref,
                exception,
                ..
            } => {
                w.unsigned(self.numbers.callees.number(*func_ref)?.into());
                self.write_list(args.as_slice(lists), w)?;
                w.unsigned(self.numbers.exception_tables.number(*exception)?.into());
                Ok(())
            }
            Data::TryCallIndirect {
                args, exception, ..
            } => {
                self.write_list(args.as_slice(lists), w)?;
                w.unsigned(self.numbers.exception_tables.number(*exception)?.into());
                Ok(())
            }
            Data::Unary { arg, .. } => self.write_value(*arg, w),
            Data::UnaryConst {
                constant_handle, ..
            } => {
                w.unsigned(self.numbers.constants.number(*constant_handle)?.into());
                Ok(())
            }
            Data::UnaryGlobalValue { global_value, .. } => {
                w.unsigned(self.numbers.global_values.number(*global_value)?.into());
                Ok(())
            }
            Data::UnaryIeee16 { imm, .. } => {
                w.unsigned(imm.bits().into());
                Ok(())
            }
            Data::UnaryIeee32 { imm, .. } => {
                w.unsigned(imm.bits().into());
                Ok(())
            }
            Data::UnaryIeee64 { imm, .. } => {
                w.unsigned(imm.bits());
                Ok(())
            }
            Data::UnaryImm { imm, .. } => {
                w.signed(imm.bits());
                Ok(())
            }
        }
    }

    fn write_value(&self, value: ir::Value, w: &mut InstructionWriter) -> Encoded<()> {
        w.value(self.value(value)?);
        Ok(())
    }

    fn write_values(&self, values: &[ir::Value], w: &mut InstructionWriter) -> Encoded<()> {
        values
            .iter()
            .try_for_each(|value| self.write_value(*value, w))
    }

    fn write_list(&self, values: &[ir::Value], w: &mut InstructionWriter) -> Encoded<()> {
        let mut missing = None;
        w.value_list(values.iter().map(|value| {
            // What is written is of no use then.
            self.value(*value).unwrap_or_else(|reason| {
                missing.get_or_insert(reason);
                0
            })
        }));
        missing.map_or(Ok(()), Err)
    }

    fn write_block_call(&self, call: &ir::BlockCall, w: &mut InstructionWriter) -> Encoded<()> {
        let pool = &self.func.dfg.value_lists;
        let block = self.block(call.block(pool))?;
        let mut missing = None;
        w.block_call(
            block,
            call.args(pool).map(|arg| {
                self.block_arg(arg).unwrap_or_else(|reason| {
                    missing.get_or_insert(reason);
                    BlockArg::Value(0)
                })
            }),
        );
        missing.map_or(Ok(()), Err)
    }

    fn write_flags(&self, flags: ir::MemFlags, w: &mut InstructionWriter) {
        w.unsigned(memory_flags::pack(self.func.dfg.mem_flags[flags]).into());
    }
}

fn write_index(
    entity: impl cranelift_codegen::entity::EntityRef,
    w: &mut InstructionWriter,
) -> Encoded<()> {
    w.unsigned(index_of(entity).into());
    Ok(())
}

fn write_trap(code: ir::TrapCode, w: &mut InstructionWriter) -> Encoded<()> {
    w.unsigned(code.as_raw().get().into());
    Ok(())
}

fn write_code<T: PartialEq + std::fmt::Display>(
    codes: &[T],
    code: T,
    w: &mut InstructionWriter,
) -> Encoded<()> {
    let index = codes.iter().position(|known| *known == code);
    let index = index.ok_or_else(|| format!("`{code}` has no code in the artifact format"))?;
    w.unsigned(index as u64);
    Ok(())
}
