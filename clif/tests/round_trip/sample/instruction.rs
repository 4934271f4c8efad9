//! The operands of each instruction format.

use cranelift_codegen::entity::EntityRef;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::immediates::{Ieee16, Ieee32, Ieee64, Imm64, Offset32};
use cranelift_codegen::ir::instructions::InstructionFormat as Format;
use cranelift_codegen::ir::{
    AtomicRmwOp, BlockArg, BlockCall, ConstantData, ExceptionTable, ExceptionTableData,
    ExceptionTableItem, ExceptionTag, InstructionData as Data, JumpTableData, MemFlags,
    MemFlagsData, Opcode, TrapCode, Type, Value, ValueList,
};

use super::Frame;

impl Frame {
    /// An instruction of this opcode. The match has no default, so that a new
    /// format is noticed.
    pub(super) fn data(&mut self, opcode: Opcode, controlling: Type) -> Data {
        let code = TrapCode::unwrap_user(7);
        match opcode.format() {
            Format::AtomicCas => Data::AtomicCas {
                opcode,
                flags: self.flags(opcode),
                args: self.args(),
            },
            Format::AtomicRmw => Data::AtomicRmw {
                opcode,
                flags: self.flags(opcode),
                op: AtomicRmwOp::Umax,
                args: self.args(),
            },
            Format::Binary => Data::Binary {
                opcode,
                args: self.args(),
            },
            Format::BinaryImm8 => Data::BinaryImm8 {
                opcode,
                arg: self.operands[0],
                imm: 1,
            },
            Format::BranchTable => {
                let (default, other) = (self.target(0), self.target(1));
                let table = JumpTableData::new(default, &[other, default]);
                Data::BranchTable {
                    opcode,
                    arg: self.index,
                    table: self.func.create_jump_table(table),
                }
            }
            Format::Brif => Data::Brif {
                opcode,
                arg: self.operands[0],
                blocks: [self.target(0), self.target(1)],
            },
            Format::Call => Data::Call {
                opcode,
                func_ref: self.callee,
                args: self.list(&[self.pointer]),
            },
            Format::CallIndirect => Data::CallIndirect {
                opcode,
                sig_ref: self.signature,
                args: self.list(&[self.operands[0], self.pointer]),
            },
            Format::CondTrap => Data::CondTrap {
                opcode,
                arg: self.operands[0],
                code,
            },
            Format::DynamicStackAddr => Data::DynamicStackAddr {
                opcode,
                dynamic_stack_slot: EntityRef::new(0),
            },
            Format::ExceptionHandlerAddress => Data::ExceptionHandlerAddress {
                opcode,
                block: self.targets[0],
                imm: Imm64::new(1),
            },
            Format::FloatCompare => Data::FloatCompare {
                opcode,
                cond: FloatCC::UnorderedOrLessThan,
                args: self.args(),
            },
            Format::FuncAddr => Data::FuncAddr {
                opcode,
                func_ref: self.callee,
            },
            Format::IntAddTrap => Data::IntAddTrap {
                opcode,
                args: self.args(),
                code,
            },
            Format::IntCompare => Data::IntCompare {
                opcode,
                cond: IntCC::UnsignedGreaterThanOrEqual,
                args: self.args(),
            },
            Format::Jump => Data::Jump {
                opcode,
                destination: self.target(0),
            },
            Format::Load => Data::Load {
                opcode,
                flags: self.flags(opcode),
                arg: self.operands[0],
                offset: Offset32::new(-8),
            },
            Format::LoadNoOffset => Data::LoadNoOffset {
                opcode,
                flags: self.flags(opcode),
                arg: self.operands[0],
            },
            Format::MultiAry => Data::MultiAry {
                opcode,
                args: self.list(&[self.index]),
            },
            Format::NullAry => Data::NullAry { opcode },
            Format::Shuffle => Data::Shuffle {
                opcode,
                args: self.args(),
                imm: self.func.dfg.immediates.push(bytes(16)),
            },
            Format::StackAddr => Data::StackAddr {
                opcode,
                stack_slot: EntityRef::new(0),
                offset: Offset32::new(8),
            },
            Format::Store => Data::Store {
                opcode,
                flags: self.flags(opcode),
                args: self.args(),
                offset: Offset32::new(i32::MAX),
            },
            Format::StoreNoOffset => Data::StoreNoOffset {
                opcode,
                flags: self.flags(opcode),
                args: self.args(),
            },
            Format::Ternary => Data::Ternary {
                opcode,
                args: self.args(),
            },
            Format::TernaryImm8 => Data::TernaryImm8 {
                opcode,
                args: self.args(),
                imm: 1,
            },
            Format::Trap => Data::Trap { opcode, code },
            Format::TryCall => self.try_call(opcode),
            Format::TryCallIndirect => Data::TryCallIndirect {
                opcode,
                args: self.list(&[self.operands[0], self.pointer]),
                exception: self.exceptions(),
            },
            Format::Unary => Data::Unary {
                opcode,
                arg: self.operands[0],
            },
            Format::UnaryConst => {
                let constant = match opcode {
                    Opcode::F128const => bytes(16),
                    _ => bytes(controlling.bytes() as u8),
                };
                Data::UnaryConst {
                    opcode,
                    constant_handle: self.func.dfg.constants.insert(constant),
                }
            }
            Format::UnaryGlobalValue => Data::UnaryGlobalValue {
                opcode,
                global_value: EntityRef::new(0),
            },
            Format::UnaryIeee16 => Data::UnaryIeee16 {
                opcode,
                imm: Ieee16::with_bits(0xfe01),
            },
            Format::UnaryIeee32 => Data::UnaryIeee32 {
                opcode,
                imm: Ieee32::with_bits(0xff80_0001),
            },
            Format::UnaryIeee64 => Data::UnaryIeee64 {
                opcode,
                imm: Ieee64::with_bits(0x8000_0000_0000_0001),
            },
            Format::UnaryImm => Data::UnaryImm {
                opcode,
                imm: Imm64::new(0x7f),
            },
        }
    }

    pub(super) fn try_call(&mut self, opcode: Opcode) -> Data {
        Data::TryCall {
            opcode,
            func_ref: self.callee,
            args: self.list(&[self.pointer]),
            exception: self.exceptions(),
        }
    }

    /// A call to one of the blocks besides the entry.
    pub(super) fn target(&mut self, number: usize) -> BlockCall {
        let arg = [self.index, self.pointer][number];
        let pool = &mut self.func.dfg.value_lists;
        BlockCall::new(self.targets[number], [BlockArg::Value(arg)], pool)
    }

    fn exceptions(&mut self) -> ExceptionTable {
        let pool = &mut self.func.dfg.value_lists;
        let (first, second) = (BlockArg::TryCallExn(0), BlockArg::TryCallExn(1));
        let [normal, tagged, default] = self.targets;
        let normal = BlockCall::new(normal, [BlockArg::TryCallRet(0)], pool);
        let tagged = BlockCall::new(tagged, [second], pool);
        let default = BlockCall::new(default, [first, second], pool);
        let items = [
            ExceptionTableItem::Context(self.pointer),
            ExceptionTableItem::Tag(ExceptionTag::from_u32(7), tagged),
            ExceptionTableItem::Default(default),
        ];
        let table = ExceptionTableData::new(self.signature, normal, items);
        self.func.dfg.exception_tables.push(table)
    }

    fn args<const N: usize>(&self) -> [Value; N] {
        self.operands[..N].try_into().unwrap()
    }

    fn list(&mut self, values: &[Value]) -> ValueList {
        ValueList::from_slice(values, &mut self.func.dfg.value_lists)
    }

    fn flags(&mut self, opcode: Opcode) -> MemFlags {
        let flags = MemFlagsData::new();
        let flags = match opcode {
            // Changes the number of lanes, which needs an order.
            Opcode::Bitcast => flags.with_endianness(cranelift_codegen::ir::Endianness::Little),
            _ => flags
                .with_aligned()
                .with_trap_code(Some(TrapCode::HEAP_OUT_OF_BOUNDS)),
        };
        self.func.dfg.mem_flags.insert(flags).unwrap()
    }
}

fn bytes(count: u8) -> ConstantData {
    (0..count).collect()
}
