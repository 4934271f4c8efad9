//! The operands of each instruction format, in the order of `shapes`.

use std::num::NonZeroU8;

use beskid_plugin_api::artifact::InstructionReader;
use cranelift_codegen::entity::EntityRef;
use cranelift_codegen::ir::immediates::{Ieee16, Ieee32, Ieee64, Imm64, Offset32};
use cranelift_codegen::ir::instructions::InstructionFormat as Format;
use cranelift_codegen::ir::{self, InstructionData as Data, Opcode, TrapCode, Value, ValueList};

use super::{BodyDecoder, Decoded, stream};
use crate::{codes, memory_flags};

type Reader<'a> = InstructionReader<'a>;

impl BodyDecoder<'_, '_> {
    pub(super) fn instruction_data(&mut self, opcode: Opcode, r: &mut Reader<'_>) -> Decoded<Data> {
        Ok(match opcode.format() {
            Format::AtomicCas => Data::AtomicCas {
                opcode,
                flags: self.flags(r)?,
                args: values(r)?,
            },
            Format::AtomicRmw => Data::AtomicRmw {
                opcode,
                flags: self.flags(r)?,
                op: coded(&codes::ATOMIC, r)?,
                args: values(r)?,
            },
            Format::Binary => Data::Binary {
                opcode,
                args: values(r)?,
            },
            Format::BinaryImm8 => Data::BinaryImm8 {
                opcode,
                arg: value(r)?,
                imm: r.unsigned8().map_err(stream)?,
            },
            Format::BranchTable => Data::BranchTable {
                opcode,
                arg: value(r)?,
                table: entity(r)?,
            },
            Format::Brif => Data::Brif {
                opcode,
                arg: value(r)?,
                blocks: [self.target(r)?, self.target(r)?],
            },
            Format::Call => Data::Call {
                opcode,
                func_ref: entity(r)?,
                args: self.list(r)?,
            },
            Format::CallIndirect => Data::CallIndirect {
                opcode,
                sig_ref: entity(r)?,
                args: self.list(r)?,
            },
            Format::CondTrap => Data::CondTrap {
                opcode,
                arg: value(r)?,
                code: trap(r)?,
            },
            Format::DynamicStackAddr => Data::DynamicStackAddr {
                opcode,
                dynamic_stack_slot: entity(r)?,
            },
            Format::ExceptionHandlerAddress => Data::ExceptionHandlerAddress {
                opcode,
                block: self.block(r.unsigned32().map_err(stream)?)?,
                imm: Imm64::new(r.signed().map_err(stream)?),
            },
            Format::FloatCompare => Data::FloatCompare {
                opcode,
                cond: coded(&codes::FLOAT, r)?,
                args: values(r)?,
            },
            Format::FuncAddr => Data::FuncAddr {
                opcode,
                func_ref: entity(r)?,
            },
            Format::IntAddTrap => Data::IntAddTrap {
                opcode,
                args: values(r)?,
                code: trap(r)?,
            },
            Format::IntCompare => Data::IntCompare {
                opcode,
                cond: coded(&codes::INT, r)?,
                args: values(r)?,
            },
            Format::Jump => Data::Jump {
                opcode,
                destination: self.target(r)?,
            },
            Format::Load => Data::Load {
                opcode,
                flags: self.flags(r)?,
                arg: value(r)?,
                offset: offset(r)?,
            },
            Format::LoadNoOffset => Data::LoadNoOffset {
                opcode,
                flags: self.flags(r)?,
                arg: value(r)?,
            },
            Format::MultiAry => Data::MultiAry {
                opcode,
                args: self.list(r)?,
            },
            Format::NullAry => Data::NullAry { opcode },
            Format::Shuffle => Data::Shuffle {
                opcode,
                args: values(r)?,
                imm: entity(r)?,
            },
            Format::StackAddr => Data::StackAddr {
                opcode,
                stack_slot: entity(r)?,
                offset: offset(r)?,
            },
            Format::Store => Data::Store {
                opcode,
                flags: self.flags(r)?,
                args: values(r)?,
                offset: offset(r)?,
            },
            Format::StoreNoOffset => Data::StoreNoOffset {
                opcode,
                flags: self.flags(r)?,
                args: values(r)?,
            },
            Format::Ternary => Data::Ternary {
                opcode,
                args: values(r)?,
            },
            Format::TernaryImm8 => Data::TernaryImm8 {
                opcode,
                args: values(r)?,
                imm: r.unsigned8().map_err(stream)?,
            },
            Format::Trap => Data::Trap {
                opcode,
                code: trap(r)?,
            },
            Format::TryCall => Data::TryCall {
                opcode,
                func_ref: entity(r)?,
                args: self.list(r)?,
                exception: entity(r)?,
            },
            Format::TryCallIndirect => Data::TryCallIndirect {
                opcode,
                args: self.list(r)?,
                exception: entity(r)?,
            },
            Format::Unary => Data::Unary {
                opcode,
                arg: value(r)?,
            },
            Format::UnaryConst => {
                let constant_handle = entity(r)?;
                // Cranelift's printer counts on the size.
                let size = self.func.dfg.constants.get(constant_handle).len();
                if opcode == Opcode::F128const && size != 16 {
                    return Err(format!("`{opcode}` has a constant of {size} bytes"));
                }
                Data::UnaryConst {
                    opcode,
                    constant_handle,
                }
            }
            Format::UnaryGlobalValue => Data::UnaryGlobalValue {
                opcode,
                global_value: entity(r)?,
            },
            Format::UnaryIeee16 => Data::UnaryIeee16 {
                opcode,
                imm: Ieee16::with_bits(r.unsigned32().map_err(stream)? as u16),
            },
            Format::UnaryIeee32 => Data::UnaryIeee32 {
                opcode,
                imm: Ieee32::with_bits(r.unsigned32().map_err(stream)?),
            },
            Format::UnaryIeee64 => Data::UnaryIeee64 {
                opcode,
                imm: Ieee64::with_bits(r.unsigned().map_err(stream)?),
            },
            Format::UnaryImm => Data::UnaryImm {
                opcode,
                imm: Imm64::new(r.signed().map_err(stream)?),
            },
        })
    }

    fn list(&mut self, r: &mut Reader<'_>) -> Decoded<ValueList> {
        let list = &mut self.buffers.list;
        list.clear();
        r.value_list(list).map_err(stream)?;
        let values = list.iter().map(|value| Value::from_u32(*value));
        Ok(ValueList::from_iter(values, &mut self.func.dfg.value_lists))
    }

    fn target(&mut self, r: &mut Reader<'_>) -> Decoded<ir::BlockCall> {
        let mut args = std::mem::take(&mut self.buffers.args);
        args.clear();
        let block = r.block_call_into(&mut args).map_err(stream)?;
        let call = self.branch(block, &args);
        self.buffers.args = args;
        call
    }

    fn flags(&mut self, r: &mut Reader<'_>) -> Decoded<ir::MemFlags> {
        let bits = r.unsigned32().map_err(stream)?;
        self.memory_flags(bits)
    }

    pub(super) fn memory_flags(&mut self, bits: u32) -> Decoded<ir::MemFlags> {
        let data = memory_flags::unpack(bits);
        let data = data.ok_or_else(|| format!("memory flags {bits:#x} are not valid"))?;
        let flags = self.func.dfg.mem_flags.insert(data);
        flags.map_err(|_| "more than 65534 different memory flags".to_owned())
    }
}

fn value(r: &mut Reader<'_>) -> Decoded<Value> {
    r.value().map(Value::from_u32).map_err(stream)
}

fn values<const N: usize>(r: &mut Reader<'_>) -> Decoded<[Value; N]> {
    let mut values = [Value::from_u32(0); N];
    for slot in &mut values {
        *slot = value(r)?;
    }
    Ok(values)
}

fn entity<E: EntityRef>(r: &mut Reader<'_>) -> Decoded<E> {
    r.unsigned32()
        .map(|index| E::new(index as usize))
        .map_err(stream)
}

fn offset(r: &mut Reader<'_>) -> Decoded<Offset32> {
    r.signed32().map(Offset32::new).map_err(stream)
}

fn trap(r: &mut Reader<'_>) -> Decoded<TrapCode> {
    let code = r.unsigned8().map_err(stream)?;
    let code = NonZeroU8::new(code).ok_or("trap code 0")?;
    Ok(TrapCode::from_raw(code))
}

fn coded<T: Copy>(codes: &[T], r: &mut Reader<'_>) -> Decoded<T> {
    let index = r.unsigned32().map_err(stream)?;
    let code = codes.get(index as usize).copied();
    code.ok_or_else(|| format!("code {index} is unknown"))
}
