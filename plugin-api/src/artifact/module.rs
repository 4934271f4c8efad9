//! The module: signatures, symbols and data.

use serde::{Deserialize, Serialize};

use super::types::Signature;

/// Name of the function that throws, which no library has: an import of this
/// name without a library is the backend's to define.
pub const THROW: &str = "__cranelift_throw";

/// Index into [`Module::signatures`].
pub type SignatureId = u32;
/// Index into [`Module::symbols`].
pub type SymbolId = u32;

/// Section `MODU`: everything but the function bodies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// Signatures of the symbols and of calls. A builder makes no duplicates.
    pub signatures: Vec<Signature>,
    /// Functions and data, defined or imported.
    pub symbols: Vec<Symbol>,
    /// Contents of the defined data symbols, in symbol order.
    pub data: Vec<DataObject>,
}

/// A named function or data object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symbol {
    /// Linker name, without what the object format adds: unique in the module,
    /// not empty, without NUL and without `@`, which linkers read as the begin of
    /// a version. `None`: anonymous, always [`Linkage::Local`].
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
    /// Defined elsewhere, possibly far away in memory.
    Import(ImportSource),
    /// Defined here, seen only here.
    Local,
    /// Defined here, seen by the objects linked with it, not exported.
    Hidden,
    /// Defined here, seen outside; another definition may replace it at load
    /// time.
    Preemptible,
    /// Defined here, seen outside. Its name is never mangled (LK-8).
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
    /// The Beskid runtime. The name is one of
    /// [`BUILTIN_SPECS`](crate::runtime_abi::BUILTIN_SPECS), and the signature
    /// the one listed there (ABI-002); the header requires a runtime.
    Runtime,
    /// A foreign function that the user declared (FFI-2). In memory it is
    /// loaded from its library if the user allows that (EXT-001); linked, it
    /// becomes an undefined symbol.
    Extern {
        /// Library, as the user wrote it, for instance `libc.so.6`.
        library: String,
        /// Name of the ABI; `C` is the only one there is (FFI-1).
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
    /// Alignment in bytes, a power of two up to 65536; `None`: the backend's
    /// default.
    pub align: Option<u64>,
    /// Section to place it in, in the object format's spelling, such as
    /// `.init_array`; `None`: where such data goes.
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
    /// This many zero bytes; all of a module take at most 4 GiB.
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

/// A pointer-sized absolute address inside a data object. It replaces the bytes
/// that stand there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataRelocation {
    /// Byte offset of the pointer; it ends inside the object.
    pub offset: u32,
    /// Whose address is written.
    pub target: SymbolId,
    /// Added to the address, in bytes. 0 if the target is a function: not every
    /// backend can add to the address of code.
    pub addend: i64,
}

/// What a data object is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DataRole {
    /// Anything.
    Plain,
    /// A constant `BeskidStr`, or its bytes.
    StringLiteral,
    /// A [`TypeDescriptor`](crate::runtime_abi::TypeDescriptor) of the runtime
    /// ABI.
    TypeDescriptor,
}
