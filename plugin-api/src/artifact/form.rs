//! Instruction forms: the mnemonic table that each artifact carries.
//!
//! Opcode numbers never appear in the format. Each artifact lists the
//! (mnemonic, operand kinds, result types) combinations that it uses; an
//! instruction names its row. So a reader can walk every instruction, even
//! those whose mnemonic it has never heard of, and can refuse them by name.

use serde::{Deserialize, Serialize};

use super::types::Type;

/// Index into the form table.
pub type FormId = u32;

/// Section `FORM`, one row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Form {
    /// CLIF mnemonic without type suffix, for instance `iadd`.
    pub mnemonic: String,
    /// Operands, in encoding order.
    pub operands: Vec<OperandKind>,
    /// Types of the results, in order.
    pub results: Vec<Type>,
}

/// The kind of one operand; it decides the operand's encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum OperandKind {
    /// A value.
    Value,
    /// A counted list of values.
    ValueList,
    /// A block, without arguments.
    Block,
    /// A branch target: a block and its arguments.
    BlockCall,
    /// An 8-bit unsigned immediate.
    Imm8,
    /// A 64-bit signed immediate.
    Imm64,
    /// A signed 32-bit byte offset.
    Offset32,
    /// The bits of a 16-bit float.
    Ieee16,
    /// The bits of a 32-bit float.
    Ieee32,
    /// The bits of a 64-bit float.
    Ieee64,
    /// Index into [`Body::immediates`](super::Body::immediates).
    Immediate,
    /// Index into [`Body::constants`](super::Body::constants).
    Constant,
    /// Index into [`Body::global_values`](super::Body::global_values).
    GlobalValue,
    /// Index into [`Body::stack_slots`](super::Body::stack_slots).
    StackSlot,
    /// Index into [`Body::dynamic_stack_slots`](super::Body::dynamic_stack_slots).
    DynamicStackSlot,
    /// Index into [`Body::callees`](super::Body::callees).
    Callee,
    /// Index into [`Body::signatures`](super::Body::signatures).
    Signature,
    /// Index into [`Body::jump_tables`](super::Body::jump_tables).
    JumpTable,
    /// Index into [`Body::exception_tables`](super::Body::exception_tables).
    ExceptionTable,
    /// Index into [`INT_CONDITIONS`].
    IntCondition,
    /// Index into [`FLOAT_CONDITIONS`].
    FloatCondition,
    /// Packed [`MemoryFlags`](super::MemoryFlags).
    MemoryFlags,
    /// A trap code, 1 to 255.
    TrapCode,
    /// Index into [`ATOMIC_OPERATIONS`].
    AtomicOperation,
}

/// Integer conditions, in the order of their codes.
pub const INT_CONDITIONS: [&str; 10] = [
    "eq", "ne", "slt", "sge", "sgt", "sle", "ult", "uge", "ugt", "ule",
];

/// Float conditions, in the order of their codes.
pub const FLOAT_CONDITIONS: [&str; 14] = [
    "ord", "uno", "eq", "ne", "one", "ueq", "lt", "le", "gt", "ge", "ult", "ule", "ugt", "uge",
];

/// Atomic read-modify-write operations, in the order of their codes.
pub const ATOMIC_OPERATIONS: [&str; 11] = [
    "add", "sub", "and", "nand", "or", "xor", "xchg", "umin", "umax", "smin", "smax",
];
