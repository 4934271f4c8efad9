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
///
/// Any mnemonic and any kinds of operands may stand here. Backends know those of
/// CLIF, which in Cranelift 0.135 are:
///
/// | operands | mnemonics |
/// |---|---|
/// | BlockCall | `jump` |
/// | Value, BlockCall, BlockCall | `brif` |
/// | Value, JumpTable | `br_table` |
/// | none | `debugtrap` `get_pinned_reg` `get_frame_pointer` `get_stack_pointer` `get_return_address` `nop` `fence` `sequence_point` |
/// | TrapCode | `trap` |
/// | Value, TrapCode | `trapz` `trapnz` |
/// | ValueList | `return` |
/// | Callee, ValueList | `call` `return_call` |
/// | Signature, ValueList | `call_indirect` `return_call_indirect` |
/// | Callee | `func_addr` |
/// | Callee, ValueList, ExceptionTable | `try_call` |
/// | ValueList, ExceptionTable | `try_call_indirect` |
/// | Value | `splat` `set_pinned_reg` `vany_true` `vall_true` `vhigh_bits` `ineg` `iabs` `bnot` `bitrev` `clz` `cls` `ctz` `bswap` `popcnt` `sqrt` `fneg` `fabs` `ceil` `floor` `trunc` `nearest` `scalar_to_vector` `bmask` `ireduce` `swiden_low` `swiden_high` `uwiden_low` `uwiden_high` `uextend` `sextend` `fpromote` `fdemote` `fvdemote` `fvpromote_low` `fcvt_to_uint` `fcvt_to_sint` `fcvt_to_uint_sat` `fcvt_to_sint_sat` `x86_cvtt2dq` `fcvt_from_uint` `fcvt_from_sint` `isplit` |
/// | Value, Value | `swizzle` `x86_pshufb` `smin` `umin` `smax` `umax` `avg_round` `uadd_sat` `sadd_sat` `usub_sat` `ssub_sat` `iadd` `isub` `imul` `umulhi` `smulhi` `sqmul_round_sat` `x86_pmulhrsw` `udiv` `sdiv` `urem` `srem` `uadd_overflow` `sadd_overflow` `usub_overflow` `ssub_overflow` `umul_overflow` `smul_overflow` `band` `bor` `bxor` `rotl` `rotr` `ishl` `ushr` `sshr` `fadd` `fsub` `fmul` `fdiv` `fcopysign` `fmin` `fmax` `snarrow` `unarrow` `uunarrow` `iadd_pairwise` `x86_pmaddubsw` `iconcat` |
/// | Value, Value, Imm8 | `insertlane` |
/// | Value, Imm8 | `extractlane` `extract_vector` |
/// | MemoryFlags, Value, Offset32 | `load` `uload8` `sload8` `uload16` `sload16` `uload32` `sload32` `uload8x8` `sload8x8` `uload16x4` `sload16x4` `uload32x2` `sload32x2` |
/// | MemoryFlags, Value, Value, Offset32 | `store` `istore8` `istore16` `istore32` |
/// | Value, Value, Value | `stack_switch` `select` `select_spectre_guard` `bitselect` `blendv` `sadd_overflow_cin` `uadd_overflow_cin` `ssub_overflow_bin` `usub_overflow_bin` `fma` |
/// | StackSlot, Offset32 | `stack_addr` |
/// | DynamicStackSlot | `dynamic_stack_addr` |
/// | GlobalValue | `symbol_value` `tls_value` |
/// | Block, Imm64 | `get_exception_handler_address` |
/// | Imm64 | `iconst` |
/// | Ieee16 | `f16const` |
/// | Ieee32 | `f32const` |
/// | Ieee64 | `f64const` |
/// | Constant | `f128const` `vconst` |
/// | Value, Value, Immediate | `shuffle` |
/// | IntCondition, Value, Value | `icmp` |
/// | Value, Value, TrapCode | `uadd_overflow_trap` |
/// | FloatCondition, Value, Value | `fcmp` |
/// | MemoryFlags, Value | `bitcast` `atomic_load` |
/// | MemoryFlags, AtomicOperation, Value, Value | `atomic_rmw` |
/// | MemoryFlags, Value, Value, Value | `atomic_cas` |
/// | MemoryFlags, Value, Value | `atomic_store` |
///
/// Values are in the order of CLIF's text: what is stored comes before its
/// address. The results are CLIF's too: of a call those of its signature, of
/// `try_call` and of whatever ends a block none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Form {
    /// CLIF mnemonic without type suffix, for instance `iadd`.
    pub mnemonic: String,
    /// Kinds of the operands, in encoding order. Not always CLIF's order: see
    /// the [model](super#the-model).
    pub operands: Vec<OperandKind>,
    /// Types of the results, in order; each result is a new value.
    pub results: Vec<Type>,
}

/// The kind of one operand; it decides the operand's encoding.
///
/// All integers in the stream are LEB128 in their shortest spelling; zigzag
/// means 0, -1, 1, -2 … as 0, 1, 2, 3 …. *Next* is the number of the next value
/// to be defined.
///
/// | kind | in the stream | [reader](super::InstructionReader) |
/// |---|---|---|
/// | `Value` | zigzag of *next* minus the value's number | `value` |
/// | `ValueList` | count, then as many values | `value_list` |
/// | `Block` | index of the block | `unsigned32` |
/// | `BlockCall` | index of the block, count, then for each argument a word: bits 0–1 are 0 for a value, 1 for a call's result, 2 for a word of an exception's payload; the rest is a value's zigzag distance, or the index | `block_call` |
/// | `Imm8` | 0 to 255 | `unsigned8` |
/// | `Imm64` | zigzag, 64 bits | `signed` |
/// | `Offset32` | zigzag, 32 bits; in bytes | `signed32` |
/// | `Ieee16`, `Ieee32` | the bits, unsigned; at most 16 and 32 of them | `unsigned32` |
/// | `Ieee64` | the bits, unsigned | `unsigned` |
/// | `Immediate`, `Constant`, `GlobalValue`, `StackSlot`, `DynamicStackSlot`, `Callee`, `Signature`, `JumpTable`, `ExceptionTable` | index into the body's list | `unsigned32` |
/// | `IntCondition`, `FloatCondition`, `AtomicOperation` | index into [`INT_CONDITIONS`], [`FLOAT_CONDITIONS`] or [`ATOMIC_OPERATIONS`] | `unsigned32` |
/// | `MemoryFlags` | packed, see [`MemoryFlags`](super::MemoryFlags) | `unsigned32` |
/// | `TrapCode` | 1 to 255 | `unsigned8` |
///
/// To skip an operand it is enough to treat all but `Value`, `ValueList` and
/// `BlockCall` as one integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum OperandKind {
    /// A value.
    Value,
    /// A counted list of values.
    ValueList,
    /// A block, without arguments, named but not branched to.
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
    /// Index into [`Body::signatures`](super::Body::signatures), not a module
    /// signature.
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
    /// A trap code, 1 to 255. Codes up to 250 are the producer's own; CLIF names
    /// the others: 251 `stk_ovf` stack overflow, 252 `int_ovf` integer overflow,
    /// 253 `heap_oob` heap access out of bounds, 254 `int_divz` integer division
    /// by zero, 255 `bad_toint` failed conversion to an integer.
    TrapCode,
    /// Index into [`ATOMIC_OPERATIONS`].
    AtomicOperation,
}

/// Integer conditions in CLIF's spelling, in the order of their codes. The
/// first letter says signed or unsigned.
pub const INT_CONDITIONS: [&str; 10] = [
    "eq", "ne", "slt", "sge", "sgt", "sle", "ult", "uge", "ugt", "ule",
];

/// Float conditions in CLIF's spelling, in the order of their codes. `ord` and
/// `uno` ask whether one of the operands is NaN; of the others those that begin
/// with `u`, and `ne`, hold if one is.
pub const FLOAT_CONDITIONS: [&str; 14] = [
    "ord", "uno", "eq", "ne", "one", "ueq", "lt", "le", "gt", "ge", "ult", "ule", "ugt", "uge",
];

/// Atomic read-modify-write operations in CLIF's spelling, in the order of their
/// codes.
pub const ATOMIC_OPERATIONS: [&str; 11] = [
    "add", "sub", "and", "nand", "or", "xor", "xchg", "umin", "umax", "smin", "smax",
];
