//! One instruction, with what it refers to.

use std::ops::Range;

use super::operations::{
    AtomicOperation, BinaryOp, FloatCondition, IntCondition, LoadOp, NullaryOp, StoreOp, TernaryOp,
    UnaryOp,
};
use crate::artifact::{
    BlockArg, BlockCall, Callee, ExceptionItem, ExceptionTable, Form, JumpTable, MemoryFlags,
    OperandKind, Signature,
};

/// A value of a function, by its number.
pub type Value = u32;

/// An instruction.
#[derive(Debug, Clone, PartialEq)]
pub struct Instruction<'a> {
    /// Counted through the body, as positions and debug tags count it.
    pub number: u32,
    /// What it does.
    pub operation: Operation<'a>,
    /// The values that it gives.
    pub results: Range<Value>,
}

impl Instruction<'_> {
    /// Its only result, or the first of several.
    pub fn result(&self) -> Option<Value> {
        (!self.results.is_empty()).then_some(self.results.start)
    }
}

/// What an instruction does. Types are those of the values: see
/// [`FunctionTree::value_type`](super::FunctionTree::value_type).
///
/// Indices of blocks, slots and global values are those of the
/// [`Body`](crate::artifact::Body).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "fields are named after what CLIF calls them")]
pub enum Operation<'a> {
    /// An operation without operands.
    Nullary(NullaryOp),
    /// `iconst`: the immediate; of a type narrower than 64 bits its low bits count.
    Integer(i64),
    /// `f16const`: the bits.
    Float16(u16),
    /// `f32const`: the bits.
    Float32(u32),
    /// `f64const`: the bits.
    Float64(u64),
    /// `f128const`: the bytes, little-endian.
    Float128(&'a [u8]),
    /// `vconst`: the bytes, little-endian, lane 0 first.
    Vector(&'a [u8]),
    /// An operation on one value.
    Unary(UnaryOp, Value),
    /// An operation on two values.
    Binary(BinaryOp, [Value; 2]),
    /// An operation on three values.
    Ternary(TernaryOp, [Value; 3]),
    /// `icmp`.
    CompareIntegers(IntCondition, [Value; 2]),
    /// `fcmp`.
    CompareFloats(FloatCondition, [Value; 2]),
    /// `uadd_overflow_trap`: the sum, or the trap.
    AddOrTrap { values: [Value; 2], trap: u8 },
    /// `bitcast`; of the flags only the byte order counts.
    Bitcast { flags: MemoryFlags, value: Value },
    /// `insertlane`.
    InsertLane {
        vector: Value,
        value: Value,
        lane: u8,
    },
    /// `extractlane`.
    ExtractLane { vector: Value, lane: u8 },
    /// `extract_vector`, of a scalable vector.
    ExtractVector { vector: Value, index: u8 },
    /// `shuffle`: for each lane of the result, its number in both operands together.
    Shuffle { values: [Value; 2], mask: &'a [u8] },
    /// A load from `address + offset`.
    Load {
        op: LoadOp,
        flags: MemoryFlags,
        address: Value,
        offset: i32,
    },
    /// A store to `address + offset`.
    Store {
        op: StoreOp,
        flags: MemoryFlags,
        value: Value,
        address: Value,
        offset: i32,
    },
    /// `atomic_load`, sequentially consistent as all of these.
    AtomicLoad { flags: MemoryFlags, address: Value },
    /// `atomic_store`.
    AtomicStore {
        flags: MemoryFlags,
        value: Value,
        address: Value,
    },
    /// `atomic_rmw`: gives what was there before.
    AtomicUpdate {
        flags: MemoryFlags,
        operation: AtomicOperation,
        address: Value,
        value: Value,
    },
    /// `atomic_cas`: gives what was there before.
    AtomicCompareExchange {
        flags: MemoryFlags,
        address: Value,
        expected: Value,
        replacement: Value,
    },
    /// `stack_addr`.
    StackAddress { slot: u32, offset: i32 },
    /// `dynamic_stack_addr`.
    DynamicStackAddress { slot: u32 },
    /// `symbol_value`: the address, or the value, that a global value stands for.
    GlobalValue(u32),
    /// `tls_value`: the address of a thread-local symbol.
    ThreadLocal(u32),
    /// `func_addr`.
    FunctionAddress(&'a Callee),
    /// `get_exception_handler_address`: of handler `index` of the call that ends `block`.
    ExceptionHandlerAddress { block: u32, index: i64 },
    /// `trapz` and `trapnz`: the trap, if the value is zero or if it is not.
    TrapIf {
        is_zero: bool,
        value: Value,
        trap: u8,
    },
    /// `call`.
    Call {
        callee: &'a Callee,
        signature: &'a Signature,
        arguments: Vec<Value>,
    },
    /// `call_indirect`.
    CallIndirect {
        address: Value,
        signature: &'a Signature,
        arguments: Vec<Value>,
    },

    /// `jump`. This and all below end a block.
    Jump(BlockCall),
    /// `brif`: to `nonzero` if any bit of the value is set.
    Branch {
        value: Value,
        nonzero: BlockCall,
        zero: BlockCall,
    },
    /// `br_table`.
    BranchTable { index: Value, table: &'a JumpTable },
    /// `return`.
    Return(Vec<Value>),
    /// `trap`.
    Trap(u8),
    /// `return_call`.
    ReturnCall {
        callee: &'a Callee,
        signature: &'a Signature,
        arguments: Vec<Value>,
    },
    /// `return_call_indirect`.
    ReturnCallIndirect {
        address: Value,
        signature: &'a Signature,
        arguments: Vec<Value>,
    },
    /// `try_call`.
    TryCall {
        callee: &'a Callee,
        signature: &'a Signature,
        arguments: Vec<Value>,
        table: &'a ExceptionTable,
    },
    /// `try_call_indirect`.
    TryCallIndirect {
        address: Value,
        signature: &'a Signature,
        arguments: Vec<Value>,
        table: &'a ExceptionTable,
    },

    /// A mnemonic that CLIF does not have. A backend that does not know it either refuses it
    /// by name (E5006).
    Other {
        form: &'a Form,
        operands: Vec<Operand>,
    },
}

/// An operand of an instruction that is none of CLIF's.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operand {
    /// A value.
    Value(Value),
    /// A list of values.
    Values(Vec<Value>),
    /// A branch target.
    BlockCall(BlockCall),
    /// A signed number: an immediate or an offset.
    Signed(i64),
    /// A number of this kind: an index, a code, packed flags, the bits of a float.
    Unsigned(OperandKind, u64),
}

impl Operation<'_> {
    /// As CLIF's text spells it, without a type.
    pub fn mnemonic(&self) -> &str {
        match self {
            Self::Nullary(op) => op.mnemonic(),
            Self::Unary(op, _) => op.mnemonic(),
            Self::Binary(op, _) => op.mnemonic(),
            Self::Ternary(op, _) => op.mnemonic(),
            Self::Load { op, .. } => op.mnemonic(),
            Self::Store { op, .. } => op.mnemonic(),
            Self::Other { form, .. } => &form.mnemonic,
            Self::Integer(_) => "iconst",
            Self::Float16(_) => "f16const",
            Self::Float32(_) => "f32const",
            Self::Float64(_) => "f64const",
            Self::Float128(_) => "f128const",
            Self::Vector(_) => "vconst",
            Self::CompareIntegers(..) => "icmp",
            Self::CompareFloats(..) => "fcmp",
            Self::AddOrTrap { .. } => "uadd_overflow_trap",
            Self::Bitcast { .. } => "bitcast",
            Self::InsertLane { .. } => "insertlane",
            Self::ExtractLane { .. } => "extractlane",
            Self::ExtractVector { .. } => "extract_vector",
            Self::Shuffle { .. } => "shuffle",
            Self::AtomicLoad { .. } => "atomic_load",
            Self::AtomicStore { .. } => "atomic_store",
            Self::AtomicUpdate { .. } => "atomic_rmw",
            Self::AtomicCompareExchange { .. } => "atomic_cas",
            Self::StackAddress { .. } => "stack_addr",
            Self::DynamicStackAddress { .. } => "dynamic_stack_addr",
            Self::GlobalValue(_) => "symbol_value",
            Self::ThreadLocal(_) => "tls_value",
            Self::FunctionAddress(_) => "func_addr",
            Self::ExceptionHandlerAddress { .. } => "get_exception_handler_address",
            Self::TrapIf { is_zero: true, .. } => "trapz",
            Self::TrapIf { is_zero: false, .. } => "trapnz",
            Self::Call { .. } => "call",
            Self::CallIndirect { .. } => "call_indirect",
            Self::Jump(_) => "jump",
            Self::Branch { .. } => "brif",
            Self::BranchTable { .. } => "br_table",
            Self::Return(_) => "return",
            Self::Trap(_) => "trap",
            Self::ReturnCall { .. } => "return_call",
            Self::ReturnCallIndirect { .. } => "return_call_indirect",
            Self::TryCall { .. } => "try_call",
            Self::TryCallIndirect { .. } => "try_call_indirect",
        }
    }

    /// Whether it ends a block, as far as its mnemonic is CLIF's.
    pub const fn is_terminator(&self) -> bool {
        matches!(
            self,
            Self::Jump(_)
                | Self::Branch { .. }
                | Self::BranchTable { .. }
                | Self::Return(_)
                | Self::Trap(_)
                | Self::ReturnCall { .. }
                | Self::ReturnCallIndirect { .. }
                | Self::TryCall { .. }
                | Self::TryCallIndirect { .. }
        )
    }

    /// Where it may go on, with the arguments; a block may come more than once.
    pub fn targets(&self) -> Vec<&BlockCall> {
        match self {
            Self::Jump(target) => vec![target],
            Self::Branch { nonzero, zero, .. } => vec![nonzero, zero],
            Self::BranchTable { table, .. } => {
                table.entries.iter().chain([&table.default]).collect()
            }
            Self::TryCall { table, .. } | Self::TryCallIndirect { table, .. } => {
                let handlers = table.items.iter().filter_map(|item| match item {
                    ExceptionItem::Tag(_, target) | ExceptionItem::Default(target) => Some(target),
                    ExceptionItem::Context(_) => None,
                });
                [&table.normal].into_iter().chain(handlers).collect()
            }
            Self::Other { operands, .. } => {
                let calls = operands.iter().filter_map(|operand| match operand {
                    Operand::BlockCall(target) => Some(target),
                    _ => None,
                });
                calls.collect()
            }
            _ => Vec::new(),
        }
    }

    /// The values that it uses, in the order of its operands; those that it passes to blocks
    /// come last.
    pub fn uses(&self) -> Vec<Value> {
        let mut uses = self.operands();
        let targets = self.targets();
        uses.extend(targets.iter().flat_map(|target| {
            target.args.iter().filter_map(|argument| match argument {
                BlockArg::Value(value) => Some(*value),
                BlockArg::CallResult(_) | BlockArg::ExceptionPayload(_) => None,
            })
        }));
        uses
    }

    fn operands(&self) -> Vec<Value> {
        match self {
            Self::Unary(_, value)
            | Self::Bitcast { value, .. }
            | Self::TrapIf { value, .. }
            | Self::Branch { value, .. } => vec![*value],
            Self::ExtractLane { vector, .. } | Self::ExtractVector { vector, .. } => vec![*vector],
            Self::BranchTable { index, .. } => vec![*index],
            Self::Load { address, .. } | Self::AtomicLoad { address, .. } => vec![*address],
            Self::Binary(_, values)
            | Self::CompareIntegers(_, values)
            | Self::CompareFloats(_, values)
            | Self::AddOrTrap { values, .. }
            | Self::Shuffle { values, .. } => values.to_vec(),
            Self::Ternary(_, values) => values.to_vec(),
            Self::InsertLane { vector, value, .. } => vec![*vector, *value],
            Self::Store { value, address, .. } | Self::AtomicStore { value, address, .. } => {
                vec![*value, *address]
            }
            Self::AtomicUpdate { address, value, .. } => vec![*address, *value],
            Self::AtomicCompareExchange {
                address,
                expected,
                replacement,
                ..
            } => {
                vec![*address, *expected, *replacement]
            }
            Self::Call { arguments, .. } | Self::ReturnCall { arguments, .. } => arguments.clone(),
            Self::Return(values) => values.clone(),
            Self::CallIndirect {
                address, arguments, ..
            }
            | Self::ReturnCallIndirect {
                address, arguments, ..
            } => [&[*address], &**arguments].concat(),
            Self::TryCall {
                arguments, table, ..
            } => [&**arguments, &*contexts(table)].concat(),
            Self::TryCallIndirect {
                address,
                arguments,
                table,
                ..
            } => [&[*address], &**arguments, &*contexts(table)].concat(),
            Self::Other { operands, .. } => {
                let lists = operands.iter().map(|operand| match operand {
                    Operand::Value(value) => std::slice::from_ref(value),
                    Operand::Values(values) => values,
                    _ => &[],
                });
                lists.collect::<Vec<_>>().concat()
            }
            Self::Nullary(_)
            | Self::Integer(_)
            | Self::Float16(_)
            | Self::Float32(_)
            | Self::Float64(_)
            | Self::Float128(_)
            | Self::Vector(_)
            | Self::StackAddress { .. }
            | Self::DynamicStackAddress { .. }
            | Self::GlobalValue(_)
            | Self::ThreadLocal(_)
            | Self::FunctionAddress(_)
            | Self::ExceptionHandlerAddress { .. }
            | Self::Jump(_)
            | Self::Trap(_) => Vec::new(),
        }
    }
}

fn contexts(table: &ExceptionTable) -> Vec<Value> {
    let contexts = table.items.iter().filter_map(|item| match item {
        ExceptionItem::Context(value) => Some(*value),
        ExceptionItem::Tag(..) | ExceptionItem::Default(_) => None,
    });
    contexts.collect()
}
