//! The operands of each instruction format, in the order of `shapes`.

use std::num::NonZeroU8;

use cranelift_codegen::entity::EntityRef;
use cranelift_codegen::ir::immediates::{Ieee16, Ieee32, Ieee64, Imm64, Offset32};
use cranelift_codegen::ir::instructions::InstructionFormat as Format;
use cranelift_codegen::ir::{self, InstructionData as Data, Opcode, TrapCode, Value, ValueList};

use super::checked::ahead;
use super::{BodyDecoder, Decoded, Reader, stream};
use crate::{codes, memory_flags};

impl BodyDecoder<'_, '_> {
    pub(super) fn instruction_data(&mut self, opcode: Opcode, r: &mut Reader<'_>) -> Decoded<Data> {
        Ok(match opcode.format() {
            Format::AtomicCas => Data::AtomicCas {
                opcode,
                flags: self.flags(r)?,
                args: self.values(r)?,
            },
            Format::AtomicRmw => Data::AtomicRmw {
                opcode,
                flags: self.flags(r)?,
                op: coded(&codes::ATOMIC, r)?,
                args: self.values(r)?,
            },
            Format::Binary => Data::Binary {
                opcode,
                args: self.values(r)?,
            },
            Format::BinaryImm8 => Data::BinaryImm8 {
                opcode,
                arg: self.value(r)?,
                imm: r.unsigned8().map_err(stream)?,
            },
            Format::BranchTable => Data::BranchTable {
                opcode,
                arg: self.value(r)?,
                table: entity(r, self.body.jump_tables.len())?,
            },
            Format::Brif => Data::Brif {
                opcode,
                arg: self.value(r)?,
                blocks: [self.target(r)?, self.target(r)?],
            },
            Format::Call => Data::Call {
                opcode,
                func_ref: entity(r, self.body.callees.len())?,
                args: self.list(r)?,
            },
            Format::CallIndirect => Data::CallIndirect {
                opcode,
                sig_ref: entity(r, self.body.signatures.len())?,
                args: self.list(r)?,
            },
            Format::CondTrap => Data::CondTrap {
                opcode,
                arg: self.value(r)?,
                code: trap(r)?,
            },
            Format::DynamicStackAddr => Data::DynamicStackAddr {
                opcode,
                dynamic_stack_slot: entity(r, self.body.dynamic_stack_slots.len())?,
            },
            Format::ExceptionHandlerAddress => Data::ExceptionHandlerAddress {
                opcode,
                block: self.block(r.unsigned32().map_err(stream)?)?,
                imm: Imm64::new(r.signed().map_err(stream)?),
            },
            Format::FloatCompare => Data::FloatCompare {
                opcode,
                cond: coded(&codes::FLOAT, r)?,
                args: self.values(r)?,
            },
            Format::FuncAddr => Data::FuncAddr {
                opcode,
                func_ref: entity(r, self.body.callees.len())?,
            },
            Format::IntAddTrap => Data::IntAddTrap {
                opcode,
                args: self.values(r)?,
                code: trap(r)?,
            },
            Format::IntCompare => Data::IntCompare {
                opcode,
                cond: coded(&codes::INT, r)?,
                args: self.values(r)?,
            },
            Format::Jump => Data::Jump {
                opcode,
                destination: self.target(r)?,
            },
            Format::Load => Data::Load {
                opcode,
                flags: self.flags(r)?,
                arg: self.value(r)?,
                offset: offset(r)?,
            },
            Format::LoadNoOffset => Data::LoadNoOffset {
                opcode,
                flags: self.flags(r)?,
                arg: self.value(r)?,
            },
            Format::MultiAry => Data::MultiAry {
                opcode,
                args: self.list(r)?,
            },
            Format::NullAry => Data::NullAry { opcode },
            Format::Shuffle => Data::Shuffle {
                opcode,
                args: self.values(r)?,
                imm: entity(r, self.body.immediates.len())?,
            },
            Format::StackAddr => Data::StackAddr {
                opcode,
                stack_slot: entity(r, self.body.stack_slots.len())?,
                offset: offset(r)?,
            },
            Format::Store => Data::Store {
                opcode,
                flags: self.flags(r)?,
                args: self.values(r)?,
                offset: offset(r)?,
            },
            Format::StoreNoOffset => Data::StoreNoOffset {
                opcode,
                flags: self.flags(r)?,
                args: self.values(r)?,
            },
            Format::Ternary => Data::Ternary {
                opcode,
                args: self.values(r)?,
            },
            Format::TernaryImm8 => Data::TernaryImm8 {
                opcode,
                args: self.values(r)?,
                imm: r.unsigned8().map_err(stream)?,
            },
            Format::Trap => Data::Trap {
                opcode,
                code: trap(r)?,
            },
            Format::TryCall => Data::TryCall {
                opcode,
                func_ref: entity(r, self.body.callees.len())?,
                args: self.list(r)?,
                exception: entity(r, self.body.exception_tables.len())?,
            },
            Format::TryCallIndirect => Data::TryCallIndirect {
                opcode,
                args: self.list(r)?,
                exception: entity(r, self.body.exception_tables.len())?,
            },
            Format::Unary => Data::Unary {
                opcode,
                arg: self.value(r)?,
            },
            Format::UnaryConst => {
                let constant_handle = entity(r, self.body.constants.len())?;
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
                global_value: entity(r, self.body.global_values.len())?,
            },
            Format::UnaryIeee16 => Data::UnaryIeee16 {
                opcode,
                imm: Ieee16::with_bits({
                    let bits = r.unsigned32().map_err(stream)?;
                    u16::try_from(bits).map_err(|_| "a 16-bit float has more bits")?
                }),
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

    #[inline(always)]
    fn value(&mut self, r: &mut Reader<'_>) -> Decoded<Value> {
        let value = r.value().map_err(stream)?;
        if self.target.is_some() {
            let ty = self.buffers.flow.uses(value).ok_or_else(ahead)?;
            self.buffers.types.push(ty);
        }
        Ok(Value::from_u32(value))
    }

    #[inline(always)]
    fn values<const N: usize>(&mut self, r: &mut Reader<'_>) -> Decoded<[Value; N]> {
        let mut values = [Value::from_u32(0); N];
        for slot in &mut values {
            *slot = self.value(r)?;
        }
        Ok(values)
    }

    fn list(&mut self, r: &mut Reader<'_>) -> Decoded<ValueList> {
        let list = &mut self.buffers.list;
        list.clear();
        r.value_list(list).map_err(stream)?;
        if self.target.is_some() {
            for value in &*list {
                let ty = self.buffers.flow.uses(*value).ok_or_else(ahead)?;
                self.buffers.types.push(ty);
            }
        }
        let values = list.iter().map(|value| Value::from_u32(*value));
        Ok(ValueList::from_iter(values, &mut self.func.dfg.value_lists))
    }

    fn target(&mut self, r: &mut Reader<'_>) -> Decoded<ir::BlockCall> {
        if self.target.is_some() {
            return self.checked_target(r);
        }
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
        let regions = self.body.alias_regions.len();
        if data
            .alias_region()
            .is_some_and(|region| region.as_u32() as usize >= regions)
        {
            return Err(format!(
                "memory flags {bits:#x} name a region that does not exist"
            ));
        }
        let flags = self.func.dfg.mem_flags.insert(data);
        flags.map_err(|_| "more than 65534 different memory flags".to_owned())
    }
}

/// One of so many entities.
fn entity<E: EntityRef>(r: &mut Reader<'_>, count: usize) -> Decoded<E> {
    let index = r.unsigned32().map_err(stream)? as usize;
    match index < count {
        true => Ok(E::new(index)),
        false => Err(format!("entity {index} does not exist, there are {count}")),
    }
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
