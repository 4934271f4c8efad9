//! The module: signatures, symbols and data.

use serde::{Deserialize, Serialize};

use super::types::Signature;

/// Index into [`Module::signatures`].
pub type SignatureId = u32;
/// Index into [`Module::symbols`].
pub type SymbolId = u32;

/// Section `MODU`: everything but the function bodies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// Signatures of the symbols and of indirect calls, without duplicates.
    pub signatures: Vec<Signature>,
    /// Functions and data, defined or imported.
    pub symbols: Vec<Symbol>,
    /// Contents of the defined data symbols, in symbol order.
    pub data: Vec<DataObject>,
}

/// A named function or data object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symbol {
    /// Linker name; unique in the module. `None`: anonymous, always local.
    pub name: Option<String>,
    /// Function or data.
    pub kind: SymbolKind,
    /// Where it is defined and who sees it.
    pub linkage: Linkage,
}

/// What a symbol names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SymbolKind {
    /// Code, called with this signature.
    Function {
        /// Its type.
        signature: SignatureId,
    },
    /// Memory.
    Data {
        /// Whether the program may write to it.
        writable: bool,
        /// Whether each thread has its own.
        tls: bool,
    },
}

/// Where a symbol is defined and who sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Linkage {
    /// Defined elsewhere.
    Import(ImportSource),
    /// Defined here, seen only here.
    Local,
    /// Defined here, seen by the objects linked with it, not exported.
    Hidden,
    /// Defined here, seen outside, may be replaced at load time.
    Preemptible,
    /// Defined here, seen outside.
    Export,
}

impl Linkage {
    /// Whether the symbol is defined in this module.
    pub const fn is_definition(&self) -> bool {
        !matches!(self, Self::Import(_))
    }
}

/// Where an imported symbol comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImportSource {
    /// The Beskid runtime (ABI-002).
    Runtime,
    /// A foreign function that the user declared (FFI-2).
    Extern {
        /// Library, as the user wrote it, for instance `libc.so.6`.
        library: String,
        /// Name of the ABI, for instance `C`.
        abi: String,
    },
    /// Whatever the linker or the loader finds under that name.
    Plain,
}

/// Contents of a defined data symbol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataObject {
    /// The symbol that it defines.
    pub symbol: SymbolId,
    /// Initial contents.
    pub init: DataInit,
    /// Alignment in bytes, a power of two; `None`: the backend's default.
    pub align: Option<u64>,
    /// Section to place it in, in the object format's spelling.
    pub section: Option<String>,
    /// Keep it even if nothing refers to it.
    pub used: bool,
    /// Addresses to be written into it.
    pub relocations: Vec<DataRelocation>,
    /// What it is for; tools show it, backends ignore it.
    pub role: DataRole,
}

/// Initial contents of a data object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DataInit {
    /// This many zero bytes.
    Zeroes(u64),
    /// These bytes.
    Bytes(Vec<u8>),
}

impl DataInit {
    /// Size in bytes.
    pub const fn len(&self) -> u64 {
        match self {
            Self::Zeroes(size) => *size,
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }

    /// Whether it has no bytes.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A pointer-sized absolute address inside a data object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataRelocation {
    /// Byte offset of the pointer.
    pub offset: u32,
    /// Whose address is written.
    pub target: SymbolId,
    /// Added to the address.
    pub addend: i64,
}

/// What a data object is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DataRole {
    /// Anything.
    Plain,
    /// A constant `BeskidStr`, or its bytes.
    StringLiteral,
    /// A type descriptor of the runtime ABI.
    TypeDescriptor,
}
