//! Function bodies: the entities of a function, and its instruction stream.

use serde::{Deserialize, Serialize};

use super::debug::NO_POSITION;
use super::module::{SignatureId, SymbolId};
use super::types::Type;

/// One function body. All indices are local to the body unless said otherwise.
///
/// The lists before `blocks` are what instructions and one another refer to, by
/// index; most are empty in most bodies. The lists after `values` hang on instructions and
/// values, and a backend that makes no debug information and has no garbage
/// collector may ignore them.
///
/// Values are numbered densely in creation order: block by block in layout
/// order, first the block's parameters, then the results of its instructions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// The function that it defines (module symbol).
    pub symbol: SymbolId,
    /// Signatures that calls refer to (module signatures). Callees, indirect
    /// calls and exception tables name an index into this list, not a module
    /// signature.
    pub signatures: Vec<SignatureId>,
    /// What direct calls and function addresses refer to.
    pub callees: Vec<Callee>,
    /// Addresses and loads that the backend computes where needed.
    pub global_values: Vec<GlobalValue>,
    /// Memory regions that do not alias one another.
    pub alias_regions: Vec<AliasRegion>,
    /// Stack memory of fixed size.
    pub stack_slots: Vec<StackSlot>,
    /// Vector types whose length is known at run time.
    pub dynamic_types: Vec<DynamicType>,
    /// Stack memory of scalable size: index into `dynamic_types` for each.
    pub dynamic_stack_slots: Vec<u32>,
    /// Global value that holds the stack limit: the address below which the
    /// stack pointer must not go.
    pub stack_limit: Option<u32>,
    /// Constants of vectors and of 128-bit floats, little-endian, as many bytes
    /// as the type has. Smaller constants are immediates in the stream.
    pub constants: Vec<Vec<u8>>,
    /// Immediates of 16 bytes: the lane masks of `shuffle`.
    pub immediates: Vec<Vec<u8>>,
    /// Targets of table branches.
    pub jump_tables: Vec<JumpTable>,
    /// Destinations of calls that may throw.
    pub exception_tables: Vec<ExceptionTable>,
    /// Blocks, in layout order; the first is the entry.
    pub blocks: Vec<Block>,
    /// Number of values: parameters of all blocks and results of all
    /// instructions. [`ArtifactBuilder`](super::ArtifactBuilder) fills it in.
    pub values: u32,
    /// Source positions: (instruction number, position), ascending. Each holds
    /// until the next. Positions are the producer's numbers; `u32::MAX` is
    /// "none", which also holds before the first entry.
    pub positions: Vec<(u32, u32)>,
    /// Garbage-collector roots that live across a call.
    pub stack_maps: Vec<StackMapEntry>,
    /// Debug tags of calls and of `sequence_point`.
    pub debug_tags: Vec<InstructionTag>,
    /// Labels of values, for debug information.
    pub value_labels: Vec<ValueLabel>,
}

impl Body {
    /// The position that the instruction with this number has; `None` if it has none.
    /// [`DebugInfo::positions`](super::debug::DebugInfo::positions) may say what it means.
    pub fn position_of(&self, instruction: u32) -> Option<u32> {
        let behind = self
            .positions
            .partition_point(|(first, _)| *first <= instruction);
        let (_, position) = self.positions.get(behind.checked_sub(1)?)?;
        Some(*position).filter(|position| *position != NO_POSITION)
    }
}

/// A function that direct calls and `func_addr` name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callee {
    /// What is called; a symbol is a function.
    pub target: NameRef,
    /// How it is called: an index into [`Body::signatures`]. Nothing compares it
    /// with the symbol's own signature.
    pub signature: u32,
    /// Defined in the same unit, so that a short relocation reaches it. Never
    /// set for imports.
    pub colocated: bool,
    /// The call site may be patched at run time.
    pub patchable: bool,
}

/// A reference to something by its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NameRef {
    /// A symbol of the module.
    Symbol(SymbolId),
    /// A routine of the compiler's support library, by Cranelift's name for it,
    /// for instance `CeilF32`.
    LibCall(String),
    /// A symbol that the object format defines, by Cranelift's name for it, for
    /// instance `ElfGlobalOffsetTable`.
    Known(String),
}

/// A value that is computed from global state wherever it is needed. Bases come
/// before their users, so there are no cycles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum GlobalValue {
    /// The VM context pointer.
    VmContext,
    /// Loaded from another global value.
    Load {
        /// The address, an earlier global value.
        base: u32,
        /// Byte offset.
        offset: i32,
        /// Type of the loaded value.
        ty: Type,
        /// [`MemoryFlags`], packed.
        flags: u32,
    },
    /// Another global value plus a constant.
    AddImm {
        /// The base, an earlier global value.
        base: u32,
        /// The constant.
        offset: i64,
        /// Type of the sum.
        ty: Type,
    },
    /// The address of a name.
    Symbol {
        /// The name.
        name: NameRef,
        /// Byte offset.
        offset: i64,
        /// Defined in the same unit, as for [`Callee::colocated`].
        colocated: bool,
        /// Thread-local.
        tls: bool,
    },
    /// How many vectors of a type fit the target's vector register.
    DynamicScale {
        /// The type.
        vector: Type,
    },
}

/// A memory region that no access to another region touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasRegion {
    /// The producer's number for it.
    pub id: u32,
    /// What it is.
    pub description: String,
}

/// Stack memory of fixed size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackSlot {
    /// Size in bytes.
    pub size: u32,
    /// Base-2 logarithm of the alignment in bytes, at most 16.
    pub align_shift: u8,
    /// A number by which the producer finds the slot again in debug
    /// information.
    pub key: Option<u64>,
}

/// A vector type whose length depends on a global value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DynamicType {
    /// The vector at scale one.
    pub base: Type,
    /// The scale, a global value.
    pub scale: u32,
}

/// Targets of a table branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JumpTable {
    /// Taken if the index is out of range.
    pub default: BlockCall,
    /// Taken by index, from 0 on.
    pub entries: Vec<BlockCall>,
}

/// Destinations of a call that may throw. Such a call ends its block and has no
/// results of its own: its blocks get them as [`BlockArg::CallResult`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionTable {
    /// Signature of the call: an index into [`Body::signatures`].
    pub signature: u32,
    /// Taken when the call returns.
    pub normal: BlockCall,
    /// Handlers and contexts, in matching order.
    pub items: Vec<ExceptionItem>,
}

/// One entry of an exception table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExceptionItem {
    /// Handles exceptions with this tag, a number of the producer's.
    Tag(u32, BlockCall),
    /// Handles every exception.
    Default(BlockCall),
    /// The dynamic context of the entries that follow: a value.
    Context(u32),
}

/// A block and the arguments for its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockCall {
    /// The block.
    pub block: u32,
    /// One for each parameter, of its type.
    pub args: Vec<BlockArg>,
}

/// An argument of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlockArg {
    /// A value of the body.
    Value(u32),
    /// A result of the call whose exception table this stands in, by its index
    /// in the signature. Only in exception tables.
    CallResult(u32),
    /// A payload word of the exception, by its index; the calling convention
    /// says how many there are. Only in exception tables.
    ExceptionPayload(u32),
}

/// A basic block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Types of its parameters; each is a new value.
    pub params: Vec<Type>,
    /// Rarely executed: a hint for the layout of the code.
    pub cold: bool,
    /// Number of its instructions, the one that ends it included.
    pub instructions: u32,
}

/// A garbage-collector root in a stack slot, live across a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackMapEntry {
    /// Number of the instruction, counted through the body.
    pub instruction: u32,
    /// Type of the root.
    pub ty: Type,
    /// Index into [`Body::stack_slots`].
    pub slot: u32,
    /// Byte offset in the slot.
    pub offset: u32,
}

/// A debug tag of an instruction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstructionTag {
    /// Number of the instruction, counted through the body.
    pub instruction: u32,
    /// The tag.
    pub tag: DebugTag,
}

/// What a debug tag says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DebugTag {
    /// A number of the producer's.
    User(u32),
    /// Index into [`Body::stack_slots`].
    StackSlot(u32),
}

/// A label of a value, from a source position on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueLabel {
    /// The value.
    pub value: u32,
    /// Source position from which the label holds.
    pub position: u32,
    /// The label, a number of the producer's.
    pub label: u32,
}

/// Flags of a memory access. All false and `None` is always sound.
///
/// Packed into 32 bits: `aligned` in bit 0, `readonly` in bit 1, `can_move` in
/// bit 2, byte order in bits 3–4 (0 native, 1 little, 2 big), trap code in
/// bits 5–12 (0: cannot trap), alias region plus one in bits 13–31 (0: none).
///
/// ```
/// use beskid_plugin_api::artifact::MemoryFlags;
///
/// let flags = MemoryFlags::unpack(0b1_0011).unwrap();
/// assert!(flags.aligned && flags.readonly && !flags.can_move);
/// assert_eq!(flags.order, Some(beskid_plugin_api::artifact::Endianness::Big));
/// assert_eq!(flags.pack(), 0b1_0011);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MemoryFlags {
    /// The address is aligned to the access.
    pub aligned: bool,
    /// The memory never changes while the function runs.
    pub readonly: bool,
    /// The access may be moved to before branches, since it is safe wherever
    /// its address is computed.
    pub can_move: bool,
    /// Byte order, if it is not the target's.
    pub order: Option<super::Endianness>,
    /// Trap code if the access faults, 1 to 255; `None`: it cannot.
    pub trap: Option<u8>,
    /// Index into [`Body::alias_regions`].
    pub region: Option<u32>,
}

impl MemoryFlags {
    /// Largest number of alias regions in a body.
    pub const MAX_REGIONS: u32 = (1 << 19) - 1;

    /// The packed form. A region beyond [`Self::MAX_REGIONS`] is dropped,
    /// which is sound: it only loses knowledge.
    pub fn pack(self) -> u32 {
        let order = match self.order {
            None => 0,
            Some(super::Endianness::Little) => 1,
            Some(super::Endianness::Big) => 2,
        };
        let region = match self.region {
            Some(region) if region < Self::MAX_REGIONS => region + 1,
            _ => 0,
        };
        u32::from(self.aligned)
            | u32::from(self.readonly) << 1
            | u32::from(self.can_move) << 2
            | order << 3
            | u32::from(self.trap.unwrap_or(0)) << 5
            | region << 13
    }

    /// The flags of a packed form; `None` if bits 3–4 are both set, which is the
    /// only invalid form.
    pub fn unpack(bits: u32) -> Option<Self> {
        Some(Self {
            aligned: bits & 1 != 0,
            readonly: bits & 2 != 0,
            can_move: bits & 4 != 0,
            order: match bits >> 3 & 3 {
                0 => None,
                1 => Some(super::Endianness::Little),
                2 => Some(super::Endianness::Big),
                _ => return None,
            },
            trap: match (bits >> 5 & 0xff) as u8 {
                0 => None,
                code => Some(code),
            },
            region: (bits >> 13).checked_sub(1),
        })
    }
}
