//! The structures, in the words and the order of the document. They print as
//! the crate's own types of the same names, so that both can be compared.

use std::collections::BTreeSet;
use std::fmt;

use super::bytes::{Bytes, Read};

macro_rules! structures {
    ($($name:ident { $($field:ident: $ty:ty),* $(,)? })*) => {
        $(
            #[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
            #[allow(dead_code, reason = "printed")]
            pub struct $name { $(pub $field: $ty),* }

            impl Read for $name {
                fn read(bytes: &mut Bytes<'_>) -> Self {
                    Self { $($field: Read::read(bytes)),* }
                }
            }
        )*
    };
}

/// The variants are numbered from 0, in their order.
macro_rules! enums {
    ($($name:ident = $(
        $variant:ident $(($($ty:ty),*))? $({ $($field:ident: $field_ty:ty),* })?
    ),+;)*) => {
        $(
            #[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
            #[allow(dead_code, reason = "printed")]
            pub enum $name {
                $($variant $(($($ty),*))? $({ $($field: $field_ty),* })?),+
            }

            impl Read for $name {
                #[allow(unused_assignments, reason = "the last variant counts too")]
                fn read(bytes: &mut Bytes<'_>) -> Self {
                    let wanted = bytes.leb128();
                    let mut number = 0;
                    $(
                        if number == wanted {
                            return Self::$variant
                                $(($(<$ty as Read>::read(bytes)),*))?
                                $({ $($field: Read::read(bytes)),* })?;
                        }
                        number += 1;
                    )+
                    panic!("{} has no variant {wanted}", stringify!($name));
                }
            }
        )*
    };
}

structures! {
    Header {
        producer: Producer,
        pointer_width: u8,
        endianness: Endianness,
        runtime_abi: Option<u32>,
        entrypoint: Option<Entrypoint>,
        features: BTreeSet<Feature>,
    }
    Producer { name: String, version: String }
    Entrypoint { symbol: u32, name: String, result: ResultKind }

    Module { signatures: Vec<Signature>, symbols: Vec<Symbol>, data: Vec<DataObject> }
    Signature { call_conv: CallConv, params: Vec<AbiParam>, returns: Vec<AbiParam> }
    AbiParam { ty: Type, purpose: Purpose, extension: Extension }
    Symbol { name: Option<String>, kind: SymbolKind, linkage: Linkage }
    DataObject {
        symbol: u32,
        init: DataInit,
        align: Option<u64>,
        section: Option<String>,
        used: bool,
        relocations: Vec<DataRelocation>,
        role: DataRole,
    }
    DataRelocation { offset: u32, target: u32, addend: i64 }

    Form { mnemonic: String, operands: Vec<OperandKind>, results: Vec<Type> }

    Body {
        symbol: u32,
        signatures: Vec<u32>,
        callees: Vec<Callee>,
        global_values: Vec<GlobalValue>,
        alias_regions: Vec<AliasRegion>,
        stack_slots: Vec<StackSlot>,
        dynamic_types: Vec<DynamicType>,
        dynamic_stack_slots: Vec<u32>,
        stack_limit: Option<u32>,
        constants: Vec<Vec<u8>>,
        immediates: Vec<Vec<u8>>,
        jump_tables: Vec<JumpTable>,
        exception_tables: Vec<ExceptionTable>,
        blocks: Vec<Block>,
        values: u32,
        positions: Vec<(u32, u32)>,
        stack_maps: Vec<StackMapEntry>,
        debug_tags: Vec<InstructionTag>,
        value_labels: Vec<ValueLabel>,
    }
    Callee { target: NameRef, signature: u32, colocated: bool, patchable: bool }
    AliasRegion { id: u32, description: String }
    StackSlot { size: u32, align_shift: u8, key: Option<u64> }
    DynamicType { base: Type, scale: u32 }
    JumpTable { default: BlockCall, entries: Vec<BlockCall> }
    ExceptionTable { signature: u32, normal: BlockCall, items: Vec<ExceptionItem> }
    BlockCall { block: u32, args: Vec<BlockArg> }
    Block { params: Vec<Type>, cold: bool, instructions: u32 }
    StackMapEntry { instruction: u32, ty: Type, slot: u32, offset: u32 }
    InstructionTag { instruction: u32, tag: DebugTag }
    ValueLabel { value: u32, position: u32, label: u32 }
}

enums! {
    Endianness = Little, Big;
    ResultKind = Unit, Bool, U8, I32, I64, F64, Char, Str, Pointer;
    Feature = Simd, ScalableSimd, Atomics, Tls, Exceptions, I128, F16, F128, TailCalls, SysvAmd64;

    CallConv = Platform, SystemV, WindowsFastcall, AppleAarch64, Fast, Tail, Probestack, Winch,
        PreserveAll;
    Purpose = Normal, StructArgument(u32), StructReturn, VmContext;
    Extension = None, Unsigned, Signed;
    SymbolKind = Function { signature: u32 }, Data { writable: bool, tls: bool };
    Linkage = Import(ImportSource), Local, Hidden, Preemptible, Export;
    ImportSource = Runtime, Extern { library: String, abi: String }, Plain;
    DataInit = Zeroes(u64), Bytes(Vec<u8>);
    DataRole = Plain, StringLiteral, TypeDescriptor;

    OperandKind = Value, ValueList, Block, BlockCall, Imm8, Imm64, Offset32, Ieee16, Ieee32, Ieee64,
        Immediate, Constant, GlobalValue, StackSlot, DynamicStackSlot, Callee, Signature, JumpTable,
        ExceptionTable, IntCondition, FloatCondition, MemoryFlags, TrapCode, AtomicOperation;

    NameRef = Symbol(u32), LibCall(String), Known(String);
    GlobalValue = VmContext, Load { base: u32, offset: i32, ty: Type, flags: u32 },
        AddImm { base: u32, offset: i64, ty: Type },
        Symbol { name: NameRef, offset: i64, colocated: bool, tls: bool },
        DynamicScale { vector: Type };
    BlockArg = Value(u32), CallResult(u32), ExceptionPayload(u32);
    ExceptionItem = Tag(u32, BlockCall), Default(BlockCall), Context(u32);
    DebugTag = User(u32), StackSlot(u32);
}

/// A type, in CLIF's spelling.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Type(String);

impl Read for Type {
    fn read(bytes: &mut Bytes<'_>) -> Self {
        let code = u16::read(bytes);
        let lanes = [
            "i8", "i16", "i32", "i64", "i128", "f16", "f32", "f64", "f128",
        ];
        let mut text = lanes[usize::from(code & 0xf) - 1].to_owned();
        let (count, scalable) = (1 << (code >> 4 & 0xf), code >> 8 == 1);
        if count > 1 || scalable {
            text += &format!("x{count}");
        }
        if scalable {
            text += "xN";
        }
        Self(text)
    }
}

impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
